// PodDisruptionBudget: advisory. It is normal that it allows no disruption at the moment; only a failure to compute it
// is reported.
import { reason } from "../../../model/reasons/reason.ts";
import { conditionOf, nameOf } from "../../objects/statusConditions.ts";
import { clip } from "../../refusals/admission.ts";
import { found, fromCondition, type HealthFinding, ready } from "../finding.ts";
import type { RuleInput } from "./rule.ts";

export function podDisruptionBudgetStatus({ object }: RuleInput): HealthFinding {
  const condition = conditionOf(object, "DisruptionAllowed");
  if (condition?.reason !== "SyncFailed") return ready();
  const why = reason("Advisory", { object: nameOf(object), detail: clip(condition.message) });
  return found("ready", why, [fromCondition(object, condition)]);
}
