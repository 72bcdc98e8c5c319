// What an administrator grants, as it is written and as it is kept; and what a registration asks for, for whoever grants just that.
import { z } from "zod";
import { type Grants, NO_GRANTS } from "../isolation/capability.ts";
import type { JsonObject } from "../model/json.ts";
import { dig } from "../model/json.ts";
import { parseQuantity } from "../model/quantity.ts";
import { type Candidate, type Means } from "./checks/candidate.ts";
import { podsOf } from "./checks/pods.ts";
import { capabilitiesOf } from "./place/order.ts";

const word = z.string().min(1).max(200);
const words = z.array(word).max(100);
const quantity = z.string().refine((text) => parseQuantity(text) !== undefined, "a quantity such as 20Gi");

/** Everything is optional: what is not written is not granted. */
const grantsShape = z.strictObject({
  network: words.optional(),
  secrets: words.optional(),
  volumes: quantity.optional(),
  services: words.optional(),
  k8s: words.optional(),
  devices: z.record(word, z.int().min(1).max(10_000)).optional(),
  nodeLabels: words.optional(),
  tolerations: words.optional(),
  runtimeClasses: words.optional(),
  priorityClasses: words.optional(),
  schedulers: words.optional(),
  csiDrivers: words.optional(),
  storageClasses: words.optional(),
  deviceClaims: words.optional(),
  metadataDomains: words.optional(),
  granters: words.optional(),
});

export type WrittenGrants = z.output<typeof grantsShape>;

/** From the store, whose rows were written through the shape. */
export function readGrants(stored: JsonObject): Grants {
  const { data } = grantsShape.safeParse(stored);
  const given = Object.entries(data ?? {}).filter(([, value]) => value !== undefined);
  return { ...NO_GRANTS, ...Object.fromEntries(given) };
}

/** Everything that the type declares, and what its pods use beside. */
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
