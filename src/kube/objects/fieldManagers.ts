// Which field managers hold what of an object, from its managedFields. The status is everybody's own business and left out.

import { listAt, textAt } from "../../model/data/fieldReaders.ts";
import type { Json, JsonObject } from "../../model/data/json.ts";
import type { FieldHolder } from "../../model/kubernetes/fieldDifferences.ts";
import { FIELD_MANAGER, type Manifest } from "../../model/kubernetes/manifest.ts";

/** Parts of Kubernetes that write into objects as their duty: what they hold is no drift. */
const SYSTEM: ReadonlySet<string> = new Set([
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-apiserver",
  "cloud-controller-manager",
]);

export function holdersOf(object: Manifest): readonly FieldHolder[] {
  return listAt(object, "metadata", "managedFields")
    .filter((entry) => textAt(entry, "subresource") !== "status")
    .map((entry) => ({ manager: textAt(entry, "manager"), fields: entry["fieldsV1"] }));
}

/** What the watches keep of managedFields (half of an object's bytes): the entries of people and of other tools. Usually none. */
export function foreignEntries(object: JsonObject): readonly Json[] {
  return listAt(object, "metadata", "managedFields").filter(
    (entry) =>
      textAt(entry, "manager") !== FIELD_MANAGER &&
      !SYSTEM.has(textAt(entry, "manager")) &&
      textAt(entry, "subresource") !== "status",
  );
}

/** Ours, as an apply left it behind. */
export function ourTree(object: Manifest): Json | undefined {
  return listAt(object, "metadata", "managedFields").find(
    (entry) => textAt(entry, "manager") === FIELD_MANAGER && textAt(entry, "operation") === "Apply",
  )?.["fieldsV1"];
}
