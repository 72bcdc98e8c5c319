// A workflow that passed every check: types found, conditions parsed, and for each step what it waits for. What expansion works on.
import type { JobDefinition } from "../../../catalog/define.ts";
import type { Json, JsonObject } from "../../../model/data/json.ts";
import type { Path } from "../../../model/data/pointer.ts";
import type { Condition } from "../../../model/document/condition.ts";
import type { WorkflowInput } from "../../../model/document/document.ts";
import type { Clocks, Need, OnShort, PlannedLock, RetryPolicy } from "../../../model/run/plan.ts";
import type { StepTypes } from "./stepKinds.ts";

/** What a step waits for. `on`: as in model/run/plan.ts. */
export interface StepNeed {
  readonly kind: "step" | "component";
  readonly name: string;
  readonly because: Need["because"];
  readonly on?: "end";
  readonly pointer?: string;
}

export interface StepTimes {
  /** Milliseconds; null: the job type's own. */
  readonly timeout: number | null;
  readonly retry: RetryPolicy | null;
  readonly clocks: Clocks;
  readonly onShort: OnShort | null;
}

interface StepHead {
  readonly name: string;
  readonly pointer: string;
  readonly needs: readonly StepNeed[];
  readonly condition: Condition | null;
  /** Of a step that is no job: `timeout` is for all that it brings together, `retry` for each of its jobs. */
  readonly times: StepTimes;
  /** Held by each of its jobs while it runs. */
  readonly locks: readonly PlannedLock[];
  /** Null: it runs once. */
  readonly forEach: Json | null;
}

export type ResolvedStep = StepHead &
  (
    | {
        readonly kind: "job";
        readonly definition: JobDefinition;
        readonly properties: JsonObject;
      }
    | { readonly kind: "group"; readonly steps: readonly ResolvedStep[] }
    | { readonly kind: "deploy"; readonly components: readonly string[] }
    /** Offline: its type may be registered at the server. */
    | { readonly kind: "unknown"; readonly type: string }
    | { readonly kind: "workflow"; readonly application: string; readonly inputs: JsonObject }
  );

export interface ResolvedWorkflow {
  readonly inputs: Readonly<Record<string, WorkflowInput>>;
  /** Where the values of inputs are secret. */
  readonly secretInputs: readonly Path[];
  readonly steps: readonly ResolvedStep[];
  readonly finally: readonly ResolvedStep[];
  /** The job types that it was checked with. */
  readonly types: StepTypes;
}
