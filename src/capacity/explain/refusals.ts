// Explains why waiting does not help: the reason of a verdict `rejected`.
import { type Reason, reason } from "../../model/reasons/reason.ts";
import type { NodeFit, Obstacle } from "../fit/nodeFit.ts";
import type { Survey } from "../fit/survey.ts";
import { namedAmount, writeAmount } from "../kubernetes/amounts.ts";
import { wantedModels } from "../view/deviceModels.ts";

export type Sized = Extract<Obstacle, { have: number }>;

const SIZED: ReadonlySet<Obstacle["kind"]> = new Set<Sized["kind"]>(["size", "short", "unhealthy"]);

export function isSized(obstacle: Obstacle | undefined): obstacle is Sized {
  return obstacle !== undefined && SIZED.has(obstacle.kind);
}

interface CapacityRefusal {
  readonly reason: Reason;
  /** The node that is nearest to having enough, and what it lacks. */
  readonly nearest?: { readonly node: string; readonly obstacle: Obstacle };
}

export function neverFits(given: Survey): CapacityRefusal {
  if (given.ever > 0) return { reason: reason("NeverTogether", { count: given.count, fit: given.ever }) };
  const sized = given.unsuitable.flatMap(({ node, hard }) =>
    isSized(hard) ? [{ node: node.name, obstacle: hard }] : [],
  );
  const nearest = sized.toSorted((a, b) => share(b.obstacle) - share(a.obstacle))[0];
  const model = nearest === undefined ? modelMissing(given) : undefined;
  if (model !== undefined) return { reason: model };
  if (nearest === undefined)
    return { reason: reason("NoNodeAllowed", { total: given.total, detail: tally(given.unsuitable) }) };
  const { resource, asked, have } = nearest.obstacle;
  // When no node has any, "the largest node has 0" would be a strange sentence.
  if (have === 0) return { reason: reason("NoSuchResource", { resource, need: namedAmount(resource, asked) }) };
  const params = { need: namedAmount(resource, asked), node: nearest.node, have: writeAmount(resource, have) };
  return { reason: reason("NeverFits", params), nearest };
}

/** For a pod that names a device model: the reason that lists the models that exist instead. */
function modelMissing({ unsuitable, shape }: Survey): Reason | undefined {
  const models = wantedModels(shape.spec);
  const [first] = models;
  if (first === undefined || unsuitable.some(({ hard }) => hard?.kind !== "selector")) return undefined;
  const there = new Map<string, number>();
  for (const { node } of unsuitable) {
    const model = node.labels[first.key];
    if (model !== undefined) there.set(model, (there.get(model) ?? 0) + 1);
  }
  if (there.size === 0 || models.some(({ model }) => there.has(model))) return undefined;
  const words = [...there].map(([model, nodes]) => `${model} (${nodes} ${nodes === 1 ? "node" : "nodes"})`);
  return reason("NoSuchModel", { wanted: models.map(({ model }) => model).join(", "), there: words.join(", ") });
}

export function share({ have, asked }: Sized): number {
  return have / asked;
}

/** Counts equal obstacles, the most frequent first: `3 nodes: has the taint nvidia.com/gpu; 2 nodes: ...`. */
function tally(outcomes: readonly NodeFit[]): string {
  const sums = new Map<string, number>();
  for (const { hard } of outcomes) {
    const words = hard === undefined ? "" : wordsOf(hard);
    sums.set(words, (sums.get(words) ?? 0) + 1);
  }
  const sorted = [...sums].toSorted((a, b) => b[1] - a[1]);
  const shown = sorted.slice(0, 4).map(([words, count]) => `${count} ${count === 1 ? "node" : "nodes"}: ${words}`);
  return [...shown, ...(sorted.length > 4 ? [`${sorted.length - 4} other reasons`] : [])].join("; ");
}

export function wordsOf(obstacle: Obstacle): string {
  if (!isSized(obstacle)) return obstacle.words;
  const { resource, asked, have, kind } = obstacle;
  const adjective = kind === "size" ? "in all" : kind === "unhealthy" ? "healthy" : "free";
  return `${writeAmount(resource, have)} of ${namedAmount(resource, asked)} ${adjective}`;
}
