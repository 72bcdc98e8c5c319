// What one pod takes from a node. Follows k8s.io/component-helpers/resource.PodRequests and the API server's defaulting
// before it.
import { isObject, type JsonObject } from "../../model/data/json.ts";
import { type Amounts, addTo, raiseTo, readAmounts } from "./amounts.ts";
import { listAt, objectAt, textAt } from "./optionalFields.ts";

/** The requests of a container. A request that is absent is taken from the limit. */
export function containerRequests(container: JsonObject): Map<string, number> {
  const requests = readAmounts(objectAt(container, "resources", "limits"));
  for (const [resource, amount] of readAmounts(objectAt(container, "resources", "requests")))
    requests.set(resource, amount);
  return requests;
}

export function containerLimits(container: JsonObject): Map<string, number> {
  return readAmounts(objectAt(container, "resources", "limits"));
}

type AmountsOf = (container: JsonObject) => Amounts;

export function isSidecar(container: JsonObject): boolean {
  return container["restartPolicy"] === "Always";
}

/**
 * The most that the containers take at any one time: init containers run one by one, and sidecars run from their own
 * start on.
 */
export function aggregate(spec: JsonObject, of: AmountsOf): Map<string, number> {
  const sum = new Map<string, number>();
  for (const container of listAt(spec, "containers")) addTo(sum, of(container));
  const sidecars = new Map<string, number>();
  const start = new Map<string, number>();
  for (const container of listAt(spec, "initContainers")) {
    const own = of(container);
    if (isSidecar(container)) {
      addTo(sum, own);
      addTo(sidecars, own);
      raiseTo(start, sidecars);
    } else {
      const withSidecars = new Map(sidecars);
      addTo(withSidecars, own);
      raiseTo(start, withSidecars);
    }
  }
  raiseTo(sum, start);
  return sum;
}

/**
 * Whether a pod can ask for the resource as a whole, which replaces the requests of its containers. Devices cannot be
 * asked for that way.
 */
export function isPodLevel(resource: string): boolean {
  return resource === "cpu" || resource === "memory" || resource.startsWith("hugepages-");
}

export function podRequests(spec: JsonObject, of: AmountsOf = containerRequests): Map<string, number> {
  const requests = aggregate(spec, of);
  for (const [resource, amount] of readAmounts(objectAt(spec, "resources", "requests")))
    if (isPodLevel(resource)) requests.set(resource, amount);
  // A limit of the pod counts as its request only where no container asks for the resource.
  for (const [resource, amount] of readAmounts(objectAt(spec, "resources", "limits")))
    if (isPodLevel(resource) && !requests.has(resource)) requests.set(resource, amount);
  addTo(requests, readAmounts(spec["overhead"]));
  requests.set("pods", 1);
  return requests;
}

/**
 * The amounts that an existing pod takes. During an in-place resize that is the larger of what it has and what it asks
 * for. An increase that its node can never grant does not count.
 */
export function currentRequests(pod: JsonObject): Map<string, number> {
  const spec = objectAt(pod, "spec") ?? {};
  const statuses = [...listAt(pod, "status", "containerStatuses"), ...listAt(pod, "status", "initContainerStatuses")];
  const resized = statuses.some((one) => isObject(one["allocatedResources"]) || isObject(one["resources"]));
  if (!resized) return podRequests(spec);
  const infeasible = listAt(pod, "status", "conditions").some(
    (one) => textAt(one, "type") === "PodResizePending" && textAt(one, "reason") === "Infeasible",
  );
  const byName = new Map(statuses.map((one) => [textAt(one, "name"), one]));
  return podRequests(spec, (container) => {
    const status = byName.get(textAt(container, "name"));
    const current = readAmounts(objectAt(status, "resources", "requests"));
    raiseTo(current, readAmounts(objectAt(status, "allocatedResources")));
    if (current.size === 0) return containerRequests(container);
    if (!infeasible) raiseTo(current, containerRequests(container));
    else for (const [name, amount] of containerRequests(container)) if (!current.has(name)) current.set(name, amount);
    return current;
  });
}
