// The flavor of a request: the kind of resources that it waits for. Requests of the same flavor share one order in the
// queue. The shares of the projects are counted in the first resource of the flavor.
import { type CapacityRequest, type CapacityWeight, type PodGroup } from "../../model/kubernetes/capacity.ts";
import { isExtended } from "../kubernetes/amounts.ts";
import { labelsAt, listAt, objectAt } from "../kubernetes/optionalFields.ts";
import { podRequests } from "../kubernetes/podRequests.ts";
import { wantedModels } from "../view/deviceModels.ts";
import { CLAIMS } from "../view/records.ts";

/** The flavor when no device is asked for. */
const PLAIN = "cpu";

export interface Flavor {
  /** `nvidia.com/gpu`, `nvidia.com/gpu H100`, `claims`, `cpu`. */
  readonly name: string;
  /** The resource in which the shares of the projects are counted. */
  readonly resource: string;
  /** Only devices of these models count. Empty: of all models. */
  readonly models: readonly string[];
}

export function flavorOf({ groups }: Pick<CapacityRequest, "groups">): Flavor {
  const devices = [...new Set(groups.flatMap(devicesOf))];
  const named = groups.flatMap(({ pod }) => wantedModels(objectAt(pod, "spec") ?? {}).map(({ model }) => model));
  const models = [...new Set(named)];
  const words = [...devices, ...models];
  const [resource = PLAIN] = devices;
  return { name: words.length === 0 ? PLAIN : words.join(" "), resource, models };
}

/** The most specific weight counts: that of the flavor, then that of its resource, then that of all resources. */
export function weightFor({ name, resource }: Flavor, weights: readonly CapacityWeight[]): number {
  for (const wanted of [name, resource, null]) {
    const found = weights.find(({ flavor }) => flavor === wanted);
    if (found !== undefined) return found.weight;
  }
  return 1;
}

/** How much the request asks for of the resource, at least a small amount for requests that ask for none. */
export function amountOf({ groups }: Pick<CapacityRequest, "groups">, { resource }: Flavor): number {
  let sum = 0;
  for (const { pod, count } of groups) {
    const one =
      resource === CLAIMS
        ? listAt(pod, "spec", "resourceClaims").length
        : podRequests(objectAt(pod, "spec") ?? {}).get(resource);
    sum += count * (one ?? 0);
  }
  return sum > 0 ? sum : 1;
}

function devicesOf({ pod }: PodGroup): readonly string[] {
  const containers = [...listAt(pod, "spec", "containers"), ...listAt(pod, "spec", "initContainers")];
  const names = containers.flatMap((container) =>
    Object.keys({ ...labelsAt(container, "resources", "requests"), ...labelsAt(container, "resources", "limits") }),
  );
  const devices = [...new Set(names.filter(isExtended))].sort();
  return listAt(pod, "spec", "resourceClaims").length > 0 ? [...devices, CLAIMS] : devices;
}
