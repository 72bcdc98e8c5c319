// Whether HAMi's scheduler would find shares of cards for a pod on a node. The order of the tests is HAMi's, because
// the first test that fails gives the reason. MIG placement is not repeated here; the scheduler decides for pods that
// ask for it.
import type { LabelMap } from "../kubernetes/optionalFields.ts";
import type { HamiDevice } from "./hamiNode.ts";
import { type HamiAsk, type HamiShare, type HamiWish, takenTogether } from "./hamiPod.ts";

interface HamiUse {
  shares: number;
  memory: number;
  cores: number;
}
type HamiUsage = Map<string, HamiUse>;

export function hamiUsage(shares: Iterable<HamiShare>): HamiUsage {
  const usage: HamiUsage = new Map();
  for (const share of shares) charge(usage, share);
  return usage;
}

function charge(usage: HamiUsage, { id, memory, cores }: HamiShare): void {
  const use = usage.get(id) ?? { shares: 0, memory: 0, cores: 0 };
  usage.set(id, { shares: use.shares + 1, memory: use.memory + memory, cores: use.cores + cores });
}

interface Question {
  readonly device: HamiDevice;
  readonly use: HamiUse;
  readonly memory: number;
  readonly cores: number;
  readonly annotations: LabelMap;
}

interface Rule {
  readonly reason: string;
  readonly fails: (given: Question) => boolean;
}

const has = (list: string | undefined): list is string => list !== undefined && list !== "";
const named = (list: string, value: string): boolean =>
  list.split(",").some((one) => value.toUpperCase().includes(one.trim().toUpperCase()));

// The first rule that fails decides, as in Fit() of HAMi v2.10, pkg/device/nvidia.
const RULES: readonly Rule[] = [
  { reason: "CardNotHealth", fails: ({ device }) => !device.healthy },
  { reason: "CardCordoned", fails: ({ device }) => device.cordoned },
  {
    reason: "CardTypeMismatch",
    fails: ({ device, annotations }) =>
      (has(annotations["nvidia.com/use-gputype"]) && !named(annotations["nvidia.com/use-gputype"], device.type)) ||
      (has(annotations["nvidia.com/nouse-gputype"]) && named(annotations["nvidia.com/nouse-gputype"], device.type)),
  },
  {
    reason: "CardUuidMismatch",
    fails: ({ device, annotations }) =>
      (has(annotations["nvidia.com/use-gpuuuid"]) && !listed(annotations["nvidia.com/use-gpuuuid"], device.id)) ||
      (has(annotations["nvidia.com/nouse-gpuuuid"]) && listed(annotations["nvidia.com/nouse-gpuuuid"], device.id)),
  },
  { reason: "CardTimeSlicingExhausted", fails: ({ device, use }) => device.slots <= use.shares },
  {
    reason: "ExclusiveDeviceAllocateConflict",
    fails: ({ use, annotations }) => annotations["hami.io/gpu-scheduler-policy"] === "mutex" && use.shares > 0,
  },
  {
    reason: "CardInsufficientMemory",
    fails: ({ device, use, memory }) => device.memory - use.memory < memory,
  },
  {
    reason: "CardInsufficientCore",
    fails: ({ device, use, cores }) => device.cores - use.cores < cores,
  },
  {
    reason: "ExclusiveDeviceAllocateConflict",
    fails: ({ device, use, cores }) => device.cores === 100 && cores === 100 && use.shares > 0,
  },
  {
    reason: "CardComputeUnitsExhausted",
    fails: ({ device, use, cores }) => device.cores !== 0 && use.cores === device.cores && cores === 0,
  },
];

function listed(list: string, id: string): boolean {
  return list.split(",").some((one) => one.trim() === id);
}

const IDLE: HamiUse = { shares: 0, memory: 0, cores: 0 };

function whyNotCard(given: Question): string | undefined {
  return RULES.find((one) => one.fails(given))?.reason;
}

interface HamiPlacement {
  /** How many of the pods found their shares. */
  readonly pods: number;
  /** Why the next pod did not find its shares, one reason for each card. */
  readonly misses: readonly string[];
  /** The shares of each pod that was placed. */
  readonly shares: readonly (readonly HamiShare[])[];
}

/** Places up to `most` pods on the cards. It works on a copy of `used`. */
export function placeHami(
  devices: readonly HamiDevice[],
  used: HamiUsage,
  given: { wish: HamiWish; most: number },
): HamiPlacement {
  const usage: HamiUsage = new Map(used);
  const shares: (readonly HamiShare[])[] = [];
  while (shares.length < given.most) {
    const placed = placePod(devices, usage, given.wish);
    if ("misses" in placed) return { pods: shares.length, misses: placed.misses, shares };
    for (const share of placed.shares) charge(usage, share);
    shares.push(placed.shares);
  }
  return { pods: given.most, misses: [], shares };
}

type PlacedShares = { readonly shares: readonly HamiShare[] } | { readonly misses: readonly string[] };

/** Init containers end before the others start, so a card is charged with the larger of both. */
function placePod(devices: readonly HamiDevice[], usage: HamiUsage, wish: HamiWish): PlacedShares {
  const before: HamiShare[] = [];
  for (const ask of wish.before) {
    const placed = placeAsk(devices, new Map(usage), { ask, annotations: wish.annotations });
    if ("misses" in placed) return placed;
    before.push(...placed.shares);
  }
  const meanwhile: HamiUsage = new Map(usage);
  const together: HamiShare[] = [];
  for (const ask of wish.together) {
    const placed = placeAsk(devices, meanwhile, { ask, annotations: wish.annotations });
    if ("misses" in placed) return placed;
    for (const share of placed.shares) charge(meanwhile, share);
    together.push(...placed.shares);
  }
  return { shares: takenTogether(together, before) };
}

function placeAsk(
  devices: readonly HamiDevice[],
  usage: HamiUsage,
  given: { ask: HamiAsk; annotations: LabelMap },
): PlacedShares {
  const { ask, annotations } = given;
  const chosen: HamiShare[] = [];
  const misses: string[] = [];
  for (const device of devices) {
    if (chosen.length === ask.count) break;
    const memory = ask.memory ?? Math.floor((device.memory * ask.memoryPercent) / 100);
    const use = usage.get(device.id) ?? IDLE;
    const miss = whyNotCard({ device, use, memory, cores: ask.cores, annotations });
    if (miss === undefined) chosen.push({ id: device.id, memory, cores: ask.cores });
    else misses.push(miss);
  }
  if (chosen.length === ask.count) return { shares: chosen };
  return { misses: misses.length === 0 ? ["AllocatedCardsInsufficientRequest"] : misses };
}

/** The cards as if all of them were healthy and not cordoned: the best that waiting can lead to. */
export function allUsable(devices: readonly HamiDevice[]): readonly HamiDevice[] {
  return devices.map((one) => ({ ...one, healthy: true, cordoned: false }));
}

/** MIG and NUMA binding need HAMi's own tables. */
export function isHamiUndecided({ annotations }: HamiWish, devices: readonly HamiDevice[]): boolean {
  return (
    annotations["nvidia.com/vgpu-mode"] === "mig" ||
    annotations["nvidia.com/numa-bind"] === "true" ||
    devices.some((one) => one.mode === "mig")
  );
}
