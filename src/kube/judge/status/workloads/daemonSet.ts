// DaemonSet: one pod on every matching node. When no node matches it is ready with zero pods, and the reason says so,
// because that is rarely intended.

import { numberAt, optionalNumberAt, textAt } from "../../../../model/data/fieldReaders.ts";
import { reason } from "../../../../model/reasons/reason.ts";
import { conditionOf, isTrue, nameOf, uidOf } from "../../../objects/statusConditions.ts";
import { failedCreation } from "../../failures/creation.ts";
import { gravestTrouble } from "../../failures/pod.ts";
import { counted, found, type HealthFinding, isHarmless, ready, starting } from "../../finding.ts";
import type { RuleInput } from "../rule.ts";
import { hasGeneration, podsBefore } from "./previousPods.ts";

export function daemonSetStatus({ object, view }: RuleInput): HealthFinding {
  if (optionalNumberAt(object, "status", "observedGeneration") === undefined) return starting(object);
  const count = (field: string): number => numberAt(object, "status", field);
  const wanted = count("desiredNumberScheduled");
  const pods = view.ownedBy("Pod", uidOf(object));
  const isNew = hasGeneration(object);
  const before = podsBefore(pods, view, { isNew, history: (hash) => `${object.metadata.name}-${hash}` });
  // The controller also counts ready pods of the previous version as available, so they are subtracted.
  const up = count("numberAvailable") - pods.filter((pod) => !isNew(pod) && isTrue(conditionOf(pod, "Ready"))).length;
  const facts = { ready: Math.max(0, Math.min(up, wanted)), wanted, ...before };
  if (wanted === 0 && count("currentNumberScheduled") === 0)
    return { ...found("ready", reason("NoNodeMatches", { object: nameOf(object) })), facts };
  const trouble = gravestTrouble(pods, view);
  const onDelete = textAt(object, "spec", "updateStrategy", "type") === "OnDelete";
  const isUp =
    count("currentNumberScheduled") >= wanted && count("numberReady") >= wanted && count("numberAvailable") >= wanted;
  if (isUp && isHarmless(trouble) && (onDelete || count("updatedNumberScheduled") >= wanted)) return ready(facts);
  const creation =
    count("currentNumberScheduled") < wanted ? failedCreation(object, pods, view, view.since) : undefined;
  return { ...(trouble ?? creation ?? counted(facts)), facts };
}
