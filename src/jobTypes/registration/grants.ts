// The grants that an administrator gives to a project for a job type: the format in a request and in the database.
import { z } from "zod";
import { type Grants, NO_GRANTS } from "../../isolation/policy/capability.ts";
import type { JsonObject } from "../../model/data/json.ts";
import { parseQuantity } from "../../model/kubernetes/quantity.ts";
import { parseData } from "../../plan/fields/zodProblems.ts";

const word = z.string().min(1).max(200);
const words = z.array(word).max(100);
const quantity = z.string().refine((text) => parseQuantity(text) !== undefined, "a quantity such as 20Gi");

/** All fields are optional: a field that is absent grants nothing. */
const grantsShape = z.strictObject({
  network: words.optional(),
  secrets: words.optional(),
  volumes: quantity.optional(),
  services: words.optional(),
  k8s: words.optional(),
  // In the units of the resource, which a middleware chooses: devices, or MiB, or percent. So there is no upper limit.
  devices: z.record(word, z.int().min(1)).optional(),
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

export type GrantsRead =
  | { readonly ok: true; readonly grants: Grants }
  /** `fields`: pointers of what does not fit, such as `/devices/nvidia.com~1gpu`. */
  | { readonly ok: false; readonly fields: string };

/**
 * Reads the grants of a database row. A row that does not fit the shape is an error: reading it as no grants would tell
 * an administrator that nothing was granted.
 */
export function readGrants(stored: JsonObject): GrantsRead {
  const parsed = parseData(grantsShape, stored, "");
  if (!parsed.ok)
    return { ok: false, fields: [...new Set(parsed.problems.map((one) => one.pointer || "/"))].join(", ") };
  const given = Object.entries(parsed.data as WrittenGrants).filter(([, value]) => value !== undefined); // parsed by its shape
  return { ok: true, grants: { ...NO_GRANTS, ...Object.fromEntries(given) } };
}
