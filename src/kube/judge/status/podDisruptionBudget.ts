// PodDisruptionBudget: advisory. It is normal that it allows no disruption at the moment; only a failure to compute it
// is reported.
import { reason } from "../../../model/reasons/reason.ts";
import { conditionOf, nameOf } from "../../objects/statusConditions.ts";
import { clip } from "../../refusals/admission.ts";
import { type Finding, found, fromCondition, ready } from "../finding.ts";
import type { Question } from "./rule.ts";

export function podDisruptionBudgetStatus({ object }: Question): Finding {
  const condition = conditionOf(object, "DisruptionAllowed");
  if (condition?.reason !== "SyncFailed") return ready();
  const why = reason("Advisory", { object: nameOf(object), detail: clip(condition.message) });
  return found("ready", why, [fromCondition(object, condition)]);
}
