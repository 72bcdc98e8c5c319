// The line of each flavor as users see it: who is before whom, and why.
import type { BeforeInQueue, QueuePosition, ShareUse } from "../../model/kubernetes/capacity.ts";
import { writeAmount } from "../kubernetes/amounts.ts";
import { type InLine, offerInOrder } from "./fairOrder.ts";
import type { Flavor } from "./flavor.ts";
import type { FlavorUse } from "./projectUse.ts";

export interface Waiter extends InLine {
  readonly kind: Flavor;
  /** The name that its own project sees. */
  readonly name: string;
  /** It comes first in its flavor, because it was overtaken and waits too long. */
  readonly isFirst: boolean;
}

interface Shares {
  readonly useOf: (flavor: Flavor) => FlavorUse;
  readonly weightOf: (project: string, flavor: Flavor) => number;
}

export interface Lines<T> {
  /** `undefined` when the request does not wait. */
  positionOf(id: string): QueuePosition | undefined;
  /** All requests, by flavor, the next one of each flavor first. */
  all(): readonly T[];
}

/** The order if each request were granted what it asks for when its turn comes. */
export function linesOf<T extends Waiter>(waiting: readonly T[], shares: Shares): Lines<T> {
  const byFlavor = Map.groupBy(waiting, ({ flavor }) => flavor);
  const lines = new Map([...byFlavor].map(([flavor, own]) => [flavor, inOrder(own, shares)]));
  const places = new Map([...lines.values()].flatMap((line) => line.map((one, index) => [one.id, { line, index }])));
  return {
    positionOf: (id) => {
      const found = places.get(id);
      const self = found?.line[found.index];
      if (found === undefined || self === undefined) return undefined;
      const before = found.line.slice(0, found.index);
      const position = { position: found.index + 1, of: found.line.length };
      return before.length === 0 ? position : { ...position, before: beforeIn(found.line, self, shares, before) };
    },
    all: () => [...lines.values()].flat(),
  };
}

function inOrder<T extends Waiter>(waiting: readonly T[], { useOf, weightOf }: Shares): readonly T[] {
  const order: T[] = waiting.filter(({ isFirst }) => isFirst);
  const use = (kind: Flavor, project: string) => ({
    used: useOf(kind).byProject.get(project) ?? 0,
    weight: weightOf(project, kind),
  });
  const [first] = waiting;
  if (first !== undefined)
    offerInOrder(
      waiting.filter(({ isFirst }) => !isFirst),
      (_, project) => use(first.kind, project),
      (one) => order.push(one) > 0,
    );
  return order;
}

function beforeIn<T extends Waiter>(
  line: readonly T[],
  self: T,
  { useOf, weightOf }: Shares,
  before: readonly T[],
): BeforeInQueue {
  const own = before.filter(({ project }) => project === self.project).map(({ name }) => name);
  const others = before.filter(({ project }) => project !== self.project);
  const [first] = others;
  if (first === undefined) return { own, others: 0 };
  const { byProject, total } = useOf(self.kind);
  const active = new Set([...byProject.keys(), ...line.map(({ project }) => project)]);
  const weights = [...active].reduce((sum, project) => sum + weightOf(project, self.kind), 0);
  const { resource } = self.kind;
  const share = (project: string): ShareUse => ({
    used: writeAmount(resource, byProject.get(project) ?? 0),
    share: writeAmount(resource, Math.floor((total * weightOf(project, self.kind)) / weights)),
  });
  return { own, others: others.length, shares: { first: share(first.project), own: share(self.project) } };
}
