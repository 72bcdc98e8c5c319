// Prints a condition as text, in the grammar in which it was written and with the names that the author wrote, also
// where the plan filled in values.

import type { Json } from "../../../model/data/json.ts";
import type { Condition, Operand } from "../../../model/document/condition.ts";
import { maskSealed } from "../../../model/document/sealed.ts";
import { valueOf } from "./evaluate.ts";
import { mapCondition } from "./mapCondition.ts";

export function printCondition(condition: Condition): string {
  if ("all" in condition) return condition.all.map(inBrackets).join(" && ");
  if ("any" in condition) return condition.any.map(inBrackets).join(" || ");
  if ("not" in condition) return `!${inBrackets(condition.not)}`;
  if ("truthy" in condition) return printOperand(condition.truthy);
  return `${printOperand(condition.left)} ${condition.compare} ${printOperand(condition.right)}`;
}

const MOST_VALUES = 6;
const LONGEST_VALUE = 60;

/**
 * The condition and the values that its names had when it was evaluated: `/inputs/stage == "prod" (/inputs/stage =
 * "test")`.
 */
export function printDecided(condition: Condition, context: Json): string {
  return withValues(condition, (operand) => valueOf(operand, context));
}

/** The condition and those of its values that the plan knows. */
export function printPlanned(condition: Condition): string {
  return withValues(condition, (operand) => ("pointer" in operand ? UNTOLD : operand.value));
}

/** Marks a value that only the run will know. */
const UNTOLD = Symbol("untold");

function withValues(condition: Condition, ask: (operand: Operand) => Json | undefined | typeof UNTOLD): string {
  const values = new Map<string, string>();
  mapCondition(condition, (operand) => {
    const name = "pointer" in operand ? operand.pointer : operand.from;
    const value = ask(operand);
    if (name !== undefined && value !== UNTOLD) values.set(name, printValue(value));
    return operand;
  });
  if (values.size === 0) return printCondition(condition);
  const shown = [...values].slice(0, MOST_VALUES).map(([name, value]) => `${name} = ${value}`);
  return `${printCondition(condition)} (${shown.join(", ")}${values.size > MOST_VALUES ? ", …" : ""})`;
}

/** `<none>` is what kubectl prints for a missing value, in every language. */
function printValue(value: Json | undefined): string {
  if (value === undefined) return "<none>";
  const text = JSON.stringify(maskSealed(value));
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`;
}

function inBrackets(condition: Condition): string {
  return "truthy" in condition ? printCondition(condition) : `(${printCondition(condition)})`;
}

function printOperand(operand: Operand): string {
  return "pointer" in operand ? operand.pointer : (operand.from ?? JSON.stringify(operand.value));
}
