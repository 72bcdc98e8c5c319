// A component on its way through the checks: whatever could be made out so far.
import type { ComponentDefinition, TraitDefinition } from "../../catalog/define.ts";
import type { JsonObject } from "../../model/data/json.ts";
import type { Clocks, OnShort, RetryPolicy } from "../../model/run/plan.ts";
import type { Box } from "../fields/checkDefinition.ts";

export interface DraftTrait {
  readonly definition: TraitDefinition;
  readonly pointer: string;
  /** Undefined: the data did not pass. */
  readonly parsed: Box | undefined;
}

export interface Draft {
  readonly pointer: string;
  readonly raw: JsonObject;
  /** As written, valid or not: others may refer to it. */
  readonly name: string | undefined;
  readonly type: string | undefined;
  readonly definition: ComponentDefinition | undefined;
  readonly parsed: Box | undefined;
  /** Undefined: not known, because the properties did not pass. */
  readonly outputs: Readonly<Record<string, string>> | undefined;
  readonly traits: readonly DraftTrait[];
  readonly timeout: number | null;
  readonly retry: RetryPolicy | null;
  readonly clocks: Clocks;
  readonly onShort: OnShort | null;
}
