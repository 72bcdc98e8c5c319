// How long a step may take and wait: timeout, retry, the clocks, and what happens when the cluster has no room.
import { parseDuration } from "../../model/duration.ts";
import type { Clocks, OnShort } from "../../model/plan.ts";
import { problem } from "../../model/problem.ts";
import { checkKnown, checkObject, durationField, field, fieldPointer, type Spot, textField } from "../checkFields.ts";
import { checkTimes } from "../checkTimes.ts";
import { showValue } from "../words.ts";
import type { StepTimes } from "./resolvedWorkflow.ts";

export const STEP_CLOCKS = ["queue", "schedule", "start", "attempt"] as const;
export const ON_SHORT = "wait, fail, wait-then-fail(30m)";

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

function checkOnShort(step: Spot): OnShort | null {
  const text = textField(step, "onShort", "optional");
  if (text === undefined || text === "wait" || text === "fail") return text ?? null;
  const limit = /^wait-then-fail\((.{1,40})\)$/.exec(text)?.[1];
  const milliseconds = limit === undefined ? undefined : parseDuration(limit);
  if (milliseconds !== undefined && Number.isFinite(milliseconds)) return milliseconds;
  step.problems.push(problem("NotOneOf", fieldPointer(step, "onShort"), { value: showValue(text), known: ON_SHORT }));
  return null;
}
