// Conditions of steps, parsed: a closed grammar of pointers, literals and comparisons. Pure data, so that a plan holds it and nothing is ever evaluated as code.
import type { Json } from "../data/json.ts";

export type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=";

/**
 * A JSON Pointer into the context of the run (`/steps/train/outputs/loss`, `/inputs/count`), or a value. `from`: the plan filled in the
 * value, and the author wrote this pointer; people are shown both.
 */
export type Operand = { readonly pointer: string } | { readonly value: Json; readonly from?: string };

export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly compare: ComparisonOperator; readonly left: Operand; readonly right: Operand }
  /** True when the value is neither false, null, 0 nor "". */
  | { readonly truthy: Operand };
