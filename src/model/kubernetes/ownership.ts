// Decides by labels which application an object belongs to. Objects of kubemin carry its label, and the labels of their
// project and application. kubemin never writes to an object of another owner, unless the user asks to adopt it.

import { listAt, textAt } from "../data/fieldReaders.ts";
import { type Params } from "../data/text.ts";
import { LABELS, MANAGED_BY, type Manifest } from "./manifest.ts";

/**
 * The owner of an object that does not belong to the application of `wanted`: the parameter `owner` of a sentence, and
 * the parameters of its clause in model/data/words.ts. Undefined when the object belongs to that application.
 */
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

/** The parameters of a sentence in which an application of kubemin is the owner. */
export function applicationOwner(application = "?", project = "?"): Params {
  return { owner: "otherApplication", application, project };
}

/** Whether no application of kubemin created the object, so that an application may adopt it. */
export function belongsToNobody(live: Manifest): boolean {
  const labels = live.metadata.labels ?? {};
  return labels[LABELS.managedBy] !== MANAGED_BY && labels[LABELS.application] === undefined;
}
