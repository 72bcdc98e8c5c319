// Which grants a registration needs: what it declares, and what the pods of its examples use in addition. An
// administrator can grant exactly this.
import { dig, type JsonObject } from "../../model/data/json.ts";
import type { WrittenGrants } from "../registration/grants.ts";
import { capabilitiesOf } from "../running/isolated/podOrder.ts";
import type { Candidate, Means } from "./checks/candidate.ts";
import { podsOf } from "./checks/pods.ts";

/** The declared capabilities of the type, and what the pods of its examples use in addition. */
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
  for (const name of Object.keys(devices)) devices[name] = Math.max(devices[name] ?? 1, gpu?.max ?? 1);
  return {
    ...asked,
    ...(volumes === undefined ? {} : { volumes }),
    ...(Object.keys(devices).length === 0 ? {} : { devices }),
  };
}

function deviceCount(spec: JsonObject, device: string): number {
  const containers = Array.isArray(spec["containers"]) ? spec["containers"] : [];
  const amounts = containers.map((one) => Number(dig(one, "resources", "limits", device) ?? 0) || 0);
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
