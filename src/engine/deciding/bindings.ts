// Fills in the references of a job and decides its condition. Both read the same context (deciding/context.ts), and
// neither runs code of users.
import type { JobOutcome } from "../../catalog/job.ts";
import type { Json, JsonObject } from "../../model/data/json.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import type { PlannedLock } from "../../model/run/plan.ts";
import type { Job } from "../../model/run/run.ts";
import { evaluate } from "../../plan/workflow/conditions/evaluate.ts";
import { printDecided } from "../../plan/workflow/conditions/printCondition.ts";
import { holesIn } from "../../plan/workflow/steps/holes.ts";
import { resolveInput } from "../../plan/workflow/steps/resolveInput.ts";

/** Why the condition of the job skips it. `null` when the condition is true or there is none. */
export function unmetCondition(job: Job, context: JsonObject): Reason | null {
  const { condition } = job.plan;
  if (condition === undefined || evaluate(condition, context)) return null;
  return reason("ConditionFalse", { condition: printDecided(condition, context) });
}

/**
 * The name of a lock. When a reference gives neither a text nor a number, there is no name, and the job must not start
 * without its lock.
 */
type LockName =
  | { readonly kind: "named"; readonly name: string }
  | { readonly kind: "missing"; readonly pointer: string }
  | { readonly kind: "unusable"; readonly value: Json };

export function lockName({ name }: PlannedLock, context: JsonObject): LockName {
  const resolved = resolveInput({ name }, context);
  if (!resolved.ok) return { kind: "missing", pointer: resolved.missing };
  const value = resolved.value["name"] ?? null;
  const usable = typeof value === "number" || (typeof value === "string" && value !== "");
  return usable ? { kind: "named", name: String(value) } : { kind: "unusable", value };
}

type Filled = { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly outcome: JobOutcome };

export function filledInput(job: Job, context: JsonObject): Filled {
  if (job.plan.step === undefined) return { ok: true, value: job.plan.input };
  const nameless = (job.plan.locks ?? []).map((lock) => withoutName(lock, context)).find((why) => why !== null);
  if (nameless !== undefined) return failed(nameless);
  const resolved = resolveInput(job.plan.input, context);
  return resolved.ok ? resolved : failed(reason("MissingOutput", { pointer: resolved.missing }));
}

function withoutName(lock: PlannedLock, context: JsonObject): Reason | null {
  const name = lockName(lock, context);
  if (name.kind === "named") return null;
  if (name.kind === "missing") return reason("MissingOutput", { pointer: name.pointer });
  const [hole] = holesIn({ name: lock.name });
  return reason("LockUnnamed", { kind: lock.kind, pointer: hole?.from ?? "", value: kindOf(name.value) });
}

/** The kind of the value, without the value itself, because an output may contain anything. */
function kindOf(value: Json): string {
  if (value === null || value === "") return JSON.stringify(value);
  return Array.isArray(value) ? "[…]" : typeof value === "object" ? "{…}" : typeof value;
}

function failed(why: Reason): Filled {
  return { ok: false, outcome: { phase: "failed", reason: why, evidence: [], retryable: false } };
}
