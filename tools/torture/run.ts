// Runs the torture test: a database, servers and workers on a real cluster behind an API server that misbehaves, users
// who send requests all the time, faults in all parts (acts.ts), and a judgement at the end (check.ts).
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "../../src/api/client.ts";
import { type Act, chooseAct, type Victims } from "./acts.ts";
import { judge, type Verdict } from "./check.ts";
import { createMember, type Member } from "./fleet.ts";
import { clusterOf, databaseOf } from "./ground.ts";
import { PROJECT, sendUsers } from "./load.ts";
import { type Frozen, startMachine } from "./target.ts";
import { watch } from "./watcher.ts";

export interface TortureOptions {
  /** "sqlite": one process on a database in a file. "postgres": many processes on PostgreSQL. */
  readonly store: "sqlite" | "postgres";
  /** "sandbox": every process simulates its own cluster, so users only run workflows. */
  readonly cluster: "kubernetes" | "sandbox";
  readonly seconds: number;
  readonly seed: number;
  /** Number of processes that answer requests, on PostgreSQL. */
  readonly apis: number;
  readonly workers: number;
  readonly users: number;
  readonly log: (line: string) => void;
}

export interface Tortured extends Verdict {
  readonly acts: readonly string[];
  readonly faults: ReadonlyMap<string, number>;
  readonly refused: ReadonlyMap<string, number>;
  /** How often a shared machine was held under a lock. */
  readonly held: number;
  /** Milliseconds from the last act until all runs had ended. */
  readonly settled: number;
}

const SETTLE_SECONDS = 240;
const ACT_SECONDS = 60;

export async function torture(options: TortureOptions): Promise<Tortured> {
  const { log } = options;
  const random = seeded(options.seed);
  const closings: (() => Promise<unknown> | void)[] = [];
  const close = async (): Promise<void> => {
    for (let one = closings.pop(); one !== undefined; one = closings.pop()) await one();
  };
  try {
    const folder = mkdtempSync(join(tmpdir(), "kubemin-torture-"));
    closings.push(() => rmSync(folder, { recursive: true, force: true }));
    const machine = await startMachine();
    closings.push(() => machine.close());
    const database = await databaseOf(options, closings);
    const cluster = await clusterOf(options, { folder, random, closings });
    const { wire } = database;
    const place = { folder, database: wire?.url, cluster: cluster?.place ?? null };
    const members = await startMembers(options, place);
    closings.push(() => Promise.all(members.map((member) => member.end("SIGTERM"))));
    const apis = members.filter((member) => member.role !== "worker");
    const token = await tokenOf(apis);
    const clients = apis.map((member) => createClient({ url: member.url, token, language: "en" }));
    const anybody = (): Client => clients[Math.floor(random() * clients.length)] ?? clientless();
    const watchers = clients.map((client) => watch(() => client, pause));
    closings.push(() => watchers.forEach((watcher) => watcher.stop()));
    const namespace = cluster?.namespace ?? null;
    const town = { client: anybody, random, namespace, machine: machine.url, users: options.users, pause };
    const users = sendUsers(town);
    const acts: string[] = [];
    const endless: string[] = [];
    const frozen: Frozen[] = [];
    const victims = { members, wire, frozen, random, pause, backends: database.backends };
    for (const end = Date.now() + options.seconds * 1_000; Date.now() < end; ) {
      await pause(2_000 + 3_000 * random());
      acts.push(await carriedOut(chooseAct(victims), victims, endless));
      log(`${acts.at(-1)} · ${users.acknowledged.length} runs acknowledged`);
    }
    cluster?.faulty.calm();
    log("no further faults; all acknowledged runs have to end");
    const quiet = Date.now();
    await users.stop();
    await settle(
      anybody,
      users.acknowledged.map((one) => one.run),
    );
    const settled = Date.now() - quiet;
    const last = Math.max(...watchers.map((watcher) => watcher.seen.at(-1)?.sequence ?? 0));
    await within(60, Promise.all(watchers.map((watcher) => watcher.until(last))));
    const { acknowledged, steered } = users;
    const { holds } = machine;
    const verdict = await judge({ client: anybody(), acknowledged, steered, holds, frozen, watchers, namespace });
    const deaths = members.flatMap((member) => member.deaths);
    if (verdict.broken.length + endless.length > 0)
      for (const member of members) log(`--- ${member.name}\n${member.output().slice(-4_000)}`);
    return {
      ...verdict,
      broken: [...verdict.broken, ...deaths, ...endless],
      acts,
      faults: cluster?.faulty.faults ?? new Map<string, number>(),
      held: holds.length,
      refused: users.refused,
      settled,
    };
  } finally {
    await close();
  }
}

/**
 * Runs an act. No act may take longer than a lease and a drain together; one that does is reported as a broken rule.
 */
async function carriedOut(act: Act, victims: Victims, endless: string[]): Promise<string> {
  const said = await within(ACT_SECONDS, act(victims));
  if (said !== undefined) return said;
  const what = `${act.name} did not end within ${ACT_SECONDS} s`;
  endless.push(what);
  return what;
}

async function startMembers(
  options: TortureOptions,
  place: Parameters<typeof createMember>[2],
): Promise<readonly Member[]> {
  const members: Member[] = [];
  for (const [role, count] of rolesOf(options))
    for (let number = 0; number < count; number++) members.push(await createMember(`${role}-${number}`, role, place));
  for (const member of members) member.start();
  return members;
}

/** Processes that only answer requests must not use a sandbox, because other processes could not see its objects. */
function rolesOf({ store, cluster, apis, workers }: TortureOptions): readonly (readonly [Member["role"], number])[] {
  if (store === "sqlite") return [["all", 1]];
  if (cluster === "sandbox") return [["all", Math.max(apis, workers)]];
  return [
    ["api", apis],
    ["worker", workers],
  ];
}

/** Each server creates a token; the first one that exists is used. */
async function tokenOf(apis: readonly Member[]): Promise<string> {
  for (const end = Date.now() + 60_000; Date.now() < end; await pause(200))
    for (const api of apis) {
      const token = api.token();
      if (token !== undefined) return token;
    }
  throw new Error(`no server came up:\n${apis.map((api) => api.output()).join("\n")}`);
}

async function settle(client: () => Client, runs: readonly string[]): Promise<void> {
  const open = new Set(runs);
  for (const end = Date.now() + SETTLE_SECONDS * 1_000; open.size > 0 && Date.now() < end; await pause(1_000))
    for (const run of open) {
      try {
        const { phase } = await client().call("getRun", { params: { project: PROJECT, run } });
        if (phase === "running") break;
        open.delete(run);
      } catch {
        break;
      }
    }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, milliseconds));

async function within<T>(seconds: number, work: Promise<T>): Promise<T | undefined> {
  const enough = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => enough.resolve(undefined), seconds * 1_000);
  try {
    return await Promise.race([work, enough.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function clientless(): never {
  throw new Error("there is no server to ask");
}

/** The generator mulberry32: the same seed gives the same acts, although not at the same moments. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
