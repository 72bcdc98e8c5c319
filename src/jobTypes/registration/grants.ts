// The grants that an administrator gives to a project for a job type: the format in a request and in the database.
import { z } from "zod";
import { type Grants, NO_GRANTS } from "../../isolation/policy/capability.ts";
import type { JsonObject } from "../../model/data/json.ts";
import { parseQuantity } from "../../model/kubernetes/quantity.ts";

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

/** Reads the grants of a database row. A row that does not fit the shape grants nothing. */
export function readGrants(stored: JsonObject): Grants {
  const { data } = grantsShape.safeParse(stored);
  const given = Object.entries(data ?? {}).filter(([, value]) => value !== undefined);
  return { ...NO_GRANTS, ...Object.fromEntries(given) };
}
