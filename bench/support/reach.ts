// Deploys many applications through one server (SQLite) to simulated nodes of a real API server. They are submitted as
// fast as the server acknowledges them, then awaited. At the time limit the measurement stops and reports the runs that
// have not ended. The benchmark has its own cluster, and removes it unless it existed before.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "../../src/api/client.ts";
import { type ServerProcess, startServer } from "../../test/support/serverProcess.ts";
import { stopCluster } from "../../tools/cluster/instance.ts";
import { readState } from "../../tools/cluster/state.ts";
import { benchCluster, makeNamespaces } from "./cluster.ts";
import { apiServerProcesses, cpuSeconds, memoryOf } from "./cost.ts";
import { endsOf } from "./ends.ts";
import { printTable, type Row } from "./table.ts";

const NAME = "reach";
const PODS_PER_NODE = 100;
const PER_NAMESPACE = 100;
/** The number of requests at the same time. */
const LANES = 16;
const SAMPLE_MILLISECONDS = 1_000;

export interface Reach {
  readonly title: string;
  readonly count: number;
  /** Time limit in seconds, from the first request to the end of the last run. */
  readonly limit: number;
  readonly document: (name: string, namespace: string) => object;
}

interface Ended {
  readonly took: number;
  readonly phases: ReadonlyMap<string, number>;
  /** Resident memory of the server, one value per second. */
  readonly memory: readonly number[];
  readonly ours: number;
  readonly theirs: number;
}

export async function benchReach(reach: Reach): Promise<void> {
  const before = readState(NAME) !== undefined;
  const cluster = await benchCluster({ name: NAME, simulatedNodes: Math.ceil(reach.count / PODS_PER_NODE) + 2 });
  const home = mkdtempSync(join(tmpdir(), "kubemin-reach-"));
  const namespaces = Array.from({ length: Math.ceil(reach.count / PER_NAMESPACE) }, (_, index) => `reach-${index}`);
  try {
    await makeNamespaces(cluster, namespaces);
    const server = await startServer(["--kubeconfig", cluster.kubeconfig, "--context", cluster.context], home);
    try {
      printTable(`${reach.count} ${reach.title}`, rowsOf(reach, await measure(server, reach)));
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
    if (before) await cluster.kubectl(["delete", "namespace", "--wait=false", ...namespaces]);
    else await stopCluster(NAME);
  }
}

async function measure(server: ServerProcess, reach: Reach): Promise<Ended> {
  const others = apiServerProcesses(NAME);
  const [ours, theirs, begin] = [cpuSeconds([server.pid]), cpuSeconds(others), performance.now()];
  const memory = [memoryOf(server.pid)];
  const sampling = setInterval(() => memory.push(memoryOf(server.pid)), SAMPLE_MILLISECONDS);
  const stop = AbortSignal.timeout(2 * reach.limit * 1_000);
  try {
    const ends = endsOf(server.client, { count: reach.count, after: 0 }, stop);
    await submitAll(server.client, reach);
    const phases = await ends;
    const took = (performance.now() - begin) / 1_000;
    return { took, phases, memory, ours: cpuSeconds([server.pid]) - ours, theirs: cpuSeconds(others) - theirs };
  } finally {
    clearInterval(sampling);
  }
}

async function submitAll(client: Client, { count, document }: Reach): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => index).values();
  const lane = async (): Promise<void> => {
    for (const index of numbers) {
      const name = `app-${String(index).padStart(5, "0")}`;
      const body = JSON.stringify(document(name, `reach-${Math.floor(index / PER_NAMESPACE)}`));
      await client.call("deployApplication", { params: { project: "default", application: name }, body });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

function rowsOf({ count, limit }: Reach, { took, phases, memory, ours, theirs }: Ended): readonly Row[] {
  const succeeded = phases.get("succeeded") ?? 0;
  const half = memory.slice(Math.floor(memory.length / 2));
  const others = [...phases].filter(([phase]) => phase !== "succeeded").map(([phase, many]) => `${many} ${phase}`);
  return [
    {
      what: "all of them, first request to last end",
      measured: `${took.toFixed(1)} s`,
      limit: `< ${limit} s`,
      kept: took < limit,
    },
    { what: "  ratio to the limit", measured: (took / limit).toFixed(2) },
    { what: "  runs per minute", measured: String(Math.round((60 * count) / took)) },
    { what: "succeeded", measured: String(succeeded), limit: String(count), kept: succeeded === count },
    ...others.map((what): Row => ({ what: `  ${what}`, measured: "" })),
    {
      what: "server's memory before / highest / at the end",
      measured: `${memory[0]} / ${Math.max(...memory)} / ${memory.at(-1)} MB`,
    },
    {
      what: "  highest of the second half against the first half",
      measured: growth(memory, half).toFixed(2),
      limit: "<= 1.3",
      kept: growth(memory, half) <= 1.3,
    },
    { what: "processor time of kubemin, of one core", measured: `${Math.round((100 * ours) / took)} %` },
    { what: "processor time of the API server and etcd", measured: `${Math.round((100 * theirs) / took)} %` },
  ];
}

/**
 * Growth of the memory in the second half of the time. It should be small, because the server then has all that it
 * needs.
 */
function growth(memory: readonly number[], half: readonly number[]): number {
  const first = memory.slice(0, Math.max(1, memory.length - half.length));
  return Math.max(...half) / Math.max(...first);
}
