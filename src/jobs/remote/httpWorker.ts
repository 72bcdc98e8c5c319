// Runs a job on an external worker over HTTP. The worker answers with the result, or asks to be called again later, or
// accepts the job and reports heartbeats, progress and the end to the API. After a crash of the server, the same
// attempt may be sent twice with the same Idempotency-Key.

import { type JobOutcome, type JobRun, STOPPED } from "../../catalog/job.ts";
import { dig, isObject, type Json, type JsonObject, readJson } from "../../model/data/json.ts";
import { formatDuration } from "../../model/document/duration.ts";
import { OUTGOING_REFUSALS } from "../../model/reasons/outgoingRefusal.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { type OutgoingAnswer, OutgoingRefused } from "../../ports/outgoing.ts";
import { type AttemptMessages, messagesOfAttempt } from "./attemptMessages.ts";
import { type Bad, causeOf, refusedCall } from "./calls.ts";

interface Worker {
  readonly type: string;
  readonly typeVersion: string;
  readonly url: string;
  /** The sealed key that signs requests to the worker. Its answers must be signed with the same key. */
  readonly secret: string;
}

type Step =
  | { readonly step: "end"; readonly outcome: JobOutcome }
  | { readonly step: "wait" }
  | { readonly step: "again"; readonly after: number }
  | { readonly step: "trouble"; readonly cause: Reason; readonly after: number };

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;
const TRIES = 6;
const OFFLINE_CHECK = 30_000;
const BEAT = 15_000;
/** Number of heartbeat intervals without a message after which the worker counts as lost. */
export const LOST_BEATS = 2;

export async function runOnWorker(job: JobRun<unknown>, worker: Worker): Promise<JobOutcome> {
  const messages = messagesOfAttempt(job);
  let tries = 0;
  while (!job.signal.aborted) {
    job.report(reason("Calling", { target: targetOf(worker) }), [], tries === 0 ? "running" : "pending");
    const step = await call(job, worker);
    if (step.step === "end") return step.outcome;
    if (step.step === "wait") return untilCompleted(job, messages);
    if (step.step === "trouble") {
      tries += 1;
      const why = reason("CallFailed", { target: targetOf(worker) }, step.cause);
      if (tries >= TRIES) return { phase: "failed", reason: why, evidence: [], retryable: true };
      job.report(why, [], "pending");
    } else tries = 0;
    await job.clock.sleep(
      step.step === "again" ? step.after : jittered(Math.max(step.after, backoff(tries))),
      job.signal,
    );
  }
  return STOPPED;
}

/** The job type and the host. The path and the query are left out, because they may contain secrets. */
function targetOf({ type, url }: Worker): string {
  return URL.canParse(url) ? `${type} (${new URL(url).host})` : type;
}

function backoff(tries: number): number {
  return Math.min(FIRST_WAIT * 2 ** Math.max(0, tries - 1), LONGEST_WAIT);
}

function jittered(milliseconds: number): number {
  return milliseconds * (0.5 + Math.random() / 2);
}

async function call(job: JobRun<unknown>, worker: Worker): Promise<Step> {
  const name = `${job.run}/${job.job}/${job.attempt}`;
  try {
    const answer = await job.outgoing.request({
      url: `${worker.url.replace(/\/$/, "")}/v1/execute`,
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": name },
      body: JSON.stringify({
        runId: job.run,
        step: job.job,
        attempt: job.attempt,
        type: worker.type,
        typeVersion: worker.typeVersion,
        input: job.input as Json, // the schema of the type only accepts JSON
        heartbeatEvery: beatOf(job) / 1_000,
        callback: job.callback(),
      }),
      signal: job.signal,
      sign: { keyId: worker.type, secret: job.reveal(worker.secret), answer: "required" },
    });
    return understood(answer, worker);
  } catch (error) {
    if (!(error instanceof OutgoingRefused)) throw error;
    if (OUTGOING_REFUSALS[error.code].passing) return { step: "trouble", cause: causeOf(error), after: 0 };
    return refused(worker, error);
  }
}

/** The worker may not be called, or its answer cannot be accepted. Another call would not change that. */
function refused(worker: Worker, error: OutgoingRefused): Step {
  return end(refusedCall(targetOf(worker), error));
}

function beatOf(job: JobRun<unknown>): number {
  return job.clocks.heartbeat ?? BEAT;
}

function end(outcome: JobOutcome): Step {
  return { step: "end", outcome };
}

function understood(answer: OutgoingAnswer, worker: Worker): Step {
  const { status } = answer;
  if (status === 202) return { step: "wait" };
  if (status === 200) return read(answer, worker);
  if (status === 404) return { step: "again", after: OFFLINE_CHECK };
  if (status >= 300 && status < 400)
    return refused(worker, new OutgoingRefused("Redirected", { host: targetOf(worker), status }));
  const cause = reason("ErrorStatus", { status });
  const wait = Number(answer.headers["retry-after"] ?? 0) * 1_000;
  if (status === 429 || status === 503) return { step: "trouble", cause, after: Number.isFinite(wait) ? wait : 0 };
  const why = reason("CallFailed", { target: targetOf(worker) }, cause);
  return status >= 500
    ? end({ phase: "failed", reason: why, evidence: [], retryable: true })
    : end({
        phase: "failed",
        reason: reason("BadInput", { detail: `HTTP ${status}` }),
        evidence: [],
        retryable: false,
      });
}

/**
 * An answer that cannot be stored exactly fails the job without a retry, because the worker would send the same answer
 * again.
 */
function read({ body, garbled }: OutgoingAnswer, worker: Worker): Step {
  const notTaken = (cause: Reason): Step =>
    end({
      phase: "failed",
      reason: reason("AnswerRefused", { target: targetOf(worker), code: cause.code }, cause),
      evidence: [],
      retryable: false,
    });
  if (garbled !== undefined) return notTaken(reason("NotText", { charset: garbled }));
  const found = readJson(body);
  if (found.is === "inexact") return notTaken(reason("NotExact", { pointer: found.pointer }));
  return answered(found.is === "json" ? found.value : undefined, worker);
}

function answered(body: Json | undefined, worker: Worker): Step {
  const phase = dig(body, "phase");
  if (phase === "Succeeded") return end(success(dig(body, "outputs")));
  if (phase === "Failed") return end(failure(body));
  const seconds = Number(dig(body, "requeueAfter") ?? 5);
  if (phase === "Running") return { step: "again", after: Math.min(Math.max(seconds, 0.2), 300) * 1_000 };
  const why = reason("CallFailed", { target: targetOf(worker) }, reason("NoPhase"));
  return end({ phase: "failed", reason: why, evidence: [], retryable: true });
}

function success(outputs: unknown): JobOutcome {
  const output = isObject(outputs) ? outputs : {};
  return { phase: "succeeded", reason: reason("Completed"), output };
}

/** Reads the worker's `{code, message, retryable, nextRetryDelay}` (the delay is in seconds). Long texts are cut. */
function failure(error: unknown): Bad {
  const message = (textIn(error, "message") || textIn(error, "reason")).slice(0, 500);
  const code = (textIn(error, "code") || textIn(error, "reason") || "failed").slice(0, 60);
  const delay = Number(dig(error, "nextRetryDelay"));
  return {
    phase: "failed",
    reason: reason("WorkerFailed", { code, ...(message === "" ? {} : { message }) }),
    evidence: [],
    retryable: dig(error, "retryable") === true,
    ...(Number.isFinite(delay) && delay > 0 ? { retryAfter: delay * 1_000 } : {}),
  };
}

function textIn(data: unknown, key: string): string {
  const value = dig(data, key);
  return typeof value === "string" ? value : "";
}

async function untilCompleted(job: JobRun<unknown>, messages: AttemptMessages): Promise<JobOutcome> {
  const silence = beatOf(job) * LOST_BEATS;
  job.report(reason("TaskRunning"));
  for (;;) {
    const message = await messages.next(silence);
    if (message === "over") return STOPPED;
    if (message === "silence") return interrupted(reason("Lost", { limit: formatDuration(silence) }));
    if (message.kind === "complete") {
      const error = message.data["error"];
      return error === undefined ? success(message.data["outputs"] ?? {}) : failure(error);
    }
    reportProgress(job, message.data);
  }
}

export function reportProgress(job: JobRun<unknown>, data: JsonObject): void {
  const percent = Number(data["progress"]);
  if (!Number.isFinite(percent)) return;
  const detail = textIn(data, "detail").slice(0, 200);
  job.report(reason("JobProgress", { percent: Math.min(100, Math.max(0, Math.round(percent))), detail }));
}

function interrupted(why: Bad["reason"]): Bad {
  return { phase: "interrupted", reason: why, evidence: [], retryable: true };
}
