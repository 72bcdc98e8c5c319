// Groups of different pods that must all run at the same time. They are packed together, the pods with the largest
// demand first, on a copy of the free amounts. Packing is a hard problem, so a failure of this packing means "wait";
// only what no packing could achieve is called impossible.
import { addTo } from "../kubernetes/amounts.ts";
import type { FitContext } from "./nodeFit.ts";
import { type Survey, sum } from "./survey.ts";

/** How many pods of all groups found a place together. */
export function packTogether(surveys: readonly Survey[], around: FitContext): number {
  const free = new Map<string, Map<string, number>>();
  const freeOf = (survey: Survey, index: number): Map<string, number> => {
    const node = survey.suitable[index]?.node;
    if (node === undefined) return new Map();
    const known = free.get(node.name);
    if (known !== undefined) return known;
    const left = new Map(node.allocatable);
    addTo(left, around.view.occupancy(node.name).used, -1);
    for (const amounts of around.reserved.get(node.name) ?? []) addTo(left, amounts, -1);
    free.set(node.name, left);
    return left;
  };
  const order = surveys.toSorted((a, b) => hunger(b) - hunger(a));
  return sum(order, (survey) => {
    let left = survey.count;
    survey.suitable.forEach((outcome, index) => {
      if (left === 0 || outcome.soft.length > 0) return;
      const own = freeOf(survey, index);
      const room = Math.min(...survey.shape.demands.map(([name, asked]) => Math.floor((own.get(name) ?? 0) / asked)));
      const pods = Math.max(0, Math.min(left, outcome.now, room));
      if (pods > 0) addTo(own, survey.shape.requests, -pods);
      left -= pods;
    });
    return survey.count - left;
  });
}

/** The largest share of a node that one pod of the group takes. Devices count ten times. */
function hunger({ shape, suitable }: Survey): number {
  const [first] = suitable;
  if (first === undefined) return 0;
  return Math.max(
    ...shape.demands.map(
      ([name, asked]) => (asked / (first.node.atBest.get(name) ?? asked)) * (name.includes("/") ? 10 : 1),
    ),
  );
}

interface Excess {
  readonly resource: string;
  readonly asked: number;
  readonly have: number;
}

/** A resource of which all groups together ask for more than their suitable nodes would have if they were empty. */
export function exceedsAll(surveys: readonly Survey[]): Excess | undefined {
  const asked = new Map<string, number>();
  for (const { shape, count } of surveys) addTo(asked, shape.requests, count);
  const nodes = new Map(surveys.flatMap(({ suitable }) => suitable.map(({ node }) => [node.name, node] as const)));
  for (const [resource, amount] of asked) {
    // Devices of drivers are in no node's allocatable amounts, so a sum of zero proves nothing.
    const anywhere = [...nodes.values()].some((node) => node.atBest.has(resource));
    const have = sum([...nodes.values()], (node) => node.atBest.get(resource) ?? 0);
    if (anywhere && amount > have) return { resource, asked: amount, have };
  }
  return undefined;
}
