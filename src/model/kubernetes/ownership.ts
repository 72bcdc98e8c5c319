// Whose object is it? By labels: ours carry kubemin's mark and the project and application that made them.
// What is not ours is never written to, whatever it looks like.

import { listAt, textAt } from "../data/fieldReaders.ts";
import { type Params } from "../data/text.ts";
import { LABELS, MANAGED_BY, type Manifest } from "./manifest.ts";

/** Undefined when the object is the application's own; else the parameter `owner` of a sentence, and what the words behind it need. */
export function foreignOwner(live: Manifest, wanted: Manifest): Params | undefined {
  const has = live.metadata.labels ?? {};
  const wants = wanted.metadata.labels ?? {};
  const ours = has[LABELS.managedBy] === MANAGED_BY;
  if (ours && [LABELS.project, LABELS.application].every((label) => has[label] === wants[label])) return undefined;
  if (ours) return applicationOwner(has[LABELS.application], has[LABELS.project]);
  const by = has[LABELS.managedBy];
  const instance = has[LABELS.instance];
  const labelled = by === undefined ? "" : `${by}${instance === undefined ? "" : ` (${instance})`}`;
  const managers = [...new Set(listAt(live, "metadata", "managedFields").map((one) => textAt(one, "manager")))].filter(
    (one) => one !== "",
  );
  const writers = managers.join(", ");
  if (labelled === "") return writers === "" ? { owner: "unknownOwner" } : { owner: "lastWriter", writers };
  return writers === "" ? { owner: labelled } : { owner: "labelledWriter", label: labelled, writers };
}

/** An application of kubemin as the owner of a sentence. */
export function applicationOwner(application = "?", project = "?"): Params {
  return { owner: "otherApplication", application, project };
}

/** No application of kubemin made it: it may be adopted by whoever asks to. */
export function belongsToNobody(live: Manifest): boolean {
  const labels = live.metadata.labels ?? {};
  return labels[LABELS.managedBy] !== MANAGED_BY && labels[LABELS.application] === undefined;
}
