// Runs per minute through real processes on PostgreSQL, with simulated nodes: one process, then three. Each application is one set-up task and
// a configuration that needs it. What the API server itself took of the machine is printed beside it, because both share its cores.
// KUBEMIN_BENCH_RUNS says how many runs (default 3000), KUBEMIN_BENCH_PROCESSES which numbers of processes (default 1,3).
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "../src/api/client.ts";
import { POSTGRES } from "../test/contracts/store/backends.ts";
import { type ServerProcess, startServer } from "../test/support/serverProcess.ts";
import { stopCluster } from "../tools/cluster/instance.ts";
import { readState } from "../tools/cluster/state.ts";
import { startPostgres } from "../tools/postgres/postgres.ts";
import { type BenchCluster, benchCluster } from "./support/cluster.ts";
import { apiServerProcesses, cpuSeconds } from "./support/cost.ts";
import { SIMULATED } from "./support/simulated.ts";
import { printTable, type Row } from "./support/table.ts";

const RUNS = Number(process.env["KUBEMIN_BENCH_RUNS"] ?? 3_000);
const PROCESSES = (process.env["KUBEMIN_BENCH_PROCESSES"] ?? "1,3").split(",").map(Number);
const NAME = "throughput";
/** A token may have 50 requests that wait. */
const LANES = 48;
const NAMESPACE = "throughput";

interface Measured {
  readonly perMinute: number;
  /** Seconds of processor time. */
  readonly ours: number;
  readonly apiServer: number;
  readonly took: number;
}

export async function benchThroughput(): Promise<void> {
  const before = readState(NAME) !== undefined;
  const cluster = await benchCluster({ name: NAME, simulatedNodes: 20 });
  const postgres = await startPostgres();
  process.env["KUBEMIN_TEST_POSTGRES"] = postgres.url;
  try {
    await cluster.kubectl(["create", "namespace", NAMESPACE]);
    const measured: Measured[] = [];
    for (const count of PROCESSES) measured.push(await measure(cluster, count));
    printTable(`${RUNS} runs of a task and a configuration, on PostgreSQL and simulated nodes`, rowsOf(measured));
  } finally {
    await postgres.stop();
    if (!before) await stopCluster(NAME);
    else await cluster.kubectl(["delete", "namespace", NAMESPACE, "--wait=false"]);
  }
}

function rowsOf(measured: readonly Measured[]): readonly Row[] {
  const rows = measured.flatMap(({ perMinute, ours, apiServer, took }, index): Row[] => [
    {
      what: `${PROCESSES[index]} process(es): runs per minute`,
      measured: String(Math.round(perMinute)),
      ...(PROCESSES[index] !== 1 ? {} : { limit: ">= 3,000", kept: perMinute >= 3_000 }),
    },
    { what: "  our processor time, of one core", measured: `${Math.round((100 * ours) / took)} %` },
    { what: "  the API server's and etcd's", measured: `${Math.round((100 * apiServer) / took)} %` },
  ]);
  const [one, more] = [measured[0], measured.at(-1)];
  if (one === undefined || more === undefined || one === more) return rows;
  const ratio = more.perMinute / one.perMinute;
  return [
    ...rows,
    {
      what: `${PROCESSES.at(-1)} against ${PROCESSES[0]}`,
      measured: ratio.toFixed(2),
      limit: ">= 2.5",
      kept: ratio >= 2.5,
    },
  ];
}

async function measure(cluster: BenchCluster, count: number): Promise<Measured> {
  const database = await POSTGRES.create();
  const home = mkdtempSync(join(tmpdir(), "kubemin-throughput-"));
  const words = [
    "--kubeconfig",
    cluster.kubeconfig,
    "--context",
    cluster.context,
    "--database",
    database.address,
    "--data",
    join(home, "data"),
  ];
  const servers: ServerProcess[] = [];
  try {
    for (let number = 0; number < count; number += 1)
      servers.push(await startServer(words, mkdtempSync(join(home, "state-"))));
    // What a process does once (its watches, the capabilities of the cluster) is no part of a rate.
    for (const [number, { client }] of servers.entries()) await runOne(client, `warm${count}-${number}`);
    const processes = servers.map((server) => server.pid);
    const others = apiServerProcesses(NAME);
    const [ours, theirs, begin] = [cpuSeconds(processes), cpuSeconds(others), performance.now()];
    const names = Array.from({ length: RUNS }, (_, number) => `p${count}-${number}`).values();
    const lane = async (client: Client): Promise<void> => {
      for (const name of names) await runOne(client, name);
    };
    await Promise.all(
      Array.from({ length: LANES }, (_, index) => lane((servers[index % count] as ServerProcess).client)),
    ); // index % count is one of them
    const took = (performance.now() - begin) / 1_000;
    return {
      perMinute: (60 * RUNS) / took,
      ours: cpuSeconds(processes) - ours,
      apiServer: cpuSeconds(others) - theirs,
      took,
    };
  } finally {
    for (const server of servers) await server.stop();
    await database.remove();
    rmSync(home, { recursive: true, force: true });
  }
}

async function runOne(client: Client, name: string): Promise<void> {
  const document = {
    name,
    namespace: NAMESPACE,
    components: [
      {
        name: `${name}-setup`,
        type: "task",
        properties: { image: "busybox:1.36", command: ["true"] },
        traits: { placement: SIMULATED },
      },
      { name: `${name}-settings`, type: "config", dependsOn: [`${name}-setup`], properties: { data: { a: "b" } } },
    ],
  };
  const params = { project: "default", application: name };
  const run = await client.call("deployApplication", {
    params,
    query: { wait: "60s" },
    body: JSON.stringify(document),
  });
  if (run.phase !== "succeeded") throw new Error(`${name} ended ${run.phase}`);
}

if (import.meta.main) await benchThroughput();
