// Converts the numbers of a registration for the engine: clocks, retries and concurrency limits. Pure.
import { createHash } from "node:crypto";
import type { JobOutcome } from "../../catalog/job.ts";
import { profileOf } from "../../isolation/policy/profile.ts";
import { canonicalJson, type JsonObject } from "../../model/data/json.ts";
import { parseDuration } from "../../model/document/duration.ts";
import { PHASES } from "../../model/run/phase.ts";
import type { Clocks, JobLock, RetryPolicy } from "../../model/run/plan.ts";
import { lookUp } from "../../plan/workflow/steps/lookUp.ts";
import { profileNameOf } from "../registration/profile.ts";
import type { RegistrationSpec } from "../registration/registration.ts";

interface Times {
  /** Milliseconds for all attempts together. */
  readonly timeout: number;
  readonly attempt: number;
  /** Milliseconds from the assignment of a node until the program runs. */
  readonly start: number;
  readonly clocks: Clocks;
}

const MINUTES = 60_000;
const QUEUE = 30 * MINUTES;
const PENDING = 25 * MINUTES;
const START = 15 * MINUTES;

export function timesOf(spec: RegistrationSpec): Times {
  const { timeouts = {} } = spec;
  const attempt = positive(timeouts.attempt) ?? profileOf(profileNameOf(spec)).timeout;
  const queue = positive(timeouts.queue);
  const pending = positive(timeouts.pending);
  const heartbeat = positive(timeouts.heartbeat);
  const attempts = 1 + (spec.retry?.max ?? 0);
  return {
    attempt,
    start: pending ?? START,
    // The default allows all attempts with their longest waits.
    timeout: positive(timeouts.total) ?? (queue ?? QUEUE) + attempts * ((pending ?? PENDING) + attempt),
    clocks: {
      attempt,
      ...(queue === undefined ? {} : { queue }),
      ...(pending === undefined ? {} : { pending }),
      ...(heartbeat === undefined ? {} : { heartbeat }),
    },
  };
}

/** `undefined` (no such clock) for "0" and for an absent text. */
function positive(text: string | undefined): number | undefined {
  const milliseconds = text === undefined ? undefined : parseDuration(text);
  return milliseconds === undefined || milliseconds <= 0 ? undefined : milliseconds;
}

const BACKOFF = { base: 10_000, factor: 2, max: 5 * MINUTES };

export function retryOf({ retry = {} }: RegistrationSpec): RetryPolicy {
  const { base, factor, max, jitter } = retry.backoff ?? {};
  return {
    attempts: 1 + (retry.max ?? 0),
    backoff: positive(base) ?? BACKOFF.base,
    factor: factor ?? BACKOFF.factor,
    limit: positive(max) ?? BACKOFF.max,
    ...(jitter === undefined || jitter === "none" ? {} : { jitter }),
  };
}

type Ending = "interrupted" | "start_failed" | "failed";
const ALL: readonly Ending[] = ["interrupted", "start_failed", "failed"];

/** Endings after which the job is retried: those of the registration, or the default of its profile. */
function endingsRetried(spec: RegistrationSpec): readonly Ending[] {
  if (spec.retry?.on !== undefined) return spec.retry.on;
  // A worker gets an Idempotency-Key, and its contract says that the same attempt may be sent twice.
  if (spec.execution?.idempotent === true || spec.runtime.tier === "T2") return ALL;
  const { retry } = profileOf(profileNameOf(spec));
  if (retry === "infrastructure") return ["interrupted", "start_failed"];
  // A program that never started has done nothing. An interrupted program may have done something.
  return retry === "never" ? [] : ["start_failed"];
}

/** Whether the program may be run again after it failed. */
export function retriesFailures(spec: RegistrationSpec): boolean {
  return endingsRetried(spec).includes("failed");
}

/** Reasons for which the type itself (its failure map or its worker) decides whether the failure is retryable. */
const OWN_WORD: ReadonlySet<string> = new Set(["MappedFailure", "WorkerFailed"]);

export function withRetries(outcome: JobOutcome, spec: RegistrationSpec): JobOutcome {
  if (outcome.phase === "succeeded" || !outcome.retryable || OWN_WORD.has(outcome.reason.code)) return outcome;
  const ending = PHASES[outcome.phase].retry?.word;
  return ending !== undefined && endingsRetried(spec).includes(ending) ? outcome : { ...outcome, retryable: false };
}

/**
 * The concurrency limits of a job: for the type on the whole server, for the type in the project, and for the value of
 * its key. Only the limit of the key may cancel the job that runs: no run is cancelled because of a number.
 */
export function concurrencyOf(
  name: string,
  { concurrency = {} }: RegistrationSpec,
  { input, project }: { readonly input: JsonObject; readonly project: string },
): readonly JobLock[] {
  const { global, perTenant, key, onLimit = "queue" } = concurrency;
  const counted = onLimit === "cancel" ? "queue" : onLimit;
  const value = key === undefined ? undefined : lookUp({ input }, key);
  return [
    ...(global === undefined ? [] : [{ key: `type ${name}`, limit: global, onLimit: counted }]),
    ...(perTenant === undefined ? [] : [{ key: `type ${name} of ${project}`, limit: perTenant, onLimit: counted }]),
    ...(value === undefined ? [] : [{ key: `${project}/${name} ${shown(value)}`, limit: 1, onLimit }]),
  ];
}

const LONGEST_KEY = 60;

/**
 * The key is shown in "waits for ...", so a short value is used unchanged and only a long one is replaced by its hash.
 */
function shown(value: unknown): string {
  const text = typeof value === "string" ? value : canonicalJson(value);
  return text.length <= LONGEST_KEY ? text : createHash("sha256").update(text).digest("hex").slice(0, 16);
}
