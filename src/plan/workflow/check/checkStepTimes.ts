// Checks how long a step may take and wait: timeout, retry, the clocks, and what happens when the cluster has no room.
import type { DocumentPart } from "../../fields/checkFields.ts";
import { checkClocks, checkOnShort, checkTimes } from "../../fields/checkTimes.ts";
import type { StepTimes } from "../steps/resolvedWorkflow.ts";

export function checkStepTimes(step: DocumentPart): StepTimes {
  return { ...checkTimes(step), clocks: checkClocks(step), onShort: checkOnShort(step) };
}
