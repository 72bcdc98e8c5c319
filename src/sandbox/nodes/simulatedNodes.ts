// The simulated nodes, one row for each kind of node, and the Node objects that a reader gets. Change this table to try
// another cluster: the scheduler and the capacity checks of the sandbox read these objects and nothing else.
import type { JsonObject } from "../../model/data/json.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";

interface NodeKind {
  /** Nodes are named `gpu-a100-1`, `gpu-a100-2`. */
  readonly name: string;
  readonly count: number;
  readonly allocatable: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly taint?: { readonly key: string; readonly value: string };
}

const GPU_TAINT = { key: "nvidia.com/gpu", value: "present" };

/** Keeps pods that ask for whole devices off the node whose cards are shared. */
export const SHARED_TAINT = { key: "hami.io/shared", value: "true" };

/** HAMi's own label for the nodes on which its plug-in runs. */
export const SHARED_LABEL = { gpu: "on" };

/** As HAMi's device plug-in writes it: `count` is the number of shares, memory is in MiB, cores are in percent. */
const HAMI_CARDS = [0, 1].map((index) => ({
  id: `GPU-5a4d0b00-0000-4000-8000-00000000000${index}`,
  index,
  count: 10,
  devmem: 23_028,
  devcore: 100,
  type: "NVIDIA A10",
  numa: 0,
  mode: "hami-core",
  health: true,
}));

const KINDS: readonly NodeKind[] = [
  // Large enough for every application without devices.
  { name: "cpu", count: 8, allocatable: { cpu: "64", memory: "256Gi", pods: "1000" } },
  {
    name: "gpu-a100",
    count: 2,
    allocatable: { cpu: "96", memory: "1Ti", pods: "250", "nvidia.com/gpu": "8" },
    labels: { "nvidia.com/gpu.product": "NVIDIA-A100-SXM4-80GB", "nvidia.com/gpu.count": "8" },
    taint: GPU_TAINT,
  },
  {
    name: "gpu-h100",
    count: 1,
    allocatable: { cpu: "96", memory: "1Ti", pods: "250", "nvidia.com/gpu": "4" },
    labels: { "nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3", "nvidia.com/gpu.count": "4" },
    taint: GPU_TAINT,
  },
  {
    name: "gpu-mig",
    count: 1,
    allocatable: { cpu: "32", memory: "256Gi", pods: "250", "nvidia.com/mig-1g.10gb": "7" },
    labels: { "nvidia.com/gpu.product": "NVIDIA-A100-SXM4-80GB-MIG-1g.10gb", "nvidia.com/mig.strategy": "mixed" },
    taint: GPU_TAINT,
  },
  {
    name: "gpu-shared",
    count: 1,
    // HAMi offers each card as many times as it can be shared.
    allocatable: { cpu: "32", memory: "256Gi", pods: "250", "nvidia.com/gpu": "20" },
    labels: { "nvidia.com/gpu.product": "NVIDIA-A10", ...SHARED_LABEL },
    annotations: {
      "hami.io/node-handshake": "Reported 2026-01-01 00:00:00",
      "hami.io/node-nvidia-register": JSON.stringify(HAMI_CARDS),
    },
    taint: SHARED_TAINT,
  },
];

const ZONES = ["sandbox-a", "sandbox-b", "sandbox-c"] as const;

export const SIMULATED_NODES: readonly Manifest[] = KINDS.flatMap((kind) =>
  Array.from({ length: kind.count }, (_, index) => nodeOf(kind, index)),
);

function nodeOf(kind: NodeKind, index: number): Manifest {
  const name = `${kind.name}-${index + 1}`;
  const { annotations = {}, taint } = kind;
  const allocatable = { ...kind.allocatable, "ephemeral-storage": "2Ti" };
  const labels = {
    "kubernetes.io/hostname": name,
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "topology.kubernetes.io/region": "sandbox",
    "topology.kubernetes.io/zone": ZONES[index % ZONES.length] ?? ZONES[0],
    ...kind.labels,
  };
  const spec: JsonObject = taint === undefined ? {} : { taints: [{ ...taint, effect: "NoSchedule" }] };
  const conditions = [{ type: "Ready", status: "True", reason: "KubeletReady", message: "the node is simulated" }];
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels, annotations },
    spec,
    status: { allocatable, capacity: allocatable, conditions },
  };
}
