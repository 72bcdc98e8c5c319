// Which grants a registration needs: what it declares, and what the pods of its examples use in addition. An
// administrator can grant exactly this.
import { dig, type JsonObject } from "../../model/data/json.ts";
import { parseQuantity } from "../../model/kubernetes/quantity.ts";
import type { WrittenGrants } from "../registration/grants.ts";
import { capabilitiesOf, GPU } from "../running/isolated/podOrder.ts";
import type { Candidate, Means } from "./checks/candidate.ts";
import { podsOf } from "./checks/pods.ts";

/**
 * The declared capabilities of the type, and what the pods of its examples use in addition, as far as the candidate does
 * not have it.
 */
export function askedGrants(candidate: Candidate, means: Pick<Means, "schemas" | "runtime">): WrittenGrants {
  const { volumes, ...lists } = capabilitiesOf(candidate.registration.spec);
  const declared = Object.entries(lists).filter(([, list]) => list.length > 0);
  const asked: Record<string, readonly string[]> = Object.fromEntries(declared);
  const devices: Record<string, number> = {};
  for (const { pod, problems } of podsOf(candidate, means)) {
    for (const { code, params } of problems) {
      const { field, name } = params;
      if (code !== "GrantMissing" || typeof field !== "string" || typeof name !== "string") continue;
      if (field === "devices") devices[name] = Math.max(devices[name] ?? 0, deviceCount(pod.spec, name));
      else if (field !== "volumes") asked[field] = [...new Set([...(asked[field] ?? []), name])];
    }
  }
  const { gpu } = candidate.registration.spec.resources ?? {};
  const bounded = gpu?.resource ?? GPU;
  if (devices[bounded] !== undefined) devices[bounded] = Math.max(devices[bounded], gpu?.max ?? 1);
  return {
    ...asked,
    ...(volumes === undefined ? {} : { volumes }),
    ...(Object.keys(devices).length === 0 ? {} : { devices }),
  };
}

/** As the scheduler counts it: containers together, and init containers before them one by one. */
function deviceCount(spec: JsonObject, device: string): number {
  const amounts = (field: string): readonly number[] =>
    (Array.isArray(spec[field]) ? spec[field] : []).map((one) => {
      const amount = dig(one, "resources", "limits", device);
      return typeof amount === "string" || typeof amount === "number" ? (parseQuantity(amount) ?? 0) : 0;
    });
  const together = amounts("containers").reduce((sum, amount) => sum + amount, 0);
  return Math.max(together, ...amounts("initContainers"));
}
