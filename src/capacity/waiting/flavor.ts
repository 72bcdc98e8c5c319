// The flavor of a request: the kind of resources that it waits for. Requests of the same flavor share one order in the
// queue.
import { type CapacityRequest, type PodGroup } from "../../model/kubernetes/capacity.ts";
import { isExtended } from "../kubernetes/amounts.ts";
import { labelsAt, listAt, objectAt } from "../kubernetes/optionalFields.ts";
import { wantedModels } from "../view/deviceModels.ts";

/** The flavor when no device is asked for. */
const PLAIN = "cpu";

/** `nvidia.com/gpu`, `nvidia.com/gpu H100`, `claims`, `cpu`. */
export function flavorOf({ groups }: Pick<CapacityRequest, "groups">): string {
  const words = new Set(
    groups.flatMap((group) => [
      ...devicesOf(group),
      ...wantedModels(objectAt(group.pod, "spec") ?? {}).map(({ model }) => model),
    ]),
  );
  return words.size === 0 ? PLAIN : [...words].join(" ");
}

function devicesOf({ pod }: PodGroup): readonly string[] {
  const containers = [...listAt(pod, "spec", "containers"), ...listAt(pod, "spec", "initContainers")];
  const names = containers.flatMap((container) =>
    Object.keys({ ...labelsAt(container, "resources", "requests"), ...labelsAt(container, "resources", "limits") }),
  );
  const devices = [...new Set(names.filter(isExtended))].sort();
  return listAt(pod, "spec", "resourceClaims").length > 0 ? [...devices, "claims"] : devices;
}
