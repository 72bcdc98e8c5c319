// Measures how long it takes to tell all waiting jobs what one change of a large cluster means for them.
// `node bench/waiting.ts [nodes] [jobs] [shapes]`
import { createCapacityQueue } from "../src/capacity/capacityQueue.ts";
import { createClusterView } from "../src/capacity/view/clusterView.ts";
import { createReservations } from "../src/capacity/waiting/reservations.ts";
import type { Manifest } from "../src/model/kubernetes/manifest.ts";
import { printTable, quantile } from "./support/table.ts";

const GPU = "nvidia.com/gpu";
const LIMIT = 100;
const ROUNDS = 40;

/** Processor time of this thread only: on a shared machine, elapsed time also measures how busy other programs are. */
function cpu(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function nodeOf(index: number) {
  const resources = { cpu: "64", memory: "256Gi", pods: "110", [GPU]: "8" };
  return {
    metadata: { name: `node-${index}`, labels: {} },
    spec: {},
    status: { allocatable: resources, capacity: resources },
  };
}

function podOf(name: string, gpus: number, more: { readonly memory?: string; readonly on?: string } = {}): Manifest {
  const { memory = "1Gi", on } = more;
  const containers = [{ name: "main", resources: { requests: { memory }, limits: { [GPU]: String(gpus) } } }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "team", labels: {} },
    spec: { containers, ...(on === undefined ? {} : { nodeName: on }) },
  };
}

export function benchWaiting(nodes = 5_000, jobs = 1_000, shapes = 200): void {
  const view = createClusterView();
  view.replaceNodes(Array.from({ length: nodes }, (_, index) => nodeOf(index)));
  const holder = (index: number) => podOf(`holder-${index}`, 8, { on: `node-${index}` });
  for (let index = 0; index < nodes; index += 1) view.putPod(holder(index));
  const reservations = createReservations(view);
  const queue = createCapacityQueue();
  let now = 0;
  const left = new Set<number>();
  const askAll = () => {
    const [start, began] = [performance.now(), cpu()];
    for (let job = 0; job < jobs; job += 1) {
      if (left.has(job)) continue;
      const pod = podOf(`job-${job}`, 1 + (job % 8), { memory: `${1 + (job % shapes)}Mi` });
      const ticket = { id: `job-${job}`, since: job, name: `job-${job}` };
      const request = { groups: [{ pod, count: 1 + ((job % shapes) % 3) }], project: `project-${job % 5}`, ticket };
      if (queue.ask(request, { view, reservations, now }).class !== "fits") continue;
      queue.leave(ticket.id);
      left.add(job);
    }
    return { wall: performance.now() - start, cpu: cpu() - began };
  };
  const first = askAll();
  const times = Array.from({ length: ROUNDS }, (_, round) => {
    now += 5_000;
    view.removePod(holder((round * 131) % nodes));
    return askAll();
  });
  const at = (clock: "wall" | "cpu", share: number): number =>
    quantile(
      times.map((one) => one[clock]),
      share,
    );
  const p50 = at("wall", 0.5);
  const measured = `p50 ${p50.toFixed(0)} ms, p99 ${at("wall", 0.99).toFixed(0)} ms (CPU p50 ${at("cpu", 0.5).toFixed(0)} ms)`;
  printTable(`${jobs} waiting jobs of ${shapes} shapes on ${nodes} nodes`, [
    { what: "all jobs ask for the first time", measured: `${first.wall.toFixed(0)} ms` },
    { what: "one pod ends, all jobs are told", measured, limit: `p50 ${LIMIT} ms`, kept: p50 < LIMIT },
  ]);
}

if (import.meta.main) benchWaiting(...process.argv.slice(2).map(Number));
