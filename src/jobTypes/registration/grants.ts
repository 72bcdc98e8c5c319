// What an administrator grants to a project, as it is written in a request and as it is kept in the database.
import { z } from "zod";
import { type Grants, NO_GRANTS } from "../../isolation/policy/capability.ts";
import type { JsonObject } from "../../model/data/json.ts";
import { parseQuantity } from "../../model/kubernetes/quantity.ts";

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
