// Finds what only the finished objects of a component show together: that they keep each other from working. These are
// warnings, because the cluster accepts all of them.
import { dig, isObject, type JsonObject } from "../../model/data/json.ts";
import { type Manifest, shortRef } from "../../model/kubernetes/manifest.ts";
import { type Problem, warning } from "../../model/problems/problem.ts";
import type { PlannedObject } from "../../model/run/plan.ts";
import { objectsIn } from "./merge/manifestLists.ts";
import { contradictions, nodeRequirements, signsOf } from "./merge/nodeRequirements.ts";

interface Together {
  readonly objects: readonly PlannedObject[];
  readonly exposure: readonly PlannedObject[];
  /** The pointer of the component; its traits are below it. */
  readonly pointer: string;
  /** True when the user wrote the objects, and not a component type with traits. */
  readonly isWrittenOut: boolean;
}

export function checkTogether(together: Together): readonly Problem[] {
  return [
    ...blockedEvictions(together),
    ...blindAutoscaler(together),
    ...closedRoute(together),
    ...noPossibleNode(together),
  ];
}

/**
 * Objects that the user wrote out require nodes which cannot exist. What traits require is an error, which
 * merge/checkNodes.ts reports at the trait.
 */
function noPossibleNode({ objects, pointer, isWrittenOut }: Together): readonly Problem[] {
  if (!isWrittenOut) return [];
  return objects.flatMap(({ manifest }) =>
    contradictions(nodeRequirements(podSpecIn(manifest))).map(({ label, first, second }) => {
      const object = shortRef({ kind: manifest.kind, name: manifest.metadata.name });
      return warning("NoSuchNode", pointer, { object, label, one: signsOf(first), other: signsOf(second) });
    }),
  );
}

function podSpecIn(manifest: Manifest): JsonObject | undefined {
  const paths = [["jobTemplate", "spec", "template", "spec"], ["template", "spec"], []];
  return paths.map((path) => dig(manifest, "spec", ...path)).find(isObject);
}

function byKind(objects: readonly PlannedObject[], kind: string): readonly Manifest[] {
  return objects.map(({ manifest }) => manifest).filter((manifest) => manifest.kind === kind);
}

interface Range {
  readonly fewest: number;
  readonly most: number;
}

/** `undefined` when no object sets the number of pods. */
export function podsOf(objects: readonly PlannedObject[]): Range | undefined {
  const [autoscaler] = byKind(objects, "HorizontalPodAutoscaler");
  const [fewest, most] = [dig(autoscaler, "spec", "minReplicas"), dig(autoscaler, "spec", "maxReplicas")];
  if (typeof fewest === "number" && typeof most === "number") return { fewest, most };
  const counts = objects
    .map(({ manifest }) => dig(manifest, "spec", "replicas"))
    .filter((one) => typeof one === "number");
  const [count] = counts;
  return count === undefined ? undefined : { fewest: count, most: count };
}

/**
 * A budget that lets no pod go blocks every drain of a node, for good. Percentages are rounded up: minAvailable 50% of
 * one pod is one.
 */
function blockedEvictions({ objects, pointer }: Together): readonly Problem[] {
  const pods = podsOf(objects);
  if (pods === undefined || pods.fewest === 0) return [];
  return byKind(objects, "PodDisruptionBudget").flatMap((budget) => {
    const minimum = amount(dig(budget, "spec", "minAvailable"), pods.fewest);
    const maximum = amount(dig(budget, "spec", "maxUnavailable"), pods.fewest);
    const allowed = minimum === undefined ? (maximum ?? 1) : pods.fewest - minimum;
    if (allowed > 0) return [];
    return [warning("NoEviction", `${pointer}/traits/disruption`, { replicas: pods.fewest })];
  });
}

function amount(value: unknown, of: number): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" ? Math.ceil((Number.parseInt(value, 10) / 100) * of) : undefined;
}

/** Utilization is a share of the request: without a request there is nothing to compute. */
function blindAutoscaler({ objects, pointer }: Together): readonly Problem[] {
  const main = objects.flatMap(({ manifest }) => mainContainer(manifest))[0];
  return byKind(objects, "HorizontalPodAutoscaler").flatMap((autoscaler) => {
    const metrics = dig(autoscaler, "spec", "metrics");
    const names = (Array.isArray(metrics) ? metrics : []).map((one) => dig(one, "containerResource", "name"));
    return names.flatMap((name) => {
      if (typeof name !== "string" || has(main, "requests", name) || has(main, "limits", name)) return [];
      return [warning("ScalingBlind", `${pointer}/traits/scaling`, { resource: name })];
    });
  });
}

function has(container: JsonObject | undefined, part: string, name: string): boolean {
  return dig(container, "resources", part, name) !== undefined;
}

function mainContainer(manifest: Manifest): readonly JsonObject[] {
  const pod = dig(manifest, "spec", "template", "spec");
  return isObject(pod) ? objectsIn(pod["containers"]).slice(0, 1) : [];
}

/**
 * The controller of a route is another pod in another namespace: a policy that lets in only components keeps it out.
 */
function closedRoute({ objects, exposure, pointer }: Together): readonly Problem[] {
  if (exposure.length === 0) return [];
  return byKind(objects, "NetworkPolicy").flatMap((policy) => {
    const rules = dig(policy, "spec", "ingress");
    const open = (Array.isArray(rules) ? rules : []).some((rule) => {
      const peers = dig(rule, "from");
      return !Array.isArray(peers) || peers.some((peer) => isObject(peer) && peer["podSelector"] === undefined);
    });
    return open ? [] : [warning("RouteClosed", `${pointer}/traits/network`)];
  });
}
