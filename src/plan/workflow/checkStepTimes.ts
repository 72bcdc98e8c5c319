// How long a step may take and wait: timeout, retry, the clocks, and what happens when the cluster has no room.
import type { Clocks } from "../../model/plan.ts";
import { checkKnown, checkObject, durationField, field, fieldPointer, type Spot } from "../check/checkFields.ts";
import { checkOnShort, checkTimes } from "../check/checkTimes.ts";
import type { StepTimes } from "./resolvedWorkflow.ts";

export const STEP_CLOCKS = ["queue", "schedule", "start", "attempt"] as const;

export function checkStepTimes(step: Spot): StepTimes {
  return { ...checkTimes(step), clocks: checkClocks(step), onShort: checkOnShort(step) };
}

function checkClocks(step: Spot): Clocks {
  const value = field(step, "clocks");
  if (value === undefined) return {};
  const pointer = fieldPointer(step, "clocks");
  if (!checkObject(value, pointer, step.problems)) return {};
  const spot: Spot = { value, pointer, problems: step.problems };
  checkKnown(spot, STEP_CLOCKS);
  const clocks = STEP_CLOCKS.flatMap((name) => {
    const milliseconds = durationField(spot, name, 1);
    return milliseconds === null ? [] : [[name, milliseconds] as const];
  });
  return Object.fromEntries(clocks);
}
