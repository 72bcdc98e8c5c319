// StatefulSet: its pods are updated one after the other. OnDelete updates never finish by themselves. A broken pod of
// the old revision stops a roll-out for ever, because the controller waits for it to become ready before it replaces it
// (kubernetes#67250).

import { numberAt, optionalNumberAt, textAt } from "../../../../model/data/fieldReaders.ts";
import type { Manifest } from "../../../../model/kubernetes/manifest.ts";
import { conditionOf, isTrue, nameOf, uidOf } from "../../../objects/statusConditions.ts";
import { failedCreation } from "../../failures/creation.ts";
import { gravestTrouble, isPodReady } from "../../failures/pod.ts";
import { counted, type HealthFinding, isHarmless, ready, starting } from "../../finding.ts";
import type { RuleView } from "../../ruleView.ts";
import type { RuleInput } from "../rule.ts";
import { hashOf, podsBefore } from "./previousPods.ts";

const STUCK_AFTER = 20_000;

export function statefulSetStatus({ object, view }: RuleInput): HealthFinding {
  if (numberAt(object, "status", "observedGeneration") === 0) return starting(object);
  const wanted = optionalNumberAt(object, "spec", "replicas") ?? 1;
  const pods = view.ownedBy("Pod", uidOf(object));
  const facts = factsOf({ object, pods, view, wanted });
  const trouble = podsTrouble(object, pods, view);
  if (isComplete(object, wanted) && isHarmless(trouble)) return ready(facts);
  const creation = pods.length < wanted ? failedCreation(object, pods, view, view.since) : undefined;
  return { ...(trouble ?? creation ?? counted(facts)), facts };
}

interface Counted {
  readonly object: Manifest;
  readonly pods: readonly Manifest[];
  readonly view: RuleView;
  readonly wanted: number;
}

/** Pods below the partition stay on the previous version on purpose, so they count as ready. */
function factsOf({ object, pods, view, wanted }: Counted) {
  const update = textAt(object, "status", "updateRevision");
  const isNew = (pod: Manifest): boolean => hashOf(pod) === update;
  const before = podsBefore(pods, view, { isNew, history: (hash) => hash });
  const partition = numberAt(object, "spec", "updateStrategy", "rollingUpdate", "partition");
  const old = Math.max(0, pods.filter((pod) => !isNew(pod) && isTrue(conditionOf(pod, "Ready"))).length - partition);
  const up = Math.max(0, numberAt(object, "status", "readyReplicas") - old);
  return { ready: Math.min(up, wanted), wanted, ...before };
}

function isComplete(object: Manifest, wanted: number): boolean {
  const count = (field: string): number => numberAt(object, "status", field);
  const isUp = count("replicas") === wanted && count("readyReplicas") >= wanted && count("availableReplicas") >= wanted;
  if (!isUp || wanted === 0 || textAt(object, "spec", "updateStrategy", "type") === "OnDelete") return isUp;
  const partition = numberAt(object, "spec", "updateStrategy", "rollingUpdate", "partition");
  if (count("updatedReplicas") < wanted - partition) return false;
  // The API server sets a missing partition to 0, so the revisions must be compared when partition is 0. (kstatus
  // compares them only when the field is missing.)
  return partition > 0 || textAt(object, "status", "currentRevision") === textAt(object, "status", "updateRevision");
}

function podsTrouble(object: Manifest, pods: readonly Manifest[], view: RuleView): HealthFinding | undefined {
  const update = textAt(object, "status", "updateRevision");
  const current = gravestTrouble(
    pods.filter((pod) => hashOf(pod) === update),
    view,
  );
  if (current !== undefined) return current;
  const old = pods.filter((pod) => hashOf(pod) !== update && !isPodReady(pod));
  const trouble = gravestTrouble(old, view);
  const broken = old[0];
  if (trouble === undefined || broken === undefined || textAt(object, "spec", "podManagementPolicy") === "Parallel")
    return trouble;
  const advice = `${nameOf(broken)} still runs the previous version and is not ready; the StatefulSet waits until it is ready before it replaces it. Delete it: kubectl -n ${broken.metadata.namespace ?? ""} delete pod ${broken.metadata.name}`;
  // The controller needs a moment to replace a pod that it is allowed to replace, so this finding becomes final only
  // after that time.
  const turns = { key: `stuck/${broken.metadata.name}`, after: STUCK_AFTER, into: "failed" } as const;
  return {
    ...trouble,
    state: "blocked",
    turns,
    evidence: [...trouble.evidence, { source: "condition", object: nameOf(object), text: advice }],
  };
}
