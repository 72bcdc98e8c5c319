// Simulated nodes (KWOK): real Node objects, on which pods become ready immediately without running. The real scheduler
// places pods on them, so thousands of nodes with GPUs cost nothing.
import { Agent } from "node:https";
import { join } from "node:path";
import { ask, askApi, readObject } from "./api.ts";
import type { Built } from "./build.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { addressesOf, folderOf } from "./layout.ts";
import { ensureRunning } from "./processes.ts";
import type { State } from "./state.ts";
import { waitUntil } from "./wait.ts";
import { writeIfChanged } from "./writeIfChanged.ts";

export interface SimulatedNodes {
  readonly count: number;
  /** Amount of nvidia.com/gpu of each node. */
  readonly gpus: number;
}

const parallel = 20;

export async function ensureSimulation(state: State, built: Built, nodes: SimulatedNodes): Promise<void> {
  await ensureSimulator(state, built);
  const gpusByName = await gpusOfNodes(state);
  const names = Array.from({ length: nodes.count }, (_, index) => `kwok-${index}`);
  const missing = names.filter((name) => gpusByName.get(name) !== nodes.gpus);
  // Connections are reused, because a handshake per request would take most of the time.
  const connections = new Agent({ keepAlive: true, maxSockets: parallel });
  for (let start = 0; start < missing.length; start += parallel)
    await Promise.all(
      missing.slice(start, start + parallel).map((name) => applyNode({ state, connections }, name, nodes.gpus)),
    );
  connections.destroy();
  const allReady = async (): Promise<boolean> => (await countReady(state)) >= nodes.count;
  await waitUntil(allReady, { forWhat: `${nodes.count} simulated nodes to be ready`, seconds: 30 + nodes.count / 10 });
}

export async function ensureSimulator(state: State, built: Built): Promise<void> {
  const stages = Object.values(built.files())
    .filter((text) => text.includes("kind: Stage"))
    .map(withWorkingTime)
    .join("\n---\n");
  const file = join(folderOf(state.name), "simulation.yaml");
  writeIfChanged(file, stages);
  const server = `127.0.0.1:${state.ports.simulation}`;
  await ensureRunning(state, {
    role: "kwok",
    command: [
      built.program("kwok"),
      `--kubeconfig=${writeKubeconfig(state, "simulation")}`,
      `--config=${file}`,
      "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake",
      "--node-lease-duration-seconds=40",
      `--cidr=${addressesOf(state.slot).simulatedPods}`,
      "--node-ip=127.0.0.1",
      `--server-address=${server}`,
    ],
    configuration: stages,
    ready: async () => (await ask(`http://${server}/healthz`)).status === 200,
  });
}

/** KWOK's annotation for the time that the pod of a Job works. Without it, the pod ends immediately. */
export const WORKING_TIME = "pod-complete.stage.kwok.x-k8s.io/delay";

function withWorkingTime(stage: string): string {
  if (!/^ {2}name: pod-complete$/m.test(stage)) return stage;
  const from = `expressionFrom: '.metadata.annotations["${WORKING_TIME}"]'`;
  return stage.replace(/^spec:\n/m, `spec:\n  delay:\n    durationMilliseconds: 0\n    durationFrom:\n      ${from}\n`);
}

interface Target {
  readonly state: State;
  readonly connections: Agent;
}

async function applyNode({ state, connections }: Target, name: string, gpus: number): Promise<void> {
  const node = simulatedNode(name, gpus);
  const create = { method: "POST", body: JSON.stringify(node), type: "application/json", connections };
  const created = await askApi(state, "/api/v1/nodes", create);
  if (created.status < 300) return;
  const resources = { "nvidia.com/gpu": String(gpus) };
  const body = JSON.stringify({ status: { allocatable: resources, capacity: resources } });
  const change = { method: "PATCH", body, type: "application/merge-patch+json", connections };
  const changed = await askApi(state, `/api/v1/nodes/${name}/status`, change);
  if (changed.status >= 300) throw new Error(`The API server refused node ${name}: ${created.text} ${changed.text}`);
}

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: {
      readonly capacity?: Readonly<Record<string, string>>;
      readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    };
  }[];
}

async function listNodes(state: State): Promise<NodeList["items"]> {
  return (await readObject<NodeList>(state, "/api/v1/nodes?labelSelector=type%3Dkwok")).items;
}

async function gpusOfNodes(state: State): Promise<Map<string, number>> {
  const nodes = await listNodes(state);
  return new Map(
    nodes.map(({ metadata, status }) => [metadata.name, Number(status.capacity?.["nvidia.com/gpu"] ?? 0)]),
  );
}

async function countReady(state: State): Promise<number> {
  const nodes = await listNodes(state);
  return nodes.filter(({ status }) =>
    status.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True"),
  ).length;
}

function simulatedNode(name: string, gpus: number) {
  const resources = {
    cpu: "64",
    memory: "512Gi",
    pods: "110",
    "ephemeral-storage": "1Ti",
    ...(gpus > 0 && { "nvidia.com/gpu": String(gpus) }),
  };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      annotations: { "node.alpha.kubernetes.io/ttl": "0", "kwok.x-k8s.io/node": "fake" },
      labels: {
        type: "kwok",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "node-role.kubernetes.io/agent": "",
      },
    },
    // The taint keeps away pods that must really run. Pods that may be simulated tolerate it.
    spec: { taints: [{ key: "kwok.x-k8s.io/node", value: "fake", effect: "NoSchedule" }] },
    status: { allocatable: resources, capacity: resources },
  } as const;
}
