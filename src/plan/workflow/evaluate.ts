// Whether a condition holds. Total: what is missing or of another type makes a comparison false, never an error; nothing is coerced.
import type { Comparison, Condition, Operand } from "../../model/condition.ts";
import { canonicalJson, type Json } from "../../model/json.ts";
import { lookUp } from "./lookUp.ts";

export function evaluate(condition: Condition, context: Json): boolean {
  if ("all" in condition) return condition.all.every((one) => evaluate(one, context));
  if ("any" in condition) return condition.any.some((one) => evaluate(one, context));
  if ("not" in condition) return !evaluate(condition.not, context);
  if ("truthy" in condition) {
    const value = valueOf(condition.truthy, context);
    return value !== undefined && value !== false && value !== null && value !== 0 && value !== "";
  }
  return COMPARE[condition.compare](valueOf(condition.left, context), valueOf(condition.right, context));
}

function valueOf(operand: Operand, context: Json): Json | undefined {
  return "pointer" in operand ? lookUp(context, operand.pointer) : operand.value;
}

type Values = readonly [left: Json | undefined, right: Json | undefined];

const COMPARE: Readonly<Record<Comparison, (...values: Values) => boolean>> = {
  "==": same,
  "!=": (left, right) => !same(left, right),
  "<": (left, right) => ordered(left, right, (order) => order < 0),
  "<=": (left, right) => ordered(left, right, (order) => order <= 0),
  ">": (left, right) => ordered(left, right, (order) => order > 0),
  ">=": (left, right) => ordered(left, right, (order) => order >= 0),
};

function same(left: Json | undefined, right: Json | undefined): boolean {
  return left !== undefined && right !== undefined && canonicalJson(left) === canonicalJson(right);
}

function ordered(left: Json | undefined, right: Json | undefined, holds: (order: number) => boolean): boolean {
  if (typeof left === "number" && typeof right === "number") return holds(left - right);
  if (typeof left === "string" && typeof right === "string") return holds(left < right ? -1 : left > right ? 1 : 0);
  return false;
}
