// Groups of different pods that must all run at the same time. They are packed together, the pods with the largest
// demand first, on a copy of the free amounts. Packing is a hard problem, so a failure of this packing means "wait";
// only what no packing could achieve is called impossible.
import { addTo } from "../kubernetes/amounts.ts";
import type { FitContext } from "./nodeFit.ts";
import { type Survey, sum } from "./survey.ts";

interface Packing {
  /** How many pods of all groups found a place together. */
  readonly fit: number;
  /** The places of the pods of each survey, in the order of the surveys. */
  readonly places: readonly Survey["places"][];
}

export function packTogether(surveys: readonly Survey[], around: FitContext): Packing {
  const left = new Map<string, Map<string, number>>();
  const freeOf = (survey: Survey, index: number): Map<string, number> => {
    const node = survey.suitable[index]?.node;
    if (node === undefined) return new Map();
    const known = left.get(node.name);
    if (known !== undefined) return known;
    const free = new Map(node.allocatable);
    addTo(free, around.view.occupancy(node.name).used, -1);
    left.set(node.name, free);
    return free;
  };
  const order = surveys.toSorted((a, b) => hunger(b) - hunger(a));
  const places = new Map<Survey, Survey["places"][number][]>();
  const fit = sum(order, (survey) => {
    let missing = survey.count;
    const own: Survey["places"][number][] = [];
    places.set(survey, own);
    survey.suitable.forEach((outcome, index) => {
      if (missing === 0 || outcome.soft.length > 0) return;
      const free = freeOf(survey, index);
      const room = Math.min(...survey.shape.demands.map(([name, asked]) => Math.floor((free.get(name) ?? 0) / asked)));
      const pods = Math.max(0, Math.min(missing, outcome.now, room));
      if (pods > 0) {
        addTo(free, survey.shape.requests, -pods);
        own.push({ node: outcome.node.name, pods });
      }
      missing -= pods;
    });
    return survey.count - missing;
  });
  return { fit, places: surveys.map((survey) => places.get(survey) ?? []) };
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
