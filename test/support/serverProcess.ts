// Starts a kubemin server as users do: in its own process, with a fresh state folder and the typed client. For tests
// and benchmarks.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Client, createClient } from "../../src/api/client.ts";

const PROGRAM = resolve(import.meta.dirname, "../../bin/kubemin");

export interface ServerProcess {
  readonly client: Client;
  readonly url: string;
  /** The token of an administrator. */
  readonly token: string;
  readonly pid: number;
  /** Milliseconds from the start of the process to the first response. */
  readonly startup: number;
  stop(): Promise<void>;
  /** Sends SIGKILL. Resolves when the process is gone. */
  kill(): Promise<void>;
}

/**
 * `given` is an existing state folder of the caller, which is kept. Default: a fresh one that is removed when the
 * server stops.
 * `more` contains further environment variables.
 */
export async function startServer(
  words: readonly string[],
  given?: string,
  more: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const home = given ?? mkdtempSync(join(tmpdir(), "kubemin-"));
  const begin = performance.now();
  const child = spawn(PROGRAM, ["serve", "--port", "0", ...words], {
    env: { ...process.env, ...more, KUBEMIN_HOME: home },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const exited = new Promise<void>((done) => child.once("exit", () => done()));
  const { url, token } = await serverFile(home, exited);
  const client = createClient({ url, token });
  await client.call("getVersion", {});
  const end = async (signal: "SIGTERM" | "SIGKILL"): Promise<void> => {
    child.kill(signal);
    await exited;
    if (given === undefined) rmSync(home, { recursive: true, force: true });
  };
  return {
    client,
    url,
    pid: child.pid ?? 0,
    startup: performance.now() - begin,
    token,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}

/** Waits for the file that the server writes when it is ready. */
async function serverFile(home: string, exited: Promise<void>): Promise<{ url: string; token: string }> {
  const watcher = watch(home);
  let ended = false;
  void exited.then(() => {
    ended = true;
    watcher.emit("change");
  });
  try {
    for (;;) {
      const changed = new Promise<void>((done) => watcher.once("change", () => done()));
      try {
        return JSON.parse(readFileSync(join(home, "server.json"), "utf8")) as { url: string; token: string }; // the server's own file
      } catch {
        if (ended) throw new Error("the server ended before it answered");
        await changed;
      }
    }
  } finally {
    watcher.close();
  }
}

/** Deploys a document and waits for the end of its run. Returns the milliseconds from the request to the end. */
export async function deployAndWait(
  client: Client,
  application: string,
  document: unknown,
): Promise<{ readonly elapsed: number; readonly run: string; readonly phase: string }> {
  const begin = performance.now();
  const run = await client.call("deployApplication", {
    params: { project: "default", application },
    body: JSON.stringify(document),
  });
  return { ...(await untilFinished(client, run.id, run.lastEvent)), elapsed: performance.now() - begin, run: run.id };
}

export async function untilFinished(client: Client, run: string, after: number): Promise<{ readonly phase: string }> {
  const stop = new AbortController();
  for await (const { data } of client.stream(
    "streamEvents",
    { params: { project: "default" }, query: { run, after } },
    stop.signal,
  )) {
    if (data.type !== "run.finished") continue;
    stop.abort();
    return { phase: String(data.data["phase"]) };
  }
  throw new Error(`the events of run ${run} ended before the run did`);
}

export async function deleteAndWait(client: Client, application: string): Promise<void> {
  const run = await client.call("deleteApplication", {
    params: { project: "default", application },
    query: { volumes: "true" },
  });
  await untilFinished(client, run.id, run.lastEvent);
}
