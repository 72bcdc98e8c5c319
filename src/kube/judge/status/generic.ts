// The rule for every kind without a rule of its own: it reads conditions as kstatus does. An object without such a
// condition is ready when it exists.
// https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
import { reason } from "../../../model/reasons/reason.ts";
import { conditionOf, nameOf } from "../../objects/statusConditions.ts";
import { clip } from "../../refusals/admission.ts";
import { fromCondition, type HealthFinding, progressing, ready, starting } from "../finding.ts";
import type { RuleInput } from "./rule.ts";

export function genericStatus({ object, generation }: RuleInput): HealthFinding {
  const condition =
    conditionOf(object, "Ready") ?? conditionOf(object, "Available") ?? conditionOf(object, "Established");
  if (condition === undefined) return ready();
  const wanted = Math.max(generation, object.metadata.generation ?? 0);
  if ((condition.observedGeneration ?? wanted) < wanted) return starting(object);
  if (condition.status === "True") return ready();
  const words = [condition.reason, condition.message].filter((one) => one !== "").join(": ");
  const why =
    words === "" ? starting(object) : progressing(reason("NotYet", { object: nameOf(object), detail: clip(words) }));
  return { ...why, evidence: [fromCondition(object, condition)] };
}
