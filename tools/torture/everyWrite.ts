// Kills a server with SIGKILL at every write of a run: for each n, a new server dies at the n-th commit, just before or
// just after the database has it, and a second server continues. For every n there must be one run, it must succeed,
// and nothing may be done or reported twice.
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Client, UnreachableError } from "../../src/api/client.ts";
import { type ServerProcess, startServer, untilFinished } from "../../test/support/serverProcess.ts";
import { toldWrongly } from "./check.ts";
import { PROJECT } from "./load.ts";
import type { Event } from "./watcher.ts";

export interface EveryWriteOptions {
  /** Address of a PostgreSQL database. Default: SQLite. */
  readonly database?: string;
  /** Numbers of the writes to test. Default: all writes of the run. */
  readonly writes?: readonly number[];
  readonly log: (line: string) => void;
}

const MOST = 500;
const PRELOAD = resolve(import.meta.dirname, "killAtWrite.ts");

/** Resolves with the broken rules; the list is empty when everything is right. */
export async function dieAtEveryWrite({ database, writes, log }: EveryWriteOptions): Promise<readonly string[]> {
  const home = mkdtempSync(join(tmpdir(), "kubemin-every-write-"));
  const broken: string[] = [];
  try {
    for (const write of writes ?? Array.from({ length: MOST }, (_, index) => index + 1)) {
      let died = false;
      for (const when of ["before", "after"] as const) {
        const told = await dieAt(`${write}:${when}`, { home, database });
        died ||= told.died;
        broken.push(...told.broken.map((line) => `write ${write}, ${when}: ${line}`));
        log(
          `write ${write}, killed ${when} it: ${told.died ? "died" : "went on"}, settled ${told.settled} ms after the next start`,
        );
      }
      if (!died) break;
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  return broken;
}

interface Place {
  readonly home: string;
  readonly database: string | undefined;
}

async function dieAt(point: string, place: Place) {
  const application = `app-${point.replace(":", "-")}`;
  const headers = { "idempotency-key": randomUUID() };
  const deploy = (client: Client) =>
    client.call("deployApplication", {
      params: { project: PROJECT, application },
      headers,
      body: documentOf(application),
    });
  const first = await start(place, { KUBEMIN_KILL_AT: point, NODE_OPTIONS: `--import ${PRELOAD}` });
  const acknowledged = await surviving(() => deploy(first.client));
  const ended = acknowledged && (await surviving(() => untilFinished(first.client, acknowledged.id, 0)));
  if (ended !== undefined) await first.stop();
  else await first.kill();
  const second = await start(place, {});
  const begin = Date.now();
  try {
    const run = await deploy(second.client);
    const broken = acknowledged === undefined || acknowledged.id === run.id ? [] : [`run ${acknowledged.id} is lost`];
    const { phase } = await untilFinished(second.client, run.id, 0);
    if (phase !== "succeeded") broken.push(`the run ${phase}`);
    broken.push(...(await toldOf(second.client, application)));
    return { died: ended === undefined, settled: Date.now() - begin, broken };
  } finally {
    await second.stop();
  }
}

/** The answer, or `undefined` when the server died during the request. */
async function surviving<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof UnreachableError || !(error instanceof Error) || !("status" in error)) return undefined;
    throw error;
  }
}

async function toldOf(client: Client, application: string): Promise<readonly string[]> {
  const params = { project: PROJECT };
  const { items } = await client.call("listRuns", { params, query: { application } });
  const broken = items.length === 1 ? [] : [`there are ${items.length} runs`];
  for (const { id } of items) {
    const run = await client.call("getRun", { params: { ...params, run: id } });
    for (const job of run.jobs) if (job.phase !== "succeeded") broken.push(`job ${job.name} ${job.phase}`);
    const events: Event[] = [];
    for await (const { data } of client.stream(
      "streamEvents",
      { params, query: { run: id } },
      AbortSignal.timeout(30_000),
    ))
      events.push(data);
    broken.push(...toldWrongly(events));
    if (events.filter((event) => event.type === "run.finished").length !== 1)
      broken.push("its end was not reported exactly once");
  }
  return broken;
}

function start({ home, database }: Place, env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  // The file of the previous process must not be taken for a sign that this one has started.
  rmSync(join(home, "server.json"), { force: true });
  const words = ["--sandbox", ...(database === undefined ? [] : ["--database", database])];
  return startServer(words, home, { KUBEMIN_KEY: "7".repeat(64), ...env });
}

const documentOf = (application: string): string =>
  JSON.stringify({
    name: application,
    components: [
      { name: `${application}-settings`, type: "config", properties: { data: { text: "a" } } },
      {
        name: `${application}-once`,
        type: "task",
        properties: { image: "busybox:1.36", command: ["true"] },
        dependsOn: [`${application}-settings`],
      },
    ],
  });
