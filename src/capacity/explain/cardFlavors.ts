// The rows of the overview for cards that HAMi shares. The node offers each card several times as `nvidia.com/gpu`, which
// says nothing about what is left of it, so the rows count cards, their memory (MiB) and their cores (percent of a card).
import type { FlavorRoom } from "../../model/kubernetes/capacity.ts";
import { hamiUsage } from "../devices/hamiFit.ts";
import type { HamiDevice } from "../devices/hamiNode.ts";
import { HAMI_RESOURCES } from "../devices/hamiPod.ts";
import type { ClusterView } from "../view/clusterView.ts";
import type { NodeRecord, PodKind } from "../view/records.ts";
import { holdersAmong } from "./shortages.ts";

/** Whether the resource is shown by card, and not as the amount that the node offers. */
export function isShownByCard({ hami }: NodeRecord, resource: string): boolean {
  return hami.length > 0 && HAMI_RESOURCES.has(resource);
}

interface Card {
  readonly node: string;
  readonly total: Amounts;
  readonly free: Amounts;
}

/** Of one card. `cards` is 1 for a card that no pod uses. */
interface Amounts {
  readonly cards: number;
  readonly memory: number;
  readonly cores: number;
}

const NOTHING: Amounts = { cards: 0, memory: 0, cores: 0 };

const ROWS = [
  { resource: "nvidia.com/gpu", of: "cards" },
  { resource: "nvidia.com/gpumem", of: "memory" },
  { resource: "nvidia.com/gpucores", of: "cores" },
] as const;

interface Model {
  readonly cards: Card[];
  readonly kinds: Map<PodKind, number>;
}

/** `isOpen`: whether the node takes pods now. */
export function cardFlavors(view: ClusterView, { nodes, project, isOpen }: CardQuestion): readonly FlavorRoom[] {
  const models = new Map<string, Model>();
  for (const node of nodes) {
    const { hami, kinds } = view.occupancy(node.name);
    const usage = hamiUsage([...hami].flat());
    for (const type of new Set(node.hami.map((device) => device.type))) {
      const model = models.get(type) ?? { cards: [], kinds: new Map<PodKind, number>() };
      models.set(type, model);
      for (const device of node.hami.filter((one) => one.type === type)) {
        const use = usage.get(device.id) ?? { shares: 0, memory: 0, cores: 0 };
        model.cards.push({
          node: node.name,
          total: wholeOf(device),
          free: isOpen(node) ? leftOf(device, use) : NOTHING,
        });
      }
      for (const [kind, pods] of kinds) model.kinds.set(kind, (model.kinds.get(kind) ?? 0) + pods);
    }
  }
  return [...models]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .flatMap(([type, model]) => rowsOf(type, model, project));
}

interface CardQuestion {
  readonly nodes: readonly NodeRecord[];
  readonly project: string;
  readonly isOpen: (node: NodeRecord) => boolean;
}

function wholeOf({ memory, cores }: HamiDevice): Amounts {
  return { cards: 1, memory, cores };
}

/** A card whose shares are used up gives nothing, also when memory of it is left. */
function leftOf(device: HamiDevice, use: { readonly shares: number; readonly memory: number; readonly cores: number }) {
  if (!device.healthy || device.cordoned || use.shares >= device.slots) return NOTHING;
  return {
    cards: use.shares === 0 ? 1 : 0,
    memory: Math.max(0, device.memory - use.memory),
    cores: Math.max(0, device.cores - use.cores),
  };
}

function rowsOf(type: string, { cards, kinds }: Model, project: string): readonly FlavorRoom[] {
  const holders = holdersAmong(
    kinds,
    ({ requests }) => [...requests.keys()].some((one) => HAMI_RESOURCES.has(one)),
    project,
  );
  const nodes = new Set(cards.map((card) => card.node)).size;
  return ROWS.map(({ resource, of }) => {
    const sum = (which: "total" | "free"): string => String(cards.reduce((all, card) => all + card[which][of], 0));
    const largest = of === "cards" ? fullestNode(cards) : largestCard(cards, of);
    return {
      flavor: `${resource} ${type}`,
      resource,
      nodes,
      total: sum("total"),
      free: sum("free"),
      ...(largest === undefined ? {} : { largest }),
      holders,
    };
  });
}

/** The card with the most of it left. One share is always on one card. */
function largestCard(cards: readonly Card[], of: "memory" | "cores"): FlavorRoom["largest"] {
  const [best] = cards.toSorted((a, b) => b.free[of] - a.free[of]);
  return best === undefined || best.free[of] === 0 ? undefined : { node: best.node, free: String(best.free[of]) };
}

/** The node with the most cards that no pod uses. */
function fullestNode(cards: readonly Card[]): FlavorRoom["largest"] {
  const unused = new Map<string, number>();
  for (const { node, free } of cards) unused.set(node, (unused.get(node) ?? 0) + free.cards);
  const [node, count] = [...unused].toSorted(([, a], [, b]) => b - a)[0] ?? ["", 0];
  return count === 0 ? undefined : { node, free: String(count) };
}
