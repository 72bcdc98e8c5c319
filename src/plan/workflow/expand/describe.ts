// How a planned job describes its place in a workflow, for people and programs.

import type { JsonObject } from "../../../model/data/json.ts";
import type { Condition } from "../../../model/document/condition.ts";
import { formatDuration } from "../../../model/document/duration.ts";
import type { OnShort, PlannedJob, PlannedLock } from "../../../model/run/plan.ts";
import { evaluate } from "../conditions/evaluate.ts";
import { pointersIn } from "../conditions/mapCondition.ts";
import { printPlanned } from "../conditions/printCondition.ts";
import { isReference, pointerOf } from "../steps/holes.ts";

interface StepFacts {
  readonly step?: string[];
  readonly condition?: string;
  /** True when it is known before anything runs: its condition depends only on inputs, and is not true. */
  readonly skipped?: boolean;
  readonly final?: boolean;
  readonly endOf?: string;
  readonly joint?: "nothing" | "unknown" | "all";
  readonly retriesFailures?: false;
  readonly clocks?: Record<string, number>;
  readonly onShort?: string;
  readonly within?: { step: string; timeout: number }[];
  readonly locks?: string[];
  /** The number of attempts as long as the earlier ones are known to have done nothing, when it is larger. */
  readonly attemptsUntouched?: number;
  readonly input?: JsonObject;
}

export function stepFacts(job: PlannedJob): StepFacts {
  const { step, condition, final, endOf, joint, retriesFailures, clocks, onShort, within, locks, retry, input } = job;
  const place = {
    ...(final === undefined ? {} : { final }),
    ...(endOf === undefined ? {} : { endOf }),
    ...(joint === undefined ? {} : { joint }),
    ...(locks === undefined ? {} : { locks: locks.map(lockText) }),
  };
  if (step === undefined) return place;
  return {
    ...place,
    step: [...step.path],
    ...(condition === undefined ? {} : conditionFacts(condition)),
    ...(retriesFailures === undefined ? {} : { retriesFailures }),
    ...(clocks === undefined ? {} : { clocks: { ...clocks } }),
    ...(onShort === undefined ? {} : { onShort: onShortText(onShort) }),
    ...(within === undefined ? {} : { within: within.map((one) => ({ ...one })) }),
    ...(retry.untouched === undefined ? {} : { attemptsUntouched: retry.untouched }),
    ...(job.component === null ? { input } : {}),
  };
}

/** A condition that depends only on inputs is already decided. */
function conditionFacts(condition: Condition): Pick<StepFacts, "condition" | "skipped"> {
  const decided = pointersIn(condition).length === 0 && !evaluate(condition, {});
  return { condition: printPlanned(condition), ...(decided ? { skipped: true } : {}) };
}

export function lockText({ kind, name, limit, shared }: PlannedLock): string {
  const word = isReference(name) ? pointerOf(name) : typeof name === "string" ? name : JSON.stringify(name);
  return `${kind} ${word}${shared === true ? " (shared)" : limit > 1 ? ` (${limit})` : ""}`;
}

function onShortText(onShort: OnShort): string {
  return typeof onShort === "number" ? `wait-then-fail(${formatDuration(onShort)})` : onShort;
}
