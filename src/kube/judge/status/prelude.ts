// The checks that apply to every kind before its own rule: deletion, the observed generation, and the conditions
// Stalled and Reconciling.

import { optionalNumberAt } from "../../../model/data/fieldReaders.ts";
import { reason } from "../../../model/reasons/reason.ts";
import { conditionOf, isTrue, nameOf } from "../../objects/statusConditions.ts";
import { found, fromCondition, type HealthFinding, progressing, starting } from "../finding.ts";
import type { RuleInput } from "./rule.ts";

/** `undefined` when the rule of the kind decides. */
export function prelude({ object, generation }: RuleInput): HealthFinding | undefined {
  if (object.metadata.deletionTimestamp !== undefined)
    return progressing(reason("Terminating", { object: nameOf(object) }));
  // The generation after kubemin's write is compared, so that a view that is older than the write is recognized.
  if ((object.metadata.generation ?? generation) < generation) return starting(object);
  const observed = optionalNumberAt(object, "status", "observedGeneration");
  if (observed !== undefined && observed < Math.max(generation, object.metadata.generation ?? 0))
    return starting(object);
  const stalled = conditionOf(object, "Stalled");
  if (stalled !== undefined && isTrue(stalled)) {
    return found("failed", reason("RolloutDeadline", { object: nameOf(object) }), [fromCondition(object, stalled)]);
  }
  return isTrue(conditionOf(object, "Reconciling")) ? starting(object) : undefined;
}
