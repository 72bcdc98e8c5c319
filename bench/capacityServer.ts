// Measures what pods of other tools cost a server that is connected to their cluster: the memory before the first
// question about capacity, with an empty and with a full cluster, and the time of the answers. It uses simulated nodes
// on a separate cluster. `node bench/capacityServer.ts [nodes] [pods]`
import { readFileSync } from "node:fs";
import { systemClock } from "../src/engine/systemClock.ts";
import { openConnection } from "../src/kube/reach/connection.ts";
import { findTarget } from "../src/kube/reach/kubeconfig.ts";
import { create, inParallel, listed, until } from "../test/capacity/rawCalls.ts";
import { type ServerProcess, startServer } from "../test/support/serverProcess.ts";
import { type RunningCluster, startCluster, stopCluster } from "../tools/cluster/instance.ts";
import { printTable, quantile, type Row } from "./support/table.ts";

const NAME = "capsize";
const NAMESPACE = "crowd";
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
const QUESTIONS = 200;

export async function benchCapacityServer(nodes = 300, pods = 6_000): Promise<void> {
  const cluster = await startCluster({ name: NAME, controlPlaneOnly: true, simulatedNodes: nodes });
  try {
    const empty = await measure(cluster);
    await crowd(cluster, nodes, pods);
    const full = await measure(cluster);
    const each = ((full.asked - empty.asked) * 1_024 * 1_024) / pods;
    const memory = (idle: number, asked: number): string => `${idle.toFixed(0)} MB, ${asked.toFixed(0)} MB once asked`;
    const rows: readonly Row[] = [
      { what: "resident memory, no pods", measured: memory(empty.idle, empty.asked) },
      { what: `resident memory, ${pods} pods of others`, measured: memory(full.idle, full.asked) },
      { what: "memory of one pod of others", measured: `${Math.max(0, each).toFixed(0)} bytes` },
      { what: "first answer: the lists of everything", measured: `${full.first.toFixed(0)} ms` },
      { what: `GET capacity, p50 and p99 of ${QUESTIONS}`, measured: full.answers },
    ];
    printTable(`A server with a cluster of ${nodes} nodes`, rows);
  } finally {
    await stopCluster(NAME);
  }
}

interface Measured {
  readonly idle: number;
  readonly asked: number;
  readonly first: number;
  readonly answers: string;
}

async function measure({ kubeconfig }: RunningCluster): Promise<Measured> {
  const server = await startServer(["--kubeconfig", kubeconfig, "--context", `kubemin-${NAME}`]);
  const ask = async (): Promise<number> => {
    const begin = performance.now();
    const call = { params: { project: "default" }, query: { cluster: `kubemin-${NAME}` } };
    const { unknown } = await server.client.call("getCapacity", call);
    if (unknown !== undefined) throw new Error(unknown.message);
    return performance.now() - begin;
  };
  try {
    const idle = memoryOf(server);
    const first = await ask();
    const times: number[] = [];
    for (let round = 0; round < QUESTIONS; round += 1) times.push(await ask());
    const answers = `${quantile(times, 0.5).toFixed(1)} ms, ${quantile(times, 0.99).toFixed(1)} ms`;
    return { idle, asked: memoryOf(server), first, answers };
  } finally {
    await server.stop();
  }
}

/** Resident memory in megabytes. */
function memoryOf({ pid }: ServerProcess): number {
  const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(found ?? 0) / 1_024;
}

/** Creates pods that are bound to nodes directly, without a scheduler. */
async function crowd(cluster: RunningCluster, nodes: number, pods: number): Promise<void> {
  const where = { name: NAME, kubeconfig: cluster.kubeconfig, context: undefined };
  const raw = openConnection(NAME, await findTarget(where), systemClock);
  await create(raw, "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
  const accounts = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`;
  await until(async () => (await listed(raw, accounts)).length > 0, "the account");
  const env = Array.from({ length: 10 }, (_, index) => ({
    name: `VARIABLE_${index}`,
    value: "a value of some length",
  }));
  const resources = { requests: { cpu: "100m", memory: "64Mi" } };
  await inParallel(
    Array.from({ length: pods }, (_, index) => index),
    (index) =>
      create(raw, PODS, {
        metadata: { name: `pod-${index}`, labels: { app: `app-${index % 200}` } },
        spec: {
          nodeName: `kwok-${index % nodes}`,
          containers: [{ name: "main", image: "registry.example.com/a:1", env, resources }],
        },
      }),
  );
  await raw.close();
}

if (import.meta.main) await benchCapacityServer(...process.argv.slice(2).map(Number));
