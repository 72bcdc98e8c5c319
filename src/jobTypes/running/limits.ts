// The numbers of a registration as the engine counts: clocks, attempts, how many beside each other. Pure.
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
  /** Milliseconds of all attempts together. */
  readonly timeout: number;
  readonly attempt: number;
  /** From the node to the running program. */
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
    // Without a word of the registration: every attempt with all of its waiting.
    timeout: positive(timeouts.total) ?? (queue ?? QUEUE) + attempts * ((pending ?? PENDING) + attempt),
    clocks: {
      attempt,
      ...(queue === undefined ? {} : { queue }),
      ...(pending === undefined ? {} : { pending }),
      ...(heartbeat === undefined ? {} : { heartbeat }),
    },
  };
}

/** "0" and nothing at all mean the same: no such clock. */
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

/** Endings after which another attempt is right: what the registration says, else what its kind of work bears. */
function endingsRetried(spec: RegistrationSpec): readonly Ending[] {
  if (spec.retry?.on !== undefined) return spec.retry.on;
  // A worker is told the key of the attempt, and its contract is to be safe to run twice.
  if (spec.execution?.idempotent === true || spec.runtime.tier === "T2") return ALL;
  const { retry } = profileOf(profileNameOf(spec));
  if (retry === "infrastructure") return ["interrupted", "start_failed"];
  // What never began has done nothing; what was interrupted may have.
  return retry === "never" ? [] : ["start_failed"];
}

/** Whether the program may simply be run once more after it failed. */
export function retriesFailures(spec: RegistrationSpec): boolean {
  return endingsRetried(spec).includes("failed");
}

/** What the type itself called retryable (its failure map, its worker) needs no permission beside that. */
const OWN_WORD: ReadonlySet<string> = new Set(["MappedFailure", "WorkerFailed"]);

export function withRetries(outcome: JobOutcome, spec: RegistrationSpec): JobOutcome {
  if (outcome.phase === "succeeded" || !outcome.retryable || OWN_WORD.has(outcome.reason.code)) return outcome;
  const ending = PHASES[outcome.phase].retry?.word;
  return ending !== undefined && endingsRetried(spec).includes(ending) ? outcome : { ...outcome, retryable: false };
}

/**
 * Places that a job takes: of the type everywhere, of the type in the project, of the value that its key points to. Only the last one may
 * cancel whoever is there: nobody's run is cancelled for a number.
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

/** People read it in "waits for ...", so a short value stands for itself. */
function shown(value: unknown): string {
  const text = typeof value === "string" ? value : canonicalJson(value);
  return text.length <= LONGEST_KEY ? text : createHash("sha256").update(text).digest("hex").slice(0, 16);
}
