// Namespace: a namespace that is being deleted accepts no new objects; its conditions say what the deletion waits for.

import { textAt } from "../../../model/data/fieldReaders.ts";
import { reason } from "../../../model/reasons/reason.ts";
import { conditionsOf, nameOf } from "../../objects/statusConditions.ts";
import { fromCondition, type HealthFinding, progressing, ready } from "../finding.ts";
import type { RuleInput } from "./rule.ts";

export function namespaceStatus({ object }: RuleInput): HealthFinding {
  if (textAt(object, "status", "phase") !== "Terminating") return ready();
  const evidence = conditionsOf(object)
    .filter((one) => one.status === "True")
    .map((one) => fromCondition(object, one));
  return { ...progressing(reason("Terminating", { object: nameOf(object) })), evidence };
}
