// Explains why waiting does not help: the reason of a verdict `rejected`. A sentence that says "no node has" is only about
// the nodes that it names: nodes that have what the pod asks for, but that the pod may not use, are counted after it.
import { type Reason, reason, withAlso } from "../../model/reasons/reason.ts";
import type { Amount, FitContext, NodeFit, Obstacle } from "../fit/nodeFit.ts";
import type { Survey } from "../fit/survey.ts";
import { namedAmount, writeAmount } from "../kubernetes/amounts.ts";
import type { NodeRecord } from "../view/records.ts";
import { labelFacts, modelMissing } from "./labels.ts";
import { haveButExcluded, tally } from "./tally.ts";

export type Sized = Extract<Obstacle, { have: number }>;

export function isSized(obstacle: Obstacle | undefined): obstacle is Sized {
  return obstacle !== undefined && "have" in obstacle;
}

interface CapacityRefusal {
  readonly reason: Reason;
  /** The node that is nearest to having enough, and what it lacks. */
  readonly nearest?: { readonly node: string; readonly obstacle: Obstacle };
}

export function neverFits(given: Survey, around: FitContext): CapacityRefusal {
  if (given.ever > 0) return { reason: reason("NeverTogether", { count: given.count, fit: given.ever }) };
  const { unsuitable, shape, total } = given;
  const excluded = unsuitable.filter(isExcluded);
  const usable = unsuitable.filter((one) => !isExcluded(one));
  if (usable.length === 0) {
    const model = modelMissing(unsuitable, shape.spec);
    if (model !== undefined) return { reason: model };
    const none = reason("NoNodeAllowed", { total });
    return { reason: withAlso(none, ...tally(unsuitable), ...labelFacts(unsuitable, shape.spec)) };
  }
  const nearest = nearestOf(usable);
  const short = shortEverywhere(usable);
  const why =
    short === undefined
      ? (largestCard(given) ?? withAlso(reason("NoNodeTakes", { total }), ...tally(unsuitable)))
      : shortReason(short, { excluded, usable, given, around });
  return { reason: why, ...(nearest === undefined ? {} : { nearest }) };
}

/** The pod may not use the node, however large it is. */
function isExcluded({ hard }: NodeFit): boolean {
  return hard?.kind === "selector" || hard?.kind === "taint" || hard?.kind === "volume";
}

function nearestOf(usable: readonly NodeFit[]): CapacityRefusal["nearest"] {
  let best: { readonly node: string; readonly obstacle: Sized } | undefined;
  for (const { node, hard } of usable)
    if (isSized(hard) && (best === undefined || share(hard) > share(best.obstacle)))
      best = { node: node.name, obstacle: hard };
  return best;
}

export function share({ have, asked }: Amount): number {
  return have / asked;
}

interface Short extends Amount {
  readonly node: string;
}

/**
 * A resource of which every one of the nodes is too small, with the node that has most of it. Of several resources, the
 * one that is furthest from being enough.
 */
function shortEverywhere(usable: readonly NodeFit[]): Short | undefined {
  const best = new Map<string, Short>();
  const seen = new Map<string, number>();
  for (const { node, hard } of usable) {
    if (hard?.kind !== "size") return undefined;
    for (const amount of hard.amounts) {
      const known = best.get(amount.resource);
      if (known === undefined || amount.have > known.have) best.set(amount.resource, { ...amount, node: node.name });
      seen.set(amount.resource, (seen.get(amount.resource) ?? 0) + 1);
    }
  }
  const everywhere = [...best.values()].filter(({ resource }) => seen.get(resource) === usable.length);
  return everywhere.toSorted((a, b) => share(a) - share(b))[0];
}

interface Nodes {
  readonly excluded: readonly NodeFit[];
  readonly usable: readonly NodeFit[];
  readonly given: Survey;
  readonly around: FitContext;
}

function shortReason({ resource, asked, have, node }: Short, nodes: Nodes): Reason {
  const { excluded, around } = nodes;
  const need = namedAmount(resource, asked);
  const most = (one: NodeRecord): number =>
    around.devices?.covers(one).has(resource) === true ? Number.POSITIVE_INFINITY : (one.atBest.get(resource) ?? 0);
  const isLargest = excluded.every((one) => most(one.node) <= have);
  const others = haveButExcluded(excluded.filter((one) => (one.node.atBest.get(resource) ?? 0) >= asked));
  const which = { detail: clauseFor(excluded), selector: nodes.given.shape.wanted };
  const size = { need, node, have: writeAmount(resource, have) };
  if (isLargest) return have === 0 ? reason("NoSuchResource", { resource, need }) : reason("NeverFits", size);
  const there =
    have === 0 ? reason("NoneHasResource", { ...which, resource, need }) : reason("NoneLarge", { ...which, ...size });
  return withAlso(there, ...others);
}

/** Which nodes the sentence is about: all that are not excluded. */
function clauseFor(excluded: readonly NodeFit[]): string {
  const kinds = new Set(excluded.map(({ hard }) => hard?.kind));
  if (kinds.has("volume")) return "NodesUsable";
  if (kinds.has("selector")) return kinds.has("taint") ? "NodesMatchingTolerated" : "NodesMatching";
  return "NodesTolerated";
}

/** For shares of HAMi's cards: the largest card, when a pod asks for more memory of one card than any of them has. */
function largestCard({ shape, unsuitable }: Survey): Reason | undefined {
  const asked = Math.max(
    0,
    ...[...(shape.hami?.together ?? []), ...(shape.hami?.before ?? [])].map((one) => one.memory ?? 0),
  );
  const cards = unsuitable.flatMap(({ node }) => node.hami.map(({ memory }) => ({ node: node.name, memory })));
  const [largest] = cards.toSorted((a, b) => b.memory - a.memory);
  if (largest === undefined || asked <= largest.memory) return undefined;
  return withAlso(reason("CardTooSmall", { asked, node: largest.node, most: largest.memory }), ...tally(unsuitable));
}

/** What is wrong with one node. */
export function lackOf(obstacle: Obstacle): Reason {
  if (!isSized(obstacle)) return obstacle.why;
  const { resource, asked, have, kind } = obstacle;
  const code = kind === "size" ? "HasInAll" : kind === "unhealthy" ? "HasHealthy" : "HasFree";
  return reason(code, { have: writeAmount(resource, have), need: namedAmount(resource, asked) });
}
