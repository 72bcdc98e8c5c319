// Explains a node selection that matches no node: which labels and which device models exist instead.
import type { JsonObject } from "../../model/data/json.ts";
import { nearest } from "../../model/kubernetes/name.ts";
import { type Reason, reason, withAlso } from "../../model/reasons/reason.ts";
import type { NodeFit } from "../fit/nodeFit.ts";
import { labelsAt } from "../kubernetes/optionalFields.ts";
import { wantedModels } from "../view/deviceModels.ts";

/** Number of values that a sentence lists. */
const LISTED = 6;

/** For a pod that names a device model: the reason that lists the models that exist instead. */
export function modelMissing(unsuitable: readonly NodeFit[], spec: JsonObject): Reason | undefined {
  const models = wantedModels(spec);
  const [first] = models;
  if (first === undefined || unsuitable.some(({ hard }) => hard?.kind !== "selector")) return undefined;
  const there = countValues(unsuitable, first.key);
  if (there.size === 0 || models.some(({ key, model }) => hasLabel(unsuitable, key, model))) return undefined;
  const words = [...there].slice(0, LISTED).map(([model, nodes]) => `${model} (${nodes})`);
  const wanted = models.map(({ model }) => model).join(", ");
  const near = nearest(first.model, there.keys());
  const meant = near === undefined ? undefined : reason("NearestLabel", { key: first.key, value: near });
  return withAlso(reason("NoSuchModel", { wanted, there: words.join(", ") }), meant);
}

function countValues(outcomes: readonly NodeFit[], key: string): ReadonlyMap<string, number> {
  const there = new Map<string, number>();
  for (const { node } of outcomes) {
    const value = node.labels[key];
    if (value !== undefined) there.set(value, (there.get(value) ?? 0) + 1);
  }
  return there;
}

function hasLabel(outcomes: readonly NodeFit[], key: string, value: string): boolean {
  return outcomes.some(({ node }) => node.labels[key] === value);
}

/** For each label of the node selector that no node has: the nearest label that exists, or the values that exist. */
export function labelFacts(outcomes: readonly NodeFit[], spec: JsonObject): readonly Reason[] {
  return Object.entries(labelsAt(spec, "nodeSelector")).flatMap(([key, value]) => {
    if (hasLabel(outcomes, key, value)) return [];
    const values = countValues(outcomes, key);
    if (values.size === 0) {
      const near = nearest(key, new Set(outcomes.flatMap(({ node }) => Object.keys(node.labels))));
      return [
        withAlso(reason("NoSuchLabel", { key }), near === undefined ? undefined : reason("NearestKey", { key: near })),
      ];
    }
    const near = nearest(value, values.keys());
    if (near !== undefined) return [reason("NearestLabel", { key, value: near })];
    return [reason("KnownValues", { key, values: [...values.keys()].slice(0, LISTED).join(", ") })];
  });
}
