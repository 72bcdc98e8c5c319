// Namespace: a namespace that is going away takes nothing in, and says what it waits for.

import { textAt } from "../../../model/data/fieldReaders.ts";
import { reason } from "../../../model/reasons/reason.ts";
import { conditionsOf, nameOf } from "../../objects/statusConditions.ts";
import { type Finding, fromCondition, progressing, ready } from "../finding.ts";
import type { Question } from "./rule.ts";

export function namespaceStatus({ object }: Question): Finding {
  if (textAt(object, "status", "phase") !== "Terminating") return ready();
  const evidence = conditionsOf(object)
    .filter((one) => one.status === "True")
    .map((one) => fromCondition(object, one));
  return { ...progressing(reason("Terminating", { object: nameOf(object) })), evidence };
}
