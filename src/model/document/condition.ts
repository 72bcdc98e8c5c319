// The parsed form of the conditions of steps: a closed grammar of pointers, literals and comparisons. It is pure data
// that a plan can contain, so that no text of a user is ever evaluated as code.
import type { Json } from "../data/json.ts";

export type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=";

/**
 * A JSON Pointer into the context of the run (`/steps/train/outputs/loss`, `/inputs/count`), or a value. `from` is the
 * pointer that the author wrote when planning replaced it by the value; users see both.
 */
export type Operand = { readonly pointer: string } | { readonly value: Json; readonly from?: string };

export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly compare: ComparisonOperator; readonly left: Operand; readonly right: Operand }
  /** True when the value is neither false, null, 0 nor "". */
  | { readonly truthy: Operand };
