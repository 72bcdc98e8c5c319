// The types of a workflow that passed every check: job types found, conditions parsed, and for each step what it waits
// for. Expansion works on these (plan/workflow/expand).
import type { JobDefinition } from "../../../catalog/define.ts";
import type { Json, JsonObject } from "../../../model/data/json.ts";
import type { Path } from "../../../model/data/pointer.ts";
import type { Condition } from "../../../model/document/condition.ts";
import type { WorkflowInput } from "../../../model/document/document.ts";
import type { Clocks, Need, OnShort, PlannedLock, RetryPolicy } from "../../../model/run/plan.ts";
import type { StepTypes } from "./stepKinds.ts";

/** What a step waits for. `on` means the same as in model/run/plan.ts. */
export interface StepNeed {
  readonly kind: "step" | "component";
  readonly name: string;
  readonly because: Need["because"];
  readonly on?: "end";
  readonly pointer?: string;
}

export interface StepTimes {
  /** Milliseconds; `null` for the default of the job type. */
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
  /** For a step that is not a job, `timeout` applies to all its jobs together and `retry` to each of them. */
  readonly times: StepTimes;
  /** Locks that each of its jobs holds while it runs. */
  readonly locks: readonly PlannedLock[];
  /** The values of a loop; `null` when the step runs once. */
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
    /** Only offline: its type may be registered at the server. */
    | { readonly kind: "unknown"; readonly type: string }
    | { readonly kind: "workflow"; readonly application: string; readonly inputs: JsonObject }
  );

export interface ResolvedWorkflow {
  readonly inputs: Readonly<Record<string, WorkflowInput>>;
  /** The paths of secret values in the inputs. */
  readonly secretInputs: readonly Path[];
  readonly steps: readonly ResolvedStep[];
  readonly finally: readonly ResolvedStep[];
  /** The job types with which it was checked. */
  readonly types: StepTypes;
}
