// Whether a condition is true. It never throws, and converts no types.
// The rule for missing values: a condition has three answers, yes, no and unknown. A value that does not exist makes it
// unknown, and so does an order between values that have none (a text and a number). `&&` is no as soon as one side is
// no, `||` is yes as soon as one side is yes, and `!` of unknown is unknown. Only yes lets a step run, so that a gate
// does not open because a scan returned nothing.

import { canonicalJson, type Json } from "../../../model/data/json.ts";
import type { ComparisonOperator, Condition, Operand } from "../../../model/document/condition.ts";
import { lookUp } from "../steps/lookUp.ts";

type ConditionResult = "yes" | "no" | "unknown";

export function evaluate(condition: Condition, context: Json): boolean {
  return answer(condition, context) === "yes";
}

export function answer(condition: Condition, context: Json): ConditionResult {
  if ("all" in condition) return decided(condition.all, context, "no");
  if ("any" in condition) return decided(condition.any, context, "yes");
  if ("not" in condition) return OPPOSITE[answer(condition.not, context)];
  if ("truthy" in condition) {
    const value = valueOf(condition.truthy, context);
    return value === undefined ? "unknown" : known(value !== false && value !== null && value !== 0 && value !== "");
  }
  const left = valueOf(condition.left, context);
  const right = valueOf(condition.right, context);
  return left === undefined || right === undefined ? "unknown" : COMPARE[condition.compare](left, right);
}

const OPPOSITE: Readonly<Record<ConditionResult, ConditionResult>> = { yes: "no", no: "yes", unknown: "unknown" };

/** `decisive`: a single answer of this value decides, whatever the others are. */
function decided(conditions: readonly Condition[], context: Json, decisive: "yes" | "no"): ConditionResult {
  const answers = conditions.map((one) => answer(one, context));
  if (answers.includes(decisive)) return decisive;
  return answers.includes("unknown") ? "unknown" : OPPOSITE[decisive];
}

export function valueOf(operand: Operand, context: Json): Json | undefined {
  return "pointer" in operand ? lookUp(context, operand.pointer) : operand.value;
}

const COMPARE: Readonly<Record<ComparisonOperator, (left: Json, right: Json) => ConditionResult>> = {
  "==": (left, right) => known(same(left, right)),
  "!=": (left, right) => known(!same(left, right)),
  "<": (left, right) => ordered(left, right, (order) => order < 0),
  "<=": (left, right) => ordered(left, right, (order) => order <= 0),
  ">": (left, right) => ordered(left, right, (order) => order > 0),
  ">=": (left, right) => ordered(left, right, (order) => order >= 0),
};

function known(holds: boolean): ConditionResult {
  return holds ? "yes" : "no";
}

function same(left: Json, right: Json): boolean {
  return canonicalJson(left) === canonicalJson(right);
}

function ordered(left: Json, right: Json, holds: (order: number) => boolean): ConditionResult {
  if (typeof left === "number" && typeof right === "number") return known(holds(left - right));
  if (typeof left === "string" && typeof right === "string")
    return known(holds(left < right ? -1 : left > right ? 1 : 0));
  return "unknown";
}
