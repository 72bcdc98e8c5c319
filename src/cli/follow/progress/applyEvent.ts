// Applies an event to the run as the command line knows it. Pure. An event that does not fit means that events were
// missed; the caller then fetches the run again.
import type { z } from "zod";
import type { EventView } from "../../../api/views.ts";
import { dig, isObject } from "../../../model/data/json.ts";
import type { Language, Params } from "../../../model/data/text.ts";
import { explainReason, REASONS, type ReasonCode } from "../../../model/reasons/reason.ts";
import { isActive, isSettled, mayBecome, PHASES, type Phase } from "../../../model/run/phase.ts";
import { isStateOfJobs, onlyWaits, stateOfJobs } from "../../../model/run/runState.ts";
import type { ApiJob, ApiRun } from "./progress.ts";

export type RunEvent = z.output<typeof EventView>;

/** The run after the event; `null` if the run must be fetched from the server. */
export function applyEvent(run: ApiRun, event: RunEvent, language: Language): ApiRun | null {
  if (ASK.has(event.type)) return null;
  if (event.type !== "job.changed") return run;
  const [name, phase] = [dig(event.data, "job"), dig(event.data, "phase")];
  const job = run.jobs.find((one) => one.name === name);
  if (job === undefined || !isPhase(phase)) return null;
  const attempt = Number(dig(event.data, "attempt") ?? job.attempt);
  if (phase !== job.phase && !mayBecome(job.phase, phase)) return null;
  // Only the server knows how the attempt before ended, in the language of the user.
  if (attempt > 1 && attempt !== job.attempt) return null;
  const changed: ApiJob = {
    ...job,
    phase,
    attempt,
    reason: reasonOf(dig(event.data, "reason"), language) ?? job.reason,
    activeSince: isActive(phase) ? (phase === job.phase ? job.activeSince : event.at) : null,
    startedAt: phase === "running" ? (job.startedAt ?? event.at) : job.startedAt,
    finishedAt: isSettled(phase) ? event.at : null,
  };
  return withState({ ...run, jobs: run.jobs.map((one) => (one === job ? changed : one)), lastEvent: event.sequence });
}

/** Events that change the state of the whole run, so that it is fetched again. */
const ASK: ReadonlySet<string> = new Set(["run.finished", "run.paused", "run.resumed", "run.cancelling"]);
/** The states of a run that do not follow from its jobs, but end when a driver changes the first job. */
const UNTIL_A_JOB_MOVES: ReadonlySet<string> = new Set(["scheduled", "queued"]);

function withState(run: ApiRun): ApiRun {
  if (!UNTIL_A_JOB_MOVES.has(run.state) && !isStateOfJobs(run.state)) return run;
  const state = stateOfJobs(run.jobs);
  const { reason: _, ...rest } = run;
  const waits = state === "running" ? undefined : run.jobs.find(onlyWaits);
  return { ...rest, state, ...(waits === undefined ? {} : { reason: waits.reason }) };
}

function isPhase(value: unknown): value is Phase {
  return typeof value === "string" && Object.hasOwn(PHASES, value);
}

/**
 * Uses the sentence that the server sent. Otherwise uses the sentence of this program, or the code if it is unknown
 * here.
 */
function reasonOf(value: unknown, language: Language): ApiJob["reason"] | undefined {
  const code = dig(value, "code");
  if (typeof code !== "string") return undefined;
  const given = dig(value, "params");
  const params: Params = isObject(given)
    ? Object.fromEntries(Object.entries(given).flatMap(([key, one]) => (isPlain(one) ? [[key, one]] : [])))
    : {};
  const [message, who] = [dig(value, "message"), dig(value, "who")];
  if (typeof message === "string" && isActor(who)) return { code, params, message, who };
  if (!Object.hasOwn(REASONS, code)) return { code, params, message: code, who: "nobody" };
  const known = code as ReasonCode; // hasOwn makes the cast true
  return { code, params, message: explainReason({ code: known, params }, language), who: REASONS[known].who };
}

function isPlain(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

function isActor(value: unknown): value is ApiJob["reason"]["who"] {
  return value === "you" || value === "operator" || value === "nobody";
}
