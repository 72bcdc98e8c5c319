// Which shares of HAMi's cards a pod has (from the annotations that HAMi's scheduler writes), and which shares a new
// pod asks for.
import type { JsonObject } from "../../model/data/json.ts";
import { type LabelMap, labelsAt, listAt, objectAt, textAt } from "../kubernetes/optionalFields.ts";
import { containerRequests, isSidecar } from "../kubernetes/podRequests.ts";

/** A part of one card. `memory` is in MiB, `cores` in percent. */
export interface HamiShare {
  readonly id: string;
  readonly memory: number;
  readonly cores: number;
}

const NONE: readonly HamiShare[] = [];
const ALLOCATED = "hami.io/vgpu-devices-allocated";
const TO_ALLOCATE = "hami.io/vgpu-devices-to-allocate";

/**
 * The annotation has `UUID,NVIDIA,mem,cores:` for each share and `;` after each container, init containers first. A pod
 * takes from a card the sum of its containers or the share of its largest init container, whichever is more.
 */
export function hamiSharesOf(annotations: JsonObject, initContainers: number): readonly HamiShare[] {
  const text = textAt(annotations, ALLOCATED) || textAt(annotations, TO_ALLOCATE);
  if (text === "" || textAt(annotations, "hami.io/vgpu-node") === "") return NONE;
  const containers = text.split(";").map(sharesIn);
  return takenTogether(containers.slice(initContainers).flat(), containers.slice(0, initContainers).flat());
}

/** What a pod takes of each card: `together` by containers that run at the same time, `before` by init containers. */
export function takenTogether(together: readonly HamiShare[], before: readonly HamiShare[]): readonly HamiShare[] {
  const sum = (id: string): HamiShare =>
    together.filter((one) => one.id === id).reduce(added, { id, memory: 0, cores: 0 });
  // An init container counts only where it takes more than all containers together.
  const more = before.filter((one) => one.memory > sum(one.id).memory || one.cores > sum(one.id).cores);
  const replaced = new Set(more.map((one) => one.id));
  return [
    ...together.filter((one) => !replaced.has(one.id)),
    ...[...replaced].map((id) => largest(id, [...more, sum(id)])),
  ];
}

function sharesIn(text: string): readonly HamiShare[] {
  return text.split(":").flatMap((part) => {
    const [id = "", , memory = "", cores = ""] = part.split(",");
    return id === "" ? [] : [{ id, memory: Number(memory) || 0, cores: Number(cores) || 0 }];
  });
}

function added(a: HamiShare, b: HamiShare): HamiShare {
  return { id: a.id, memory: a.memory + b.memory, cores: a.cores + b.cores };
}

function largest(id: string, shares: readonly HamiShare[]): HamiShare {
  const own = shares.filter((one) => one.id === id);
  const most = (of: (one: HamiShare) => number): number => Math.max(...own.map(of));
  return { id, memory: most((one) => one.memory), cores: most((one) => one.cores) };
}

/** What one container asks for: `count` different cards, with the same share of each. */
export interface HamiAsk {
  readonly count: number;
  /** MiB of each card; `undefined` when `memoryPercent` applies. */
  readonly memory: number | undefined;
  readonly memoryPercent: number;
  readonly cores: number;
}

const COUNT = "nvidia.com/gpu";
const MEMORY = "nvidia.com/gpumem";
const MEMORY_PERCENT = "nvidia.com/gpumem-percentage";
const CORES = "nvidia.com/gpucores";
/** Kubernetes' own fit test ignores these resources for pods of HAMi's scheduler. */
export const HAMI_RESOURCES: ReadonlySet<string> = new Set([
  COUNT,
  MEMORY,
  MEMORY_PERCENT,
  CORES,
  "nvidia.com/priority",
]);
export const HAMI_SCHEDULER = "hami-scheduler";

export interface HamiWish {
  /** One ask for each container that runs together with the others. */
  readonly together: readonly HamiAsk[];
  /** One ask for each init container; they run one after another. */
  readonly before: readonly HamiAsk[];
  readonly annotations: LabelMap;
}

function askOf(container: JsonObject): HamiAsk | undefined {
  const requests = containerRequests(container);
  const memory = requests.get(MEMORY);
  const cores = requests.get(CORES) ?? 0;
  const percent = requests.get(MEMORY_PERCENT);
  // A container that asks for memory or cores without a number of cards gets one card.
  const implied = memory !== undefined || cores > 0 || percent !== undefined ? 1 : 0;
  const count = requests.get(COUNT) ?? implied;
  if (count === 0) return undefined;
  return {
    count,
    memory: memory === 0 ? undefined : memory,
    memoryPercent: percent ?? 100,
    cores: Math.min(cores, 100),
  };
}

/** `undefined` when HAMi's scheduler does not place the pod, or the pod asks for no card. */
export function hamiWishOf(pod: JsonObject): HamiWish | undefined {
  const spec = objectAt(pod, "spec") ?? {};
  if (textAt(spec, "schedulerName") !== HAMI_SCHEDULER) return undefined;
  const asks = (containers: readonly JsonObject[]): readonly HamiAsk[] => containers.flatMap((one) => askOf(one) ?? []);
  const init = listAt(spec, "initContainers");
  const together = [...asks(listAt(spec, "containers")), ...asks(init.filter(isSidecar))];
  const before = asks(init.filter((one) => !isSidecar(one)));
  if (together.length + before.length === 0) return undefined;
  return { together, before, annotations: labelsAt(pod, "metadata", "annotations") };
}
