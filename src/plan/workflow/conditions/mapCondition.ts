// Functions over the operands of a condition: list them, or replace each.
import type { Condition, Operand } from "../../../model/document/condition.ts";

export function mapCondition(condition: Condition, change: (operand: Operand) => Operand): Condition {
  if ("all" in condition) return { all: condition.all.map((one) => mapCondition(one, change)) };
  if ("any" in condition) return { any: condition.any.map((one) => mapCondition(one, change)) };
  if ("not" in condition) return { not: mapCondition(condition.not, change) };
  if ("truthy" in condition) return { truthy: change(condition.truthy) };
  return { compare: condition.compare, left: change(condition.left), right: change(condition.right) };
}

/** The pointers of a condition, each once, in the order of the text. */
export function pointersIn(condition: Condition): readonly string[] {
  const found = new Set<string>();
  mapCondition(condition, (operand) => {
    if ("pointer" in operand) found.add(operand.pointer);
    return operand;
  });
  return [...found];
}
