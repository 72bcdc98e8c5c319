// A condition as text again, in the grammar in which it was written.
import type { Condition, Operand } from "../../model/condition.ts";

export function printCondition(condition: Condition): string {
  if ("all" in condition) return condition.all.map(inBrackets).join(" && ");
  if ("any" in condition) return condition.any.map(inBrackets).join(" || ");
  if ("not" in condition) return `!${inBrackets(condition.not)}`;
  if ("truthy" in condition) return printOperand(condition.truthy);
  return `${printOperand(condition.left)} ${condition.compare} ${printOperand(condition.right)}`;
}

function inBrackets(condition: Condition): string {
  return "truthy" in condition ? printCondition(condition) : `(${printCondition(condition)})`;
}

function printOperand(operand: Operand): string {
  return "pointer" in operand ? operand.pointer : JSON.stringify(operand.value);
}
