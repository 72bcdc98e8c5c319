// Objects with an annotation in which their author says how to read their status.

import { dig } from "../../../model/data/json.ts";
import { type Params } from "../../../model/data/text.ts";
import type { Evidence } from "../../../model/kubernetes/health.ts";
import { ANNOTATIONS, type Manifest } from "../../../model/kubernetes/manifest.ts";
import { type Matcher, type ReadyRule, readReadyRule, sayMatcher } from "../../../model/kubernetes/readyRule.ts";
import { reason } from "../../../model/reasons/reason.ts";
import { conditionOf, nameOf } from "../../objects/statusConditions.ts";
import { clip } from "../../refusals/admission.ts";
import { found, fromCondition, type HealthFinding, progressing, ready } from "../finding.ts";
import type { RuleInput } from "./rule.ts";

/** `undefined` when the object has no such annotation. */
export function declaredStatus(question: RuleInput): HealthFinding | undefined {
  const rule = readReadyRule(question.object.metadata.annotations?.[ANNOTATIONS.ready]);
  return rule === undefined ? undefined : byRule(rule, question);
}

function byRule(rule: ReadyRule, { object, generation }: RuleInput): HealthFinding {
  const wanted = Math.max(generation, object.metadata.generation ?? 0);
  const failure = rule.failed.find((one) => holds(one, object, wanted));
  if (failure !== undefined) {
    const detail = clip(messageOf(failure, object) || sayMatcher(failure));
    return found("failed", reason("ReportedFailure", { object: nameOf(object), detail }), evidenceOf(failure, object));
  }
  const missing = rule.ready.find((one) => !holds(one, object, wanted));
  if (missing === undefined) return ready();
  const detail = saw(missing, object);
  return {
    ...progressing(reason("NotYet", { object: nameOf(object), ...detail })),
    evidence: evidenceOf(missing, object),
  };
}

function holds(matcher: Matcher, object: Manifest, wanted: number): boolean {
  if ("condition" in matcher) {
    const condition = conditionOf(object, matcher.condition);
    return condition?.status === matcher.status && (condition.observedGeneration ?? wanted) >= wanted;
  }
  const value = valueOf(matcher.field, object);
  return matcher.values.length === 0 ? value !== undefined && value !== "" : matcher.values.includes(value ?? "");
}

function valueOf(field: string, object: Manifest): string | undefined {
  const value = dig(object, ...field.split("."));
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function saw(matcher: Matcher, object: Manifest): Params {
  const expected = sayMatcher(matcher);
  const value =
    "condition" in matcher ? conditionOf(object, matcher.condition)?.status : valueOf(matcher.field, object);
  return value === undefined
    ? { detail: "ConditionMissing", expected }
    : { detail: "ConditionOther", expected, actual: clip(value) };
}

function messageOf(matcher: Matcher, object: Manifest): string {
  return "condition" in matcher ? (conditionOf(object, matcher.condition)?.message ?? "") : "";
}

function evidenceOf(matcher: Matcher, object: Manifest): readonly Evidence[] {
  const condition = "condition" in matcher ? conditionOf(object, matcher.condition) : undefined;
  if (condition !== undefined) return [fromCondition(object, condition)];
  if ("condition" in matcher) return [];
  const value = valueOf(matcher.field, object);
  return value === undefined
    ? []
    : [{ source: "condition", object: nameOf(object), text: `${matcher.field}=${value}` }];
}
