// Holds jobs back before they start: because their type is switched off, or because a breaker is open after too many
// failures. There is one breaker for each project, type, version and target. The target is what the type calls, which
// is known as soon as the input is. So the failures of one project, one dead host or one broken version never hold back
// jobs of another.
//
// The states of a breaker:
//  - closed: jobs start. It opens when at least ten attempts ended within a minute and half of them were trouble of the
//    target or of the type: the target gave no answer or an error, the worker gave no sign of life, or the type threw
//    an error. Mistakes of the user do not count.
//  - open: no job starts for 30 seconds. Then it becomes half-open.
//  - half-open: one job may start. When its attempt gets an answer, the breaker closes; when it ends in trouble, the
//    breaker opens again. When the attempt was stopped, or has not ended after 30 seconds, another job may start.
import type { JobOutcome } from "../../catalog/job.ts";
import { type Reason, type ReasonCode, reason } from "../../model/reasons/reason.ts";
import type { Clock } from "../../ports/clock.ts";
import type { StartRefusal } from "./advance.ts";

/** What a breaker is chosen by. */
export interface BreakerSubject {
  readonly project: string;
  readonly type: string;
  readonly version?: string;
  /** Called only when a breaker of the type is open or must be found, because it reads the whole run. */
  readonly target: () => BreakerTarget;
}

export interface BreakerTarget {
  /** Identifies the target. Breakers of different keys are independent. */
  readonly key: string;
  /**
   * The name that people know the target by. Not set when the type has no target of its own; the reason then names the
   * type.
   */
  readonly name?: string;
}

export interface Breakers {
  /** Why the job may not start. `null` when it may, as far as `admission` allows the one job of a half-open breaker. */
  refusalOf(subject: BreakerSubject): StartRefusal | null;
  /** Opens the check for the jobs that one decision starts. */
  admission(): Admission;
  /** An attempt begins. When the breaker is half-open, this attempt decides about it. */
  begin(subject: BreakerSubject): BreakerAttempt;
  states(): readonly BreakerState[];
}

/**
 * Lets one job through a half-open breaker, although one decision may start several jobs, and although their attempts
 * begin only after the decision was written.
 */
export interface Admission {
  /**
   * Why the job may not start, or `null` when it may. Called just before each job starts, in the order in which they
   * start.
   */
  ask(subject: BreakerSubject): StartRefusal | null;
  /** Undoes `ask`, because the decision was not written and its jobs do not begin. */
  takeBack(): void;
}

/** One attempt as its breaker sees it. The caller calls `ended` or `left` exactly once. */
export interface BreakerAttempt {
  ended(outcome: JobOutcome): void;
  /** The attempt has no outcome of its own: it was cancelled, or another process resumes it. */
  left(): void;
  /** The type threw an unexpected error. `stack` contains no secret. An outcome still follows. */
  threw(stack: string): void;
}

interface BreakerState {
  readonly project: string;
  readonly type: string;
  readonly target: string | null;
  readonly state: "closed" | "open" | "half-open";
  readonly calls: number;
  readonly failures: number;
}

const BY_HARM = ["open", "half-open", "closed"] as const;

export function worstState(states: readonly BreakerState[]): BreakerState["state"] {
  return BY_HARM.find((state) => states.some((one) => one.state === state)) ?? "closed";
}

const WINDOW = 60_000;
const LEAST_CALLS = 10;
/** The most calls that a breaker remembers. More calls within a minute would not change the share of failures much. */
const MOST_CALLS = 200;
const OPEN_FOR = 30_000;
const TROUBLE: ReadonlySet<ReasonCode> = new Set<ReasonCode>(["InternalError", "CallFailed", "Lost"]);

interface Breaker {
  readonly project: string;
  readonly type: string;
  readonly target: string | null;
  calls: { readonly at: number; readonly failed: boolean }[];
  openedAt: number | null;
  /**
   * The attempt that decides about a half-open breaker. `attempt` is `null` while the job was let through and its
   * attempt has not begun. When it does not end in time, another job may start.
   */
  trying: { readonly since: number; readonly attempt: BreakerAttempt | null } | null;
}

interface Switches {
  /** Why no job of the type may start now in the project, by its registration. `null` when jobs may start. */
  stopOf(type: string, project: string): Reason | null;
  noteThrow(type: string, project: string, stack: string): void;
  /** The type returned an outcome, good or bad, and threw nothing unexpected. */
  noteReturn(type: string, project: string): void;
}

const NO_SWITCHES: Switches = { stopOf: () => null, noteThrow: () => {}, noteReturn: () => {} };

export function createBreakers(clock: Pick<Clock, "now">, switches: Switches = NO_SWITCHES): Breakers {
  const table = new BreakerTable();
  const now = (): number => clock.now().getTime();
  return {
    refusalOf(subject) {
      const off = switches.stopOf(subject.type, subject.project);
      if (off !== null) return { reason: off };
      const breaker = table.hasOpen(subject) ? table.find(subject) : undefined;
      return breaker === undefined ? null : openRefusal(breaker, now());
    },
    admission: () => admissionTo(table, now),
    begin(subject) {
      const { type, project } = subject;
      const attempt: BreakerAttempt = {
        ended(outcome) {
          if (outcome.phase === "succeeded" || outcome.reason.code !== "InternalError")
            switches.noteReturn(type, project);
          const verdict = verdictOf(outcome);
          if (verdict === null) return attempt.left();
          note(table.make(subject, now()), { attempt, failed: verdict === "trouble", now: now() });
        },
        left() {
          const breaker = table.find(subject);
          if (breaker?.trying?.attempt === attempt) breaker.trying = null;
        },
        threw: (stack) => switches.noteThrow(type, project, stack),
      };
      const breaker = table.hasOpen(subject) ? table.find(subject) : undefined;
      if (breaker?.openedAt != null && (breaker.trying?.attempt === null || !isTrying(breaker, now())))
        breaker.trying = { since: now(), attempt };
      return attempt;
    },
    states: () => [...table.all()].map((breaker) => stateOf(breaker, now())),
  };
}

function admissionTo(table: BreakerTable, now: () => number): Admission {
  const passed = new Map<Breaker, Breaker["trying"]>();
  return {
    ask(subject) {
      const breaker = table.hasOpen(subject) ? table.find(subject) : undefined;
      if (breaker === undefined || breaker.openedAt === null) return null;
      const refusal = openRefusal(breaker, now());
      if (refusal !== null) return refusal;
      breaker.trying = { since: now(), attempt: null };
      passed.set(breaker, breaker.trying);
      return null;
    },
    takeBack() {
      for (const [breaker, trying] of passed) if (breaker.trying === trying) breaker.trying = null;
    },
  };
}

/**
 * What an outcome says about the target or the type. `null` when it says nothing: the work was never requested, or a
 * clock or the platform stopped it.
 */
function verdictOf({ phase, reason: { code } }: JobOutcome): "trouble" | "answered" | null {
  if (phase !== "succeeded" && TROUBLE.has(code)) return "trouble";
  return phase === "succeeded" || phase === "failed" ? "answered" : null;
}

/**
 * The breakers, by project and type, then by version and target. Targets come from inputs, so old breakers are removed.
 */
class BreakerTable {
  readonly #groups = new Map<string, Map<string, Breaker>>();
  #sweptAt = 0;

  hasOpen(subject: BreakerSubject): boolean {
    return [...(this.#groups.get(groupOf(subject))?.values() ?? [])].some(({ openedAt }) => openedAt !== null);
  }

  find(subject: BreakerSubject): Breaker | undefined {
    return this.#groups.get(groupOf(subject))?.get(keyOf(subject, subject.target()));
  }

  make(subject: BreakerSubject, now: number): Breaker {
    this.#sweep(now);
    const { project, type } = subject;
    const target = subject.target();
    const group = this.#groups.get(groupOf(subject)) ?? new Map<string, Breaker>();
    this.#groups.set(groupOf(subject), group);
    const key = keyOf(subject, target);
    const breaker = group.get(key) ?? {
      project,
      type,
      target: target.name ?? null,
      calls: [],
      openedAt: null,
      trying: null,
    };
    group.set(key, breaker);
    return breaker;
  }

  *all(): Iterable<Breaker> {
    for (const group of this.#groups.values()) yield* group.values();
  }

  /**
   * Removes the breakers without recent calls. An open breaker stays until the time of its half-open attempt is over as
   * well.
   */
  #sweep(now: number): void {
    if (Math.abs(now - this.#sweptAt) < WINDOW) return;
    this.#sweptAt = now;
    for (const [name, group] of this.#groups) {
      for (const [key, { calls, openedAt, trying }] of group) {
        const last = Math.max(calls.at(-1)?.at ?? 0, openedAt ?? 0, trying?.since ?? 0);
        if (Math.abs(now - last) > WINDOW + OPEN_FOR) group.delete(key);
      }
      if (group.size === 0) this.#groups.delete(name);
    }
  }
}

function groupOf({ project, type }: BreakerSubject): string {
  return `${project}/${type}`;
}

function keyOf({ version = "" }: BreakerSubject, { key }: BreakerTarget): string {
  return `${version} ${key}`;
}

function note(
  breaker: Breaker,
  { attempt, failed, now }: { readonly attempt: BreakerAttempt; readonly failed: boolean; readonly now: number },
): void {
  breaker.calls = [...breaker.calls.filter((call) => call.at > now - WINDOW), { at: now, failed }].slice(-MOST_CALLS);
  if (breaker.openedAt !== null) {
    // Jobs that had begun before the breaker opened do not decide about it.
    if (breaker.trying?.attempt !== attempt) return;
    breaker.trying = null;
    breaker.openedAt = failed ? now : null;
    if (!failed) breaker.calls = [];
    return;
  }
  const failures = breaker.calls.filter((call) => call.failed).length;
  if (breaker.calls.length >= LEAST_CALLS && failures * 2 >= breaker.calls.length) breaker.openedAt = now;
}

function isTrying({ trying }: Breaker, now: number): boolean {
  return trying !== null && isWithin(trying.since, now);
}

/**
 * Whether `since` lies less than 30 seconds back. A time in the future means that the clock was set back, and does not
 * count.
 */
function isWithin(since: number, now: number): boolean {
  return now < since + OPEN_FOR && since <= now;
}

function openRefusal(breaker: Breaker, now: number): StartRefusal | null {
  const { openedAt, trying, type, target } = breaker;
  if (openedAt === null) return null;
  const since = Math.max(openedAt, trying?.since ?? 0);
  if (!isWithin(since, now)) return null;
  const { calls, failures } = stateOf(breaker, now);
  const until = since + OPEN_FOR;
  const at = new Date(until).toISOString();
  const why =
    target === null
      ? reason("BreakerOpen", { type, calls, failures, at })
      : reason("TargetBreakerOpen", { type, target, calls, failures, at });
  return { reason: why, until: new Date(until) };
}

function stateOf({ project, type, target, calls, openedAt, trying }: Breaker, now: number): BreakerState {
  const state = openedAt === null ? "closed" : trying !== null ? "half-open" : "open";
  const recent = calls.filter((call) => call.at > now - WINDOW);
  const failures = recent.filter((call) => call.failed).length;
  return { project, type, target, state, calls: recent.length, failures };
}
