// A component while it is checked: what could be read from the document so far.
import type { ComponentDefinition, TraitDefinition } from "../../catalog/define.ts";
import type { JsonObject } from "../../model/data/json.ts";
import type { Clocks, OnShort, RetryPolicy } from "../../model/run/plan.ts";
import type { Box } from "../fields/checkDefinition.ts";

export interface DraftTrait {
  readonly definition: TraitDefinition;
  readonly pointer: string;
  /** `undefined` when the data has problems. */
  readonly parsed: Box | undefined;
}

export interface ComponentDraft {
  readonly pointer: string;
  readonly raw: JsonObject;
  /** The name as the user wrote it, valid or not, because others may refer to it. */
  readonly name: string | undefined;
  readonly type: string | undefined;
  readonly definition: ComponentDefinition | undefined;
  readonly parsed: Box | undefined;
  /** `undefined` when the properties have problems, so that the outputs are not known. */
  readonly outputs: Readonly<Record<string, string>> | undefined;
  readonly traits: readonly DraftTrait[];
  readonly timeout: number | null;
  readonly retry: RetryPolicy | null;
  readonly clocks: Clocks;
  readonly onShort: OnShort | null;
}
