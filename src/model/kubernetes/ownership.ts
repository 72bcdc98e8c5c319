// Whose object is it? By labels: ours carry kubemin's mark and the project and application that made them.
// What is not ours is never written to, whatever it looks like.

import { listAt, textAt } from "../data/fieldReaders.ts";
import { LABELS, MANAGED_BY, type Manifest } from "./manifest.ts";

/** Undefined when it is ours; else in words whose it is. */
export function foreignOwner(live: Manifest, wanted: Manifest): string | undefined {
  const has = live.metadata.labels ?? {};
  const wants = wanted.metadata.labels ?? {};
  const ours = has[LABELS.managedBy] === MANAGED_BY;
  if (ours && [LABELS.project, LABELS.application].every((label) => has[label] === wants[label])) return undefined;
  if (ours) return `application ${has[LABELS.application] ?? "?"} of project ${has[LABELS.project] ?? "?"}`;
  const by = has[LABELS.managedBy];
  const instance = has[LABELS.instance];
  const labelled = by === undefined ? "" : `${by}${instance === undefined ? "" : ` (${instance})`}`;
  const managers = [...new Set(listAt(live, "metadata", "managedFields").map((one) => textAt(one, "manager")))].filter(
    (one) => one !== "",
  );
  return (
    [labelled, managers.length === 0 ? "" : `last written by ${managers.join(", ")}`]
      .filter((one) => one !== "")
      .join(", ") || "somebody else"
  );
}

/** No application of kubemin made it: it may be adopted by whoever asks to. */
export function belongsToNobody(live: Manifest): boolean {
  const labels = live.metadata.labels ?? {};
  return labels[LABELS.managedBy] !== MANAGED_BY && labels[LABELS.application] === undefined;
}
