// A step while it is checked: what could be read from the document so far.
import type { JobDefinition } from "../../../catalog/define.ts";
import type { Json, JsonObject } from "../../../model/data/json.ts";
import type { Condition } from "../../../model/document/condition.ts";
import type { WORKFLOW_MODES } from "../../../model/document/document.ts";
import type { PlannedLock } from "../../../model/run/plan.ts";
import type { StepTimes } from "../steps/resolvedWorkflow.ts";
import type { StepKind } from "../steps/stepKinds.ts";

export type WorkflowMode = (typeof WORKFLOW_MODES)[number];

export interface StepDraft {
  readonly pointer: string;
  readonly raw: JsonObject;
  /** The name as the user wrote it, valid or not, because others may refer to it. */
  readonly name: string | undefined;
  readonly kind: StepKind | undefined;
  readonly definition: JobDefinition | undefined;
  /** The step that contains this one; `null` at the top. */
  readonly parent: StepDraft | null;
  /** True for a step of `finally`, and for everything inside one. */
  readonly final: boolean;
  readonly mode: WorkflowMode;
  readonly subSteps: StepDraft[];
  readonly dependsOn: readonly { readonly name: string; readonly pointer: string }[];
  readonly condition: Condition | null;
  readonly forEach: Json | undefined;
  readonly times: StepTimes;
  readonly locks: readonly PlannedLock[];
}

/** The step and all steps that contain it, from the inside to the outside. */
export function ancestry(step: StepDraft): readonly StepDraft[] {
  const line: StepDraft[] = [];
  for (let at: StepDraft | null = step; at !== null; at = at.parent) line.push(at);
  return line;
}

/** True when one contains the other, or they are the same. */
export function isRelated(one: StepDraft, other: StepDraft): boolean {
  return ancestry(one).includes(other) || ancestry(other).includes(one);
}

/** The innermost step around this one that runs once for each value of a list. */
export function loopAround(step: StepDraft): StepDraft | undefined {
  return ancestry(step).find((one) => one !== step && one.forEach !== undefined);
}

export function allSteps(steps: readonly StepDraft[]): readonly StepDraft[] {
  return steps.flatMap((step) => [step, ...allSteps(step.subSteps)]);
}
