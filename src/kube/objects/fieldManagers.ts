// Which field managers own which fields of an object, from its managedFields. Entries for the status are left out,
// because controllers write it all the time.

import { listAt, textAt } from "../../model/data/fieldReaders.ts";
import type { Json, JsonObject } from "../../model/data/json.ts";
import type { FieldManager } from "../../model/kubernetes/fieldDifferences.ts";
import { FIELD_MANAGER, type Manifest } from "../../model/kubernetes/manifest.ts";

/** Components of Kubernetes that write fields as part of their work. Fields that they own are not drift. */
const SYSTEM: ReadonlySet<string> = new Set([
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-apiserver",
  "cloud-controller-manager",
]);

export function fieldManagersOf(object: Manifest): readonly FieldManager[] {
  return listAt(object, "metadata", "managedFields")
    .filter((entry) => textAt(entry, "subresource") !== "status")
    .map((entry) => ({ manager: textAt(entry, "manager"), fields: entry["fieldsV1"] }));
}

/**
 * The entries of managedFields that the watches keep: those of people and of other tools, usually none. All
 * managedFields together are half of an object's bytes.
 */
export function foreignEntries(object: JsonObject): readonly Json[] {
  return listAt(object, "metadata", "managedFields").filter(
    (entry) =>
      textAt(entry, "manager") !== FIELD_MANAGER &&
      !SYSTEM.has(textAt(entry, "manager")) &&
      textAt(entry, "subresource") !== "status",
  );
}

/** The fields that kubemin owns through server-side apply (`fieldsV1`), or `undefined`. */
export function ourTree(object: Manifest): Json | undefined {
  return listAt(object, "metadata", "managedFields").find(
    (entry) => textAt(entry, "manager") === FIELD_MANAGER && textAt(entry, "operation") === "Apply",
  )?.["fieldsV1"];
}
