// ReplicaSet. Most belong to a Deployment, which has its own rule.

import { numberAt, optionalNumberAt } from "../../../../model/data/fieldReaders.ts";
import { reason } from "../../../../model/reasons/reason.ts";
import { conditionOf, isTrue, uidOf } from "../../../objects/statusConditions.ts";
import { creationFinding } from "../../failures/creation.ts";
import { gravestTrouble } from "../../failures/pod.ts";
import { fromCondition, type HealthFinding, progressing, ready, starting } from "../../finding.ts";
import type { RuleInput } from "../rule.ts";

export function replicaSetStatus({ object, view }: RuleInput): HealthFinding {
  if (optionalNumberAt(object, "status", "observedGeneration") === undefined) return starting(object);
  const wanted = optionalNumberAt(object, "spec", "replicas") ?? 1;
  const available = numberAt(object, "status", "availableReplicas");
  const facts = { ready: Math.min(available, wanted), wanted };
  if (available >= wanted && numberAt(object, "status", "replicas") === wanted) return ready(facts);
  const failure = conditionOf(object, "ReplicaFailure");
  const refused =
    failure !== undefined && isTrue(failure)
      ? creationFinding(object, failure.message, [fromCondition(object, failure)])
      : undefined;
  const trouble = gravestTrouble(view.ownedBy("Pod", uidOf(object)), view);
  return { ...(refused ?? trouble ?? progressing(reason("Progressing", facts))), facts };
}
