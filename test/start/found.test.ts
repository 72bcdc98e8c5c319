// Tests with real processes which server of a machine the command line finds: after one was killed, and when there are
// two.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { readLocalServer } from "../../src/cli/reach/localServer.ts";

const PROGRAM = resolve(import.meta.dirname, "../../src/main.ts");
const started: ChildProcess[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await gone;
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "kubemin-found-"));
  folders.push(made);
  return made;
};
const environment = (home: string) => ({ ...process.env, KUBEMIN_HOME: home, KUBEMIN_URL: "", KUBEMIN_TOKEN: "" });

interface Server {
  readonly url: string;
  readonly pid: number;
  readonly child: ChildProcess;
}

/** Starts a server. The parent `careless` never waits for it, so that a killed server stays a zombie process. */
async function serve(
  home: string,
  words: readonly string[] = [],
  parent: "test" | "careless" = "test",
): Promise<Server> {
  const line = [PROGRAM, "serve", "--sandbox", "--port", "0", ...words];
  const careless = ["sh", "-c", '"$0" "$@" & echo "$!"; exec sleep 600', process.execPath, ...line];
  const [program = "", ...rest] = parent === "test" ? [process.execPath, ...line] : careless;
  const child = spawn(program, rest, { env: environment(home), stdio: ["ignore", "pipe", "ignore"] });
  started.push(child);
  const lines = createInterface({ input: child.stdout });
  let pid = child.pid ?? 0;
  for await (const said of lines) {
    if (said.startsWith("http")) return { url: said, pid, child };
    pid = Number(said);
  }
  throw new Error("the server ended before it answered");
}

async function status(home: string): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const child = spawn(process.execPath, [PROGRAM, "status"], {
    env: environment(home),
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = new Promise<number | null>((done) => child.once("exit", done));
  return { stderr: await text(child.stderr), code: await exited };
}

const onLinux = existsSync("/proc/self/stat");

describe("the server that is found on this machine", () => {
  it.runIf(onLinux)(
    "is the new one, when the one before was killed and its process is not yet cleared away",
    async () => {
      const home = folder();
      const first = await serve(home, [], "careless");
      process.kill(first.pid, "SIGKILL");
      const second = await serve(home);
      expect(process.kill(first.pid, 0), "the system still knows the number of the first").toBe(true);
      expect(readLocalServer(home)).toMatchObject({ url: second.url, pid: second.pid });
      expect(await status(home)).toMatchObject({ code: 0 });
    },
    60_000,
  );

  it("stays the first of two on different data, and is never replaced by the other behind the user's back", async () => {
    const home = folder();
    const first = await serve(home);
    const other = await serve(home, ["--data", folder()]);
    expect(readLocalServer(home)?.url).toBe(first.url);
    const ended = new Promise((done) => first.child.once("exit", done));
    first.child.kill("SIGKILL");
    await ended;
    expect((await status(home)).stderr).toContain(`(process ${first.pid}, ${first.url}) no longer runs`);
    const again = await serve(home);
    expect(readLocalServer(home)).toMatchObject({ url: again.url, pid: again.pid });
    const stopped = new Promise((done) => other.child.once("exit", done));
    other.child.kill("SIGTERM");
    await stopped;
    expect(readLocalServer(home)?.url).toBe(again.url);
  }, 60_000);
});
