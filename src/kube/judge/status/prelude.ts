// What holds for every kind, before its own rule is asked (rules G1 to G3 of the Kubernetes rules).

import { optionalNumberAt } from "../../../model/data/fieldReaders.ts";
import { reason } from "../../../model/reasons/reason.ts";
import { conditionOf, isTrue, nameOf } from "../../objects/statusConditions.ts";
import { type Finding, found, fromCondition, progressing, starting } from "../finding.ts";
import type { Question } from "./rule.ts";

/** Undefined: the kind's own rule decides. */
export function prelude({ object, generation }: Question): Finding | undefined {
  if (object.metadata.deletionTimestamp !== undefined)
    return progressing(reason("Terminating", { object: nameOf(object) }));
  // The generation of our write, not the live one: it also unmasks a view that is older than the write.
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
