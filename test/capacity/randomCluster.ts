// Random nodes, pods and questions from a seed, with the traits that make placement hard: taints, selectors, devices,
// rules between pods.
import { isObject, type JsonObject } from "../../src/model/data/json.ts";
import type { Manifest } from "../../src/model/kubernetes/manifest.ts";

const GPU = "nvidia.com/gpu";
const OTHER = "example.com/fpga";
/** Objects that the questions name; precisionObjects.ts creates them. */
export const CLASSES = { low: "precision-low", high: "precision-high", polite: "precision-polite" } as const;
export const HEAVY = "precision-heavy";
/** The zones that a claim can name. Only nodes of the zone reach its volume, and no node is in zone d. */
export const VOLUME_ZONES = ["a", "b", "d"] as const;
export const claimIn = (zone: string): string => `volume-${zone}`;
/** A taint that another program sets for a while; it is removed when the cluster is emptied. */
export const PASSING_TAINT = "karpenter.sh/disrupted";

export interface Random {
  /** 0 <= n < below */
  whole(below: number): number;
  chance(share: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
}

/** The generator mulberry32. */
export function randomSource(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (below: number): number => Math.floor(next() * below);
  return { whole, chance: (share) => next() < share, pick: (list) => list[whole(list.length)] ?? list[0] };
}

export function randomNode(random: Random, name: string): Manifest {
  const gpus = random.chance(0.4) ? random.pick([1, 2, 4, 8]) : 0;
  const resources = {
    cpu: random.pick(["4", "8", "16", "31500m"]),
    memory: random.pick(["8Gi", "16Gi", "65Gi"]),
    pods: random.pick(["3", "5", "110"]),
    ...(gpus > 0 ? { [GPU]: String(gpus) } : {}),
    ...(random.chance(0.2) ? { [OTHER]: String(random.pick([1, 3])) } : {}),
  };
  const taints: JsonObject[] = [];
  if (gpus > 0 && random.chance(0.6)) taints.push({ key: GPU, value: "present", effect: "NoSchedule" });
  if (random.chance(0.15)) taints.push({ key: "team", value: random.pick(["red", "blue"]), effect: "NoSchedule" });
  if (random.chance(0.05)) taints.push({ key: "team", value: "green", effect: "NoExecute" });
  if (random.chance(0.05)) taints.push({ key: PASSING_TAINT, effect: "NoSchedule" });
  if (random.chance(0.1)) taints.push({ key: "soft", effect: "PreferNoSchedule" });
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      annotations: { "kwok.x-k8s.io/node": "fake" },
      labels: {
        random: "node",
        "kubernetes.io/hostname": name,
        zone: random.pick(["a", "b", "c"]),
        ...(random.chance(0.5) ? { disk: random.pick(["ssd", "hdd"]) } : {}),
        generation: random.pick(["1", "5", "9"]),
        ...(gpus > 0 ? { "nvidia.com/gpu.product": random.pick(["H100", "A10"]) } : {}),
      },
    },
    spec: { taints, ...(random.chance(0.1) ? { unschedulable: true } : {}) },
    status: { allocatable: resources, capacity: resources },
  };
}

interface LoadPlace {
  readonly nodes: readonly Manifest[];
  readonly index: number;
  readonly namespace: string;
}

/** A pod that is bound to its node directly, so it need not fit. */
export function randomLoad(random: Random, { nodes, index, namespace }: LoadPlace): Manifest {
  const node = nodes[random.whole(nodes.length)]?.metadata.name ?? "";
  const antiAffinity = random.chance(0.05)
    ? antiAffine(random.chance(0.8) ? "hostname" : "zone", { app: random.pick(["web", "asked"]) })
    : {};
  const priority = random.chance(0.4) ? { priorityClassName: CLASSES.low } : {};
  const beside = random.chance(0.15) ? { initContainers: sidecars(random) } : {};
  return pod({
    name: `load-${index}`,
    namespace,
    labels: { app: random.pick(["web", "db", "job"]) },
    spec: { nodeName: node, ...antiAffinity, ...priority, ...beside },
    resources: randomResources(random),
    ports: random.chance(0.1) ? [{ containerPort: 8080, hostPort: random.pick([8080, 9090]) }] : [],
  });
}

function randomResources(random: Random): JsonObject {
  const cpu = random.pick(["100m", "500m", "1500m", "3", "4"]);
  const memory = random.pick(["64Mi", "500M", "1Gi", "5Gi"]);
  const gpus = random.chance(0.3) ? { [GPU]: String(random.pick([1, 2, 3])) } : {};
  return { requests: { cpu, memory }, limits: gpus };
}

export interface Question {
  readonly kind: string;
  readonly pod: Manifest;
  readonly count: number;
}

type Twist = (random: Random) => { readonly spec?: JsonObject; readonly ports?: readonly JsonObject[] };

const TWISTS: Readonly<Record<string, Twist>> = {
  plain: () => ({}),
  tolerant: () => ({ spec: { tolerations: [{ key: GPU, operator: "Exists" }] } }),
  tolerantOfAll: () => ({ spec: { tolerations: [{ operator: "Exists" }] } }),
  selector: (random) => ({
    spec: {
      nodeSelector: { zone: random.pick(["a", "b", "d"]), disk: "ssd" },
      tolerations: [{ key: GPU, operator: "Equal", value: "present", effect: "NoSchedule" }],
    },
  }),
  affinity: (random) => ({ spec: nodeAffine(random) }),
  antiAffinity: (random) => ({
    spec: antiAffine(random.pick(["hostname", "zone"]), { app: random.pick(["asked", "web"]) }),
  }),
  near: (random) => ({
    spec: {
      affinity: { podAffinity: required({ app: random.pick(["asked", "db"]) }, random.pick(["hostname", "zone"])) },
    },
  }),
  spread: (random) => ({
    spec: {
      topologySpreadConstraints: [
        {
          maxSkew: random.pick([1, 2]),
          topologyKey: random.pick(["zone", "kubernetes.io/hostname"]),
          whenUnsatisfiable: "DoNotSchedule",
          labelSelector: { matchLabels: { app: "asked" } },
          ...(random.chance(0.3) ? { nodeTaintsPolicy: "Honor" } : {}),
          ...(random.chance(0.3) ? { nodeAffinityPolicy: "Ignore" } : {}),
          ...(random.chance(0.2) ? { minDomains: random.pick([2, 4]) } : {}),
        },
      ],
    },
  }),
  hostPort: (random) => ({ ports: [{ containerPort: 80, hostPort: random.pick([8080, 9090]) }] }),
  init: (random) => ({ spec: { initContainers: sidecars(random) } }),
  important: () => ({ spec: { priorityClassName: CLASSES.high } }),
  polite: () => ({ spec: { priorityClassName: CLASSES.polite } }),
  overhead: () => ({ spec: { runtimeClassName: HEAVY } }),
  volume: (random) => ({
    spec: {
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: claimIn(random.pick(VOLUME_ZONES)) } }],
    },
  }),
  wholePod: (random) => ({
    spec: { resources: { requests: { cpu: random.pick(["33", "60"]), memory: random.pick(["31Gi", "70Gi"]) } } },
  }),
  toleratesTeam: (random) => ({
    spec: {
      tolerations: [
        { key: "team", operator: "Equal", value: random.pick(["red", "green"]) },
        { key: PASSING_TAINT, operator: "Exists", effect: random.pick(["NoSchedule", "NoExecute"]) },
      ],
    },
  }),
};

function sidecars(random: Random): readonly JsonObject[] {
  return [
    { name: "warm", image: "x", resources: { requests: { cpu: random.pick(["2", "12", "40"]) } } },
    { name: "beside", image: "x", restartPolicy: "Always", resources: { requests: { cpu: "1", memory: "2Gi" } } },
    { name: "late", image: "x", resources: { requests: { cpu: "3" } } },
  ];
}

/** Combines two rules. Where both set the same field, the second one counts. */
function both(one: ReturnType<Twist>, other: ReturnType<Twist>): ReturnType<Twist> {
  const affinity = { ...objectIn(one, "affinity"), ...objectIn(other, "affinity") };
  return {
    spec: { ...one.spec, ...other.spec, ...(Object.keys(affinity).length === 0 ? {} : { affinity }) },
    ports: [...(one.ports ?? []), ...(other.ports ?? [])].slice(0, 1),
  };
}

function objectIn({ spec = {} }: ReturnType<Twist>, field: string): JsonObject {
  const value = spec[field];
  return isObject(value) ? value : {};
}

export function randomQuestion(random: Random, given: { index: number; namespace: string }): Question {
  const kinds = [random.pick(["plain", ...Object.keys(TWISTS)])];
  if (random.chance(0.35)) kinds.push(random.pick(["plain", ...Object.keys(TWISTS)]));
  const { spec = {}, ports = [] } = kinds.map((kind) => TWISTS[kind]?.(random) ?? {}).reduce(both);
  const cpu = random.pick(["100m", "1", "4", "7900m", "15", "31500m", "48"]);
  const memory = random.pick(["64Mi", "1Gi", "7Gi", "30Gi"]);
  const gpus = {
    ...(random.chance(0.5) ? { [GPU]: String(random.pick([1, 2, 3, 4, 7, 8, 16])) } : {}),
    ...(random.chance(0.1) ? { [OTHER]: String(random.pick([1, 2, 5])) } : {}),
  };
  const asked = pod({
    name: `asked-${given.index}`,
    namespace: given.namespace,
    labels: { app: "asked", question: String(given.index) },
    spec,
    ports,
    resources: { requests: { cpu, memory }, limits: gpus },
  });
  return { kind: kinds.join(" and "), pod: asked, count: random.chance(0.6) ? 1 : random.pick([2, 3, 5, 9, 14, 30]) };
}

function nodeAffine(random: Random): JsonObject {
  const expressions: readonly [JsonObject, ...JsonObject[]] = [
    { key: "zone", operator: "In", values: ["a", "c"] },
    { key: "zone", operator: "NotIn", values: ["a"] },
    { key: "disk", operator: "Exists" },
    { key: "disk", operator: "DoesNotExist" },
    { key: "generation", operator: "Gt", values: ["4"] },
    { key: "generation", operator: "Lt", values: ["4"] },
    { key: "nvidia.com/gpu.product", operator: "In", values: ["H100"] },
  ];
  const term = (): JsonObject => ({ matchExpressions: [random.pick(expressions), random.pick(expressions)] });
  const nodeSelectorTerms = random.chance(0.5) ? [term()] : [term(), term()];
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } };
}

function antiAffine(key: "hostname" | "zone", labels: JsonObject): JsonObject {
  return { affinity: { podAntiAffinity: required(labels, key) } };
}

function required(matchLabels: JsonObject, key: "hostname" | "zone"): JsonObject {
  const topologyKey = key === "zone" ? "zone" : "kubernetes.io/hostname";
  return { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels }, topologyKey }] };
}

interface PodParts {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: JsonObject;
  readonly resources: JsonObject;
  readonly ports: readonly JsonObject[];
}

function pod({ name, namespace, labels, spec, resources, ports }: PodParts): Manifest {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels },
    spec: {
      containers: [{ name: "main", image: "x", resources, ports }],
      terminationGracePeriodSeconds: 0,
      restartPolicy: "Never",
      ...spec,
    },
  };
}
