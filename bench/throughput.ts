// Measures runs per minute of real processes on PostgreSQL with simulated nodes: with one process, then with three.
// Each application has a set-up task and a configuration that needs it. All are submitted as fast as they are
// acknowledged, then awaited: a Job takes a second or two, so callers that wait for each run would only measure
// themselves.
//
// The table also has the processor time of each part for one run, because all parts share the cores of the machine. It
// also has the rate of a bare client that creates the same objects, which is the most that the cluster can do on this
// machine. In the last table each process has few slots: then the processes are the limit and not the cores, and the
// table shows what more processes add.
//
// KUBEMIN_BENCH_RUNS is the number of runs (default: 3000); KUBEMIN_BENCH_PROCESSES are the numbers of processes
// (default: 1,3).
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "../src/api/client.ts";
import { POSTGRES } from "../test/contracts/database/backends.ts";
import { type ServerProcess, startServer } from "../test/support/serverProcess.ts";
import { stopCluster } from "../tools/cluster/instance.ts";
import { readState } from "../tools/cluster/state.ts";
import { startPostgres } from "../tools/postgres/postgres.ts";
import { runBareJobs } from "./support/bareJobs.ts";
import { type BenchCluster, benchCluster, makeNamespaces } from "./support/cluster.ts";
import { apiServerProcesses, controllerProcesses, cpuSeconds, postgresProcesses } from "./support/cost.ts";
import { endsOf } from "./support/ends.ts";
import { SIMULATED } from "./support/simulated.ts";
import { printTable, type Row } from "./support/table.ts";

const RUNS = Number(process.env["KUBEMIN_BENCH_RUNS"] ?? 3_000);
const PROCESSES = (process.env["KUBEMIN_BENCH_PROCESSES"] ?? "1,3").split(",").map(Number);
/** Slots of a process: so few that it waits for Jobs and not for a core. */
const SLOTS = 5;
const FEW_RUNS = Math.ceil(RUNS / 3);
const NAME = "throughput";
/** The number of requests at the same time. */
const LANES = 24;
const NAMESPACE = "throughput";
const LIMIT_SECONDS = 1_800;

const PARTS = {
  ours: "kubemin",
  apiServer: "API server and etcd",
  controllers: "controllers, scheduler, simulated kubelets",
  postgres: "PostgreSQL",
} as const;
type Part = keyof typeof PARTS;
const NAMES = Object.keys(PARTS) as Part[]; // The keys of the table are the parts.

interface Measured {
  readonly runs: number;
  readonly took: number;
  /** Seconds of processor time of each part. */
  readonly cost: Readonly<Record<Part, number>>;
}

interface Setting {
  readonly processes: number;
  readonly runs: number;
  readonly slots?: number;
}

export async function benchThroughput(): Promise<void> {
  const before = readState(NAME) !== undefined;
  const cluster = await benchCluster({ name: NAME, simulatedNodes: 40 });
  const postgres = await startPostgres();
  process.env["KUBEMIN_TEST_POSTGRES"] = postgres.url;
  try {
    const bare = await measureBare(cluster);
    const all: Measured[] = [];
    for (const processes of PROCESSES) all.push(await measure(cluster, { processes, runs: RUNS }));
    printTable(`${RUNS} runs of a task and a configuration, on PostgreSQL and simulated nodes`, [
      { what: "a bare client: Jobs with their ConfigMap per minute", measured: String(Math.round(perMinute(bare))) },
      ...costRows(bare),
      ...all.flatMap((one, index) => rowsOf(one, { bare, processes: PROCESSES[index] ?? 0 })),
    ]);
    const few: Measured[] = [];
    for (const processes of PROCESSES) few.push(await measure(cluster, { processes, runs: FEW_RUNS, slots: SLOTS }));
    printTable(`${FEW_RUNS} runs, ${SLOTS} at once in each process`, ratioRows(few));
  } finally {
    await postgres.stop();
    if (!before) await stopCluster(NAME);
  }
}

const perMinute = ({ runs, took }: Measured): number => (60 * runs) / took;

function rowsOf(one: Measured, { bare, processes }: { bare: Measured; processes: number }): readonly Row[] {
  const rate = perMinute(one);
  return [
    {
      what: `${processes} process(es): runs per minute`,
      measured: String(Math.round(rate)),
      ...(processes === 1 ? { limit: ">= 3,000", kept: rate >= 3_000 } : {}),
    },
    { what: "  against the bare client", measured: `${(rate / perMinute(bare)).toFixed(2)} x` },
    ...costRows(one),
  ];
}

/**
 * Rows with the processor time of a run in each part, and with the runs per minute that the cores could do without any
 * waiting.
 */
function costRows({ cost, took, runs }: Measured): readonly Row[] {
  const cores = availableParallelism();
  const all = NAMES.reduce((sum, name) => sum + cost[name], 0);
  const shares = NAMES.filter((name) => cost[name] > 0).map(
    (name): Row => ({
      what: `  ${PARTS[name]}: processor time of one run (of all cores)`,
      measured: `${((1_000 * cost[name]) / runs).toFixed(1)} ms (${Math.round((100 * cost[name]) / took / cores)} %)`,
    }),
  );
  const most = String(Math.round((60 * cores * runs) / all));
  return [...shares, { what: "  the most that these cores could do at this cost", measured: most }];
}

function ratioRows(measured: readonly Measured[]): readonly Row[] {
  const rows = measured.map(
    (one, index): Row => ({
      what: `${PROCESSES[index]} process(es): runs per minute`,
      measured: String(Math.round(perMinute(one))),
    }),
  );
  const [one, more] = [measured[0], measured.at(-1)];
  if (one === undefined || more === undefined || one === more) return rows;
  const ratio = perMinute(more) / perMinute(one);
  const limits = { limit: ">= 2.5", kept: ratio >= 2.5 };
  return [...rows, { what: `${PROCESSES.at(-1)} against ${PROCESSES[0]}`, measured: ratio.toFixed(2), ...limits }];
}

async function measureBare(cluster: BenchCluster): Promise<Measured> {
  return await inNamespace(cluster, () =>
    timed({ runs: RUNS, servers: [] }, () => runBareJobs(cluster, { namespace: NAMESPACE, count: RUNS, lanes: LANES })),
  );
}

async function measure(cluster: BenchCluster, { processes, runs, slots }: Setting): Promise<Measured> {
  const database = await POSTGRES.create();
  const home = mkdtempSync(join(tmpdir(), "kubemin-throughput-"));
  const words = ["--kubeconfig", cluster.kubeconfig, "--context", cluster.context, "--database", database.address];
  const limits = slots === undefined ? [] : ["--slots", String(slots)];
  const servers: ServerProcess[] = [];
  const start = async (): Promise<ServerProcess> =>
    startServer([...words, ...limits, "--data", join(home, "data")], mkdtempSync(join(home, "state-")));
  try {
    return await inNamespace(cluster, async () => {
      for (let number = 0; number < processes; number += 1) servers.push(await start());
      // A first run, because the one-time work of a process (its watches, the discovery of the cluster) must not be
      // measured.
      let after = 0;
      for (const [number, { client }] of servers.entries()) after = await runOne(client, `warm-${number}`, "60s");
      return await timed({ runs, servers }, () => runAll(servers, { runs, after }));
    });
  } finally {
    for (const server of servers) await server.stop();
    await database.remove();
    rmSync(home, { recursive: true, force: true });
  }
}

async function timed(
  { runs, servers }: { readonly runs: number; readonly servers: readonly ServerProcess[] },
  work: () => Promise<void>,
): Promise<Measured> {
  const pids: Record<Part, readonly number[]> = {
    ours: servers.map((server) => server.pid),
    apiServer: apiServerProcesses(NAME),
    controllers: controllerProcesses(NAME),
    postgres: servers.length === 0 ? [] : postgresProcesses(process.env["KUBEMIN_TEST_POSTGRES"] ?? ""),
  };
  const [before, begin] = [costsOf(pids), performance.now()];
  await work();
  const [after, took] = [costsOf(pids), (performance.now() - begin) / 1_000];
  return { runs, took, cost: byPart((part) => after[part] - before[part]) };
}

function costsOf(pids: Record<Part, readonly number[]>): Record<Part, number> {
  return byPart((part) => cpuSeconds(pids[part]));
}

function byPart(value: (part: Part) => number): Record<Part, number> {
  return {
    ours: value("ours"),
    apiServer: value("apiServer"),
    controllers: value("controllers"),
    postgres: value("postgres"),
  };
}

async function inNamespace<T>(cluster: BenchCluster, work: () => Promise<T>): Promise<T> {
  await makeNamespaces(cluster, [NAMESPACE]);
  try {
    return await work();
  } finally {
    await cluster.kubectl(["delete", "namespace", NAMESPACE]);
  }
}

interface Load {
  readonly runs: number;
  readonly after: number;
}

async function runAll(servers: readonly ServerProcess[], { runs, after }: Load): Promise<void> {
  const clients = servers.map((server) => server.client);
  const [first] = clients;
  if (first === undefined) throw new Error("there is no server");
  const ends = endsOf(first, { count: runs, after }, AbortSignal.timeout(LIMIT_SECONDS * 1_000));
  const names = Array.from({ length: runs }, (_, number) => `app-${number}`).values();
  const lane = async (client: Client): Promise<void> => {
    for (const name of names) await runOne(client, name);
  };
  await Promise.all(Array.from({ length: LANES }, (_, index) => lane(clients[index % clients.length] ?? first)));
  const phases = await ends;
  if (phases.get("succeeded") !== runs) throw new Error(`the runs ended: ${JSON.stringify([...phases])}`);
}

/** Starts a run; resolves with the sequence number of the last event before the answer. */
async function runOne(client: Client, name: string, wait?: string): Promise<number> {
  const [setup, settings] = [`${name}-setup`, `${name}-settings`];
  const document = {
    name,
    namespace: NAMESPACE,
    components: [
      {
        name: setup,
        type: "task",
        properties: { image: "busybox:1.36", command: ["true"] },
        traits: { placement: SIMULATED },
      },
      { name: settings, type: "config", dependsOn: [setup], properties: { data: { a: "b" } } },
    ],
  };
  const run = await client.call("deployApplication", {
    params: { project: "default", application: name },
    query: wait === undefined ? {} : { wait },
    body: JSON.stringify(document),
  });
  if (wait !== undefined && run.phase !== "succeeded") throw new Error(`${name} ended ${run.phase}`);
  return run.lastEvent;
}

if (import.meta.main) await benchThroughput();
