// The cards of a node and the shares that pods have of them, by HAMi's documented rules. This is the reference that the
// capacity check is compared with, so it shares no code with src/capacity.
// https://project-hami.io/docs/userguide/NVIDIA-device/specify-device-memory-usage, https://project-hami.io/docs/developers/scheduling
import { labelsAt, listAt, textAt } from "../../src/model/data/fieldReaders.ts";
import { isObject, type JsonObject } from "../../src/model/data/json.ts";
import { numberOf } from "./quantities.ts";

/** What one card was registered with. `memory` in MiB, `cores` in percent. */
export interface Card {
  readonly id: string;
  readonly slots: number;
  readonly memory: number;
  readonly cores: number;
  readonly type: string;
  readonly healthy: boolean;
}

interface Share {
  readonly card: string;
  readonly memory: number;
  readonly cores: number;
}

/** One container asks for `count` different cards and for the same part of each. */
export interface CardRequest {
  readonly count: number;
  readonly memory: number | undefined;
  readonly percent: number;
  readonly cores: number;
}

export const RESOURCES = {
  count: "nvidia.com/gpu",
  memory: "nvidia.com/gpumem",
  percent: "nvidia.com/gpumem-percentage",
  cores: "nvidia.com/gpucores",
  priority: "nvidia.com/priority",
} as const;

export const ANNOTATIONS = {
  register: "hami.io/node-nvidia-register",
  handshake: "hami.io/node-handshake",
  node: "hami.io/vgpu-node",
  time: "hami.io/vgpu-time",
  toAllocate: "hami.io/vgpu-devices-to-allocate",
  allocated: "hami.io/vgpu-devices-allocated",
  bindPhase: "hami.io/bind-phase",
} as const;

export function registerText(cards: readonly Card[]): string {
  return JSON.stringify(
    cards.map(({ id, slots, memory, cores, type, healthy }, index) => ({
      id,
      index,
      count: slots,
      devmem: memory,
      devcore: cores,
      type,
      numa: 0,
      mode: "hami-core",
      health: healthy,
    })),
  );
}

export function cardsOf(node: JsonObject): readonly Card[] {
  const text = labelsAt(node, "metadata", "annotations")[ANNOTATIONS.register];
  const list: unknown = text === undefined ? [] : JSON.parse(text);
  return (Array.isArray(list) ? list.filter(isObject) : []).map((one) => ({
    id: textAt(one, "id"),
    slots: Number(one["count"]),
    memory: Number(one["devmem"]),
    cores: Number(one["devcore"]),
    type: textAt(one, "type"),
    healthy: one["health"] === true,
  }));
}

/** `undefined` when the container asks for no card. Quantities of these resources are plain numbers. */
export function cardRequest(container: JsonObject): CardRequest | undefined {
  const limits = { ...labelsAt(container, "resources", "requests"), ...labelsAt(container, "resources", "limits") };
  const amount = (name: string): number | undefined =>
    limits[name] === undefined ? undefined : numberOf(limits[name]);
  const count = amount(RESOURCES.count);
  if (count === undefined || count === 0) return undefined;
  const memory = amount(RESOURCES.memory);
  // A percentage of 0 is not set, and then the container gets the whole card.
  const percent = amount(RESOURCES.percent) || 100;
  return {
    count,
    memory: memory === 0 ? undefined : memory,
    percent,
    cores: Math.min(100, amount(RESOURCES.cores) ?? 0),
  };
}

/** The requests of a pod in HAMi's order: init containers first. */
export function requestsOf(pod: JsonObject): readonly (CardRequest | undefined)[] {
  return [...listAt(pod, "spec", "initContainers"), ...listAt(pod, "spec", "containers")].map(cardRequest);
}

interface Usage {
  slots: number;
  memory: number;
  cores: number;
}

/** `UUID,NVIDIA,memory,cores:` for each share, `;` after each container. */
export function allocationText(containers: readonly (readonly Share[])[]): string {
  return containers
    .map((shares) => `${shares.map(({ card, memory, cores }) => `${card},NVIDIA,${memory},${cores}:`).join("")};`)
    .join("");
}

/** What live pods have of each card, by the annotations that the scheduler wrote. */
export function usageOf(pods: readonly JsonObject[]): Map<string, Usage> {
  const usage = new Map<string, Usage>();
  for (const pod of pods) {
    const written = labelsAt(pod, "metadata", "annotations");
    if (["Succeeded", "Failed"].includes(textAt(pod, "status", "phase")) || written[ANNOTATIONS.node] === undefined)
      continue;
    for (const share of (written[ANNOTATIONS.allocated] ?? "").split(/[:;]/).filter((one) => one !== "")) {
      const [card = "", , memory = "0", cores = "0"] = share.split(",");
      add(usage, { card, memory: Number(memory), cores: Number(cores) });
    }
  }
  return usage;
}

function add(usage: Map<string, Usage>, { card, memory, cores }: Share): void {
  const before = usage.get(card) ?? { slots: 0, memory: 0, cores: 0 };
  usage.set(card, { slots: before.slots + 1, memory: before.memory + memory, cores: before.cores + cores });
}

type Annotations = Readonly<Record<string, string>>;

/** Why a card cannot take the share, in HAMi's words and in its order; `undefined` when it can. */
function refusalOf(card: Card, request: CardRequest, used: Usage, annotations: Annotations): string | undefined {
  if (!card.healthy) return "CardNotHealth";
  if (!typeAllowed(card, annotations)) return "CardTypeMismatch";
  if (card.slots <= used.slots) return "CardTimeSlicingExhausted";
  if (card.memory - used.memory < memoryOn(card, request)) return "CardInsufficientMemory";
  if (card.cores - used.cores < request.cores) return "CardInsufficientCore";
  if (card.cores === 100 && request.cores === 100 && used.slots > 0) return "ExclusiveDeviceAllocateConflict";
  return card.cores !== 0 && used.cores === card.cores && request.cores === 0 ? "CardComputeUnitsExhausted" : undefined;
}

const memoryOn = (card: Card, { memory, percent }: CardRequest): number =>
  memory ?? Math.floor((card.memory * percent) / 100);

function typeAllowed({ type }: Card, annotations: Annotations): boolean {
  const names = (key: string): readonly string[] =>
    (annotations[key] ?? "").split(",").filter((one) => one.trim() !== "");
  const has = (name: string): boolean => type.toUpperCase().includes(name.trim().toUpperCase());
  const [use, avoid] = [names("nvidia.com/use-gputype"), names("nvidia.com/nouse-gputype")];
  return (use.length === 0 || use.some(has)) && !avoid.some(has);
}

type Placed = { readonly shares: readonly (readonly Share[])[] } | { readonly refusal: string };

/** Gives the pod its shares on one node. Each container gets different cards, the least used ones first. */
export function placeOnNode(cards: readonly Card[], before: ReadonlyMap<string, Usage>, pod: JsonObject): Placed {
  const usage = new Map(before);
  const annotations = labelsAt(pod, "metadata", "annotations");
  const shares: Share[][] = [];
  for (const request of requestsOf(pod)) {
    const chosen: Share[] = [];
    const refusals: string[] = [];
    const used = (id: string): Usage => usage.get(id) ?? { slots: 0, memory: 0, cores: 0 };
    const order = cards.toSorted(
      (a, b) => used(a.id).slots - used(b.id).slots || used(a.id).memory - used(b.id).memory,
    );
    for (const card of order) {
      if (request === undefined || chosen.length === request.count) break;
      const refusal = refusalOf(card, request, used(card.id), annotations);
      if (refusal === undefined) chosen.push({ card: card.id, memory: memoryOn(card, request), cores: request.cores });
      else refusals.push(refusal);
    }
    if (request !== undefined && chosen.length < request.count) return { refusal: words(refusals, cards.length) };
    for (const share of chosen) add(usage, share);
    shares.push(chosen);
  }
  return { shares };
}

/** `2/4 CardInsufficientMemory, 1/4 CardTypeMismatch` */
function words(refusals: readonly string[], total: number): string {
  if (refusals.length === 0) return "AllocatedCardsInsufficientRequest";
  const counts = Map.groupBy(refusals, (one) => one);
  return [...counts].map(([word, all]) => `${all.length}/${total} ${word}`).join(", ");
}
