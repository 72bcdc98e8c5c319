// CustomResourceDefinition: ready when its names are accepted and it is established. Whether the API serves the kind is
// found out in src/kube/reach/discovery.ts.
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import { reason } from "../../../model/reasons/reason.ts";
import { conditionOf, isTrue, nameOf, type StatusCondition } from "../../objects/statusConditions.ts";
import { clip } from "../../refusals/admission.ts";
import { found, fromCondition, type HealthFinding, ready, starting } from "../finding.ts";
import type { RuleInput } from "./rule.ts";

/** Reasons for "not established yet" that are not a refusal. */
const ON_ITS_WAY = ["Installing", "NotAccepted"];

export function customResourceDefinitionStatus({ object }: RuleInput): HealthFinding {
  const names = conditionOf(object, "NamesAccepted");
  if (names?.status === "False") return refused(object, names);
  const established = conditionOf(object, "Established");
  if (isTrue(established)) return ready();
  const final = established?.status === "False" && !ON_ITS_WAY.includes(established.reason);
  return final ? refused(object, established) : starting(object);
}

function refused(object: Manifest, condition: StatusCondition): HealthFinding {
  const why = reason("RefusedByServer", { object: nameOf(object), detail: clip(condition.message) });
  return found("failed", why, [fromCondition(object, condition)]);
}
