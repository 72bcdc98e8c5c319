// Records the facts on which each decision about a job was made, so that `why --at` can show them later
// (asking/whyAt.ts). Their shape is in model/run/grounds.ts. Pure. Facts that the reason of the job already names, such
// as the user who cancelled, are not stored again.

import type { Json, JsonObject } from "../../model/data/json.ts";
import { isSealed, mapStrings, maskText } from "../../model/document/sealed.ts";
import type { ReasonCode } from "../../model/reasons/reason.ts";
import type { Grounds, KeptValue } from "../../model/run/grounds.ts";
import { isActive, isSettled } from "../../model/run/phase.ts";
import type { PlannedJob } from "../../model/run/plan.ts";
import type { Job } from "../../model/run/run.ts";
import { valueOf } from "../../plan/workflow/conditions/evaluate.ts";
import { mapCondition } from "../../plan/workflow/conditions/mapCondition.ts";
import { holesIn } from "../../plan/workflow/steps/holes.ts";
import { lookUp } from "../../plan/workflow/steps/lookUp.ts";
import type { StartRefusal } from "./advance.ts";
import { stepStarts } from "./clocks.ts";

export const MOST_KEPT = 20;
export const LONGEST_KEPT = 200;

export interface DecisionInput {
  /** The jobs as the decision leaves them. */
  readonly jobs: ReadonlyMap<string, Job>;
  /** The document that the job's pointers point into, as the decision saw it (deciding/context.ts). */
  readonly context: (job: Job) => JsonObject;
  readonly refusal: StartRefusal | undefined;
  /** The locks that the job takes when it starts. */
  readonly locks: readonly { readonly key: string }[];
  /** Masks the secrets of the run in a text. */
  readonly mask: (text: string) => string;
}

/** `null` when there is nothing to store in addition to the reason. */
export function groundsOf(before: Job, job: Job, deciding: DecisionInput): Grounds | null {
  const due = before.dueAt === null && (job.dueAt !== null || job.phase === "skipped");
  const { locks, mask } = deciding;
  const grounds: Grounds = {
    ...(due ? { ...needsOf(job.plan, deciding), ...valuesOf(job, deciding) } : {}),
    ...(locks.length === 0 ? {} : { took: locks.slice(0, MOST_KEPT).map(({ key }) => shown(key, mask)) }),
    ...refusedLockOf(job, deciding),
    ...clockOf(before, job, deciding),
    ...(job.notBefore !== null && job.notBefore !== before.notBefore ? { until: job.notBefore } : {}),
  };
  return Object.keys(grounds).length === 0 ? null : grounds;
}

function needsOf({ needs }: PlannedJob, { jobs }: DecisionInput): Grounds {
  if (needs.length === 0) return {};
  const all = new Map(
    needs.flatMap(({ job }) => {
      const phase = jobs.get(job)?.phase;
      return phase === undefined ? [] : [[job, phase] as const];
    }),
  );
  const ordered = [...all].sort(([, a], [, b]) => Number(a === "succeeded") - Number(b === "succeeded"));
  const more = ordered.length - MOST_KEPT;
  return { needs: Object.fromEntries(ordered.slice(0, MOST_KEPT)), ...(more > 0 ? { moreNeeds: more } : {}) };
}

function valuesOf(job: Job, { context, mask }: DecisionInput): Grounds {
  const { condition, locks = [] } = job.plan;
  const holes = locks.flatMap((lock) => holesIn(lock.name));
  if (condition === undefined && holes.length === 0) return {};
  const seen = context(job);
  const all = new Map<string, Json | undefined>();
  for (const hole of holes) all.set(hole.from, lookUp(seen, hole.from) ?? hole.default);
  if (condition !== undefined)
    mapCondition(condition, (operand) => {
      const pointer = "pointer" in operand ? operand.pointer : operand.from;
      if (pointer !== undefined) all.set(pointer, valueOf(operand, seen));
      return operand;
    });
  if (all.size === 0) return {};
  const values = [...all].slice(0, MOST_KEPT).map(([pointer, value]) => kept(pointer, value, mask));
  const more = all.size - values.length;
  return { values, ...(more > 0 ? { moreValues: more } : {}) };
}

/**
 * The value as it is stored. Sealed values stay sealed. A text is masked before it is cut, because half of a secret
 * would not be found.
 */
function kept(pointer: string, value: Json | undefined, mask: DecisionInput["mask"]): KeptValue {
  if (value === undefined) return { pointer };
  const safe = mapStrings(value, (text) => (isSealed(text) ? text : mask(text)));
  const text = JSON.stringify(safe);
  if (text.length <= LONGEST_KEPT) return { pointer, value: safe };
  return { pointer, cut: maskText(text).slice(0, LONGEST_KEPT) };
}

/** A lock key as it is stored: masked and cut, because the name of a lock may come from an output and be long. */
function shown(key: string, mask: DecisionInput["mask"]): string {
  return maskText(mask(key)).slice(0, LONGEST_KEPT);
}

function refusedLockOf({ reason: why }: Job, { refusal, mask }: DecisionInput): Grounds {
  if (refusal?.lock === undefined || (why !== refusal.reason && why.cause !== refusal.reason)) return {};
  const { key, limit, holders } = refusal.lock;
  const named = holders.slice(0, MOST_KEPT).map(({ run, job }) => ({ run, job }));
  return { held: { key: shown(key, mask), limit, holders: named } };
}

type Clock = NonNullable<Grounds["clock"]>;
type Since = (job: Job, deciding: DecisionInput) => { readonly name: Clock["name"]; readonly since: string | null };

const CLOCKS: Readonly<Partial<Record<ReasonCode, Since>>> = {
  GaveUpWaiting: ({ startedAt, dueAt }) => ({
    name: startedAt === null ? "queue" : "total",
    since: startedAt ?? dueAt,
  }),
  Deadline: ({ startedAt }) => ({ name: "total", since: startedAt }),
  AttemptDeadline: ({ attemptAt }) => ({ name: "attempt", since: attemptAt }),
  StepDeadline: ({ reason: { params } }, { jobs }) => ({
    name: "step",
    since: stepStarts(jobs.values()).get(String(params["step"])) ?? null,
  }),
};

/** The clock that ended the job or the attempt, also when another attempt follows. */
function clockOf(before: Job, job: Job, deciding: DecisionInput): Grounds {
  if (job.phase === before.phase || !(isSettled(job.phase) || isActive(before.phase))) return {};
  const ending = job.reason.code === "Retrying" && job.reason.cause !== undefined ? job.reason.cause : job.reason;
  const clock = CLOCKS[ending.code]?.({ ...job, reason: ending }, deciding);
  if (clock === undefined || clock.since === null) return {};
  return { clock: { name: clock.name, limit: String(ending.params["limit"]), since: clock.since } };
}
