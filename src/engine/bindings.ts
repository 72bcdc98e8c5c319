// Fills in what a job refers to, and asks its condition. Both look at the same context, and neither evaluates code of users.
import type { JobOutcome } from "../catalog/job.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { PlannedLock } from "../model/plan.ts";
import { type Reason, reason } from "../model/reason.ts";
import type { Job } from "../model/run.ts";
import { evaluate } from "../plan/workflow/evaluate.ts";
import { printCondition } from "../plan/workflow/printCondition.ts";
import { resolveInput } from "../plan/workflow/resolveInput.ts";

/** Null: it holds, or there is none. */
export function unmetCondition(job: Job, context: JsonObject): Reason | null {
  const { condition } = job.plan;
  if (condition === undefined || evaluate(condition, context)) return null;
  return reason("ConditionFalse", { condition: printCondition(condition) });
}

/** Undefined: it has none yet, or none at all. */
export function lockName({ name }: PlannedLock, context: JsonObject): Json | undefined {
  const resolved = resolveInput({ name }, context);
  return resolved.ok ? resolved.value["name"] : undefined;
}

type Filled = { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly outcome: JobOutcome };

export function filledInput(job: Job, context: JsonObject): Filled {
  if (job.plan.step === undefined) return { ok: true, value: job.plan.input };
  const nameless = (job.plan.locks ?? [])
    .map((lock) => resolveInput({ name: lock.name }, context))
    .find((one) => !one.ok);
  const resolved = nameless ?? resolveInput(job.plan.input, context);
  if (resolved.ok) return resolved;
  const why = reason("MissingOutput", { pointer: resolved.missing });
  return { ok: false, outcome: { phase: "failed", reason: why, evidence: [], retryable: false } };
}
