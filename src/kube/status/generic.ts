// Every kind that has no rule of its own: kstatus' reading of conditions; without any, existence is enough.
import { reason } from "../../model/reason.ts";
import { clip } from "../failures/admission.ts";
import { conditionOf, conditionsOf, nameOf, textAt } from "../fields.ts";
import { type Finding, found, fromCondition, progressing, ready, starting } from "../finding.ts";
import type { Question } from "./rule.ts";

export function genericStatus({ object, generation }: Question): Finding {
  const condition =
    conditionOf(object, "Ready") ?? conditionOf(object, "Available") ?? conditionOf(object, "Established");
  if (condition === undefined) return ready();
  const wanted = Math.max(generation, object.metadata.generation ?? 0);
  if ((condition.observedGeneration ?? wanted) < wanted) return starting(object);
  if (condition.status === "True") return ready();
  return { ...starting(object), evidence: [fromCondition(object, condition)] };
}

/** A namespace that is going away takes nothing in. */
export function namespaceStatus({ object }: Question): Finding {
  if (textAt(object, "status", "phase") !== "Terminating") return ready();
  const evidence = conditionsOf(object)
    .filter((one) => one.status === "True")
    .map((one) => fromCondition(object, one));
  return { ...progressing(reason("Terminating", { object: nameOf(object) })), evidence };
}

export function customResourceDefinitionStatus({ object }: Question): Finding {
  const names = conditionOf(object, "NamesAccepted");
  if (names?.status === "False")
    return found("failed", reason("RefusedByServer", { object: nameOf(object), detail: clip(names.message) }), [
      fromCondition(object, names),
    ]);
  return conditionOf(object, "Established")?.status === "True" ? ready() : starting(object);
}
