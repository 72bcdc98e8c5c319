// Measures what the capacity view of a large cluster costs: building it, an event, a check of each kind, and memory.
// `node bench/capacity.ts [nodes] [pods]`
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { checkCapacity } from "../src/capacity/check.ts";
import { type ClusterView, createClusterView, stripPod } from "../src/capacity/view/clusterView.ts";
import { createReservations } from "../src/capacity/waiting/reservations.ts";
import type { JsonObject } from "../src/model/data/json.ts";
import type { Manifest } from "../src/model/kubernetes/manifest.ts";
import { printTable, quantile, type Row } from "./support/table.ts";

const GPU = "nvidia.com/gpu";
const LIMIT = 30;
const ROUNDS = 300;

function nodeOf(index: number): JsonObject {
  const gpus = index % 5 === 0 ? { [GPU]: "8" } : {};
  const resources = { cpu: "64", memory: "256Gi", pods: "110", "ephemeral-storage": "200Gi", ...gpus };
  const name = `node-${index}`;
  return {
    metadata: {
      name,
      labels: {
        "kubernetes.io/hostname": name,
        "topology.kubernetes.io/zone": `zone-${index % 3}`,
        ...(index % 5 === 0 ? { "nvidia.com/gpu.product": index % 10 === 0 ? "H100" : "A10" } : {}),
      },
    },
    spec: { taints: index % 5 === 0 ? [{ key: GPU, value: "present", effect: "NoSchedule" }] : [] },
    status: { allocatable: resources, capacity: resources },
  };
}

/**
 * One of a few hundred kinds of pods, as ReplicaSets create them. One pod in twenty belongs to a Job and has labels of
 * its own.
 */
function podOf(index: number, nodes: number): Manifest {
  const kind = index % 400;
  const node = Math.imul(index, 2_654_435_761) >>> 0;
  const onGpu = (node % nodes) % 5 === 0;
  const labels: Record<string, string> = { app: `app-${kind}`, "pod-template-hash": `hash-${kind}` };
  if (index % 20 === 0) labels["batch.kubernetes.io/controller-uid"] = `uid-${index}`;
  const container = {
    name: "main",
    image: "registry.example.com/team/program:1.2.3",
    resources: {
      requests: { cpu: `${100 + (kind % 10) * 50}m`, memory: `${128 + kind}Mi` },
      limits: onGpu ? { [GPU]: "1" } : {},
    },
    env: Array.from({ length: 10 }, (_, at) => ({ name: `VARIABLE_${at}`, value: `value ${index}` })),
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `app-${kind}-hash-${kind}-${index.toString(36)}`, namespace: `team-${kind % 50}`, labels },
    spec: { nodeName: `node-${node % nodes}`, containers: [container], priority: 0 },
    status: { phase: "Running" },
  };
}

type Question = { readonly pod: Manifest; readonly count: number };

function question(limits: JsonObject, spec: JsonObject = {}, count = 1): Question {
  const resources = { requests: { cpu: "2", memory: "8Gi" }, limits };
  const tolerations = [{ key: GPU, operator: "Exists" }];
  return {
    pod: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "asked", namespace: "team-1", labels: { app: "app-1" } },
      spec: { containers: [{ name: "main", resources }], tolerations, ...spec },
    },
    count,
  };
}

const selector = { matchLabels: { app: "app-1" } };
const QUESTIONS: Readonly<Record<string, Question>> = {
  "one pod, fits": question({}),
  "one pod, 8 GPUs of one model": question({ [GPU]: "8" }, { nodeSelector: { "nvidia.com/gpu.product": "H100" } }),
  "one pod, 16 GPUs: never": question({ [GPU]: "16" }),
  "64 pods, 4 GPUs each": question({ [GPU]: "4" }, {}, 64),
  "spread over zones": question({}, { topologySpreadConstraints: [spread("topology.kubernetes.io/zone")] }),
  "spread over nodes": question({}, { topologySpreadConstraints: [spread("kubernetes.io/hostname")] }),
  "anti-affinity": question({}, { affinity: { podAntiAffinity: near("kubernetes.io/hostname") } }),
  affinity: question({}, { affinity: { podAffinity: near("topology.kubernetes.io/zone") } }),
};

function spread(topologyKey: string): JsonObject {
  return { maxSkew: 1, topologyKey, whenUnsatisfiable: "DoNotSchedule", labelSelector: selector };
}

function near(topologyKey: string): JsonObject {
  return { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: selector, topologyKey }] };
}

/** Processor time of this thread only: on a shared machine, elapsed time also measures how busy other programs are. */
function cpu(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

interface Time {
  readonly wall: number;
  readonly cpu: number;
}

function timed(work: () => void): Time {
  const [start, began] = [cpu(), performance.now()];
  work();
  return { wall: performance.now() - began, cpu: cpu() - start };
}

const shareOf = (times: readonly Time[], clock: keyof Time, share: number): number =>
  quantile(
    times.map((one) => one[clock]),
    share,
  );

function heap(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
  return process.memoryUsage().heapUsed;
}

export function benchCapacity(nodes = 5_000, pods = 100_000): void {
  const before = heap();
  const view = createClusterView();
  const build = timed(() => {
    view.replaceNodes(Array.from({ length: nodes }, (_, index) => nodeOf(index)));
    // Added one by one, as the server does with pages of stripped pods: the whole list is never in memory.
    for (let index = 0; index < pods; index += 1) view.putPod(stripPod(podOf(index, nodes)));
  });
  const held = heap() - before;
  printTable(`The capacity view of ${nodes} nodes and ${pods} pods`, [
    { what: "building the view", measured: `${build.wall.toFixed(0)} ms` },
    { what: "memory of the view", measured: `${(held / 1024 / 1024).toFixed(1)} MB` },
    { what: "memory of one pod", measured: `${(held / pods).toFixed(0)} bytes` },
    eventRow(view, nodes),
    ...Object.entries(QUESTIONS).map(([what, asked]) => checkRow(what, asked, view)),
  ]);
}

const EVENTS_PER_MEASUREMENT = 100;

function eventRow(view: ClusterView, nodes: number): Row {
  const rounds = Array.from({ length: 200 }, (_, round) => {
    const pods = Array.from({ length: EVENTS_PER_MEASUREMENT }, (__, index) =>
      stripPod(podOf(round * EVENTS_PER_MEASUREMENT + index, nodes)),
    );
    return timed(() => pods.forEach((pod) => view.putPod(pod)));
  });
  const each = (share: number): string => ((shareOf(rounds, "cpu", share) * 1_000) / EVENTS_PER_MEASUREMENT).toFixed(1);
  return {
    what: "one event of a pod, without reading its JSON",
    measured: `p50 ${each(0.5)} µs, p99 ${each(0.99)} µs of CPU`,
  };
}

function checkRow(what: string, { pod, count }: Question, view: ClusterView): Row {
  const request = { groups: [{ pod, count }], project: "mine" };
  const state = { view, reservations: createReservations(view), now: 0 };
  let said = "";
  const times = Array.from({ length: ROUNDS }, () => timed(() => (said = checkCapacity(request, state).class)));
  const p99 = shareOf(times, "wall", 0.99);
  const all = [shareOf(times, "wall", 0.5), p99, shareOf(times, "cpu", 0.99)].map((one) => one.toFixed(1));
  const measured = `p50 ${all[0]} ms, p99 ${all[1]} ms (CPU ${all[2]} ms)`;
  return { what: `check: ${what} (${said})`, measured, limit: `p99 ${LIMIT} ms`, kept: p99 < LIMIT };
}

if (import.meta.main) benchCapacity(...process.argv.slice(2).map(Number));
