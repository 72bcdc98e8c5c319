// What holds back jobs before they start: a switch of their type, or a breaker, because it failed so often that asking again only makes
// it worse. Breakers are kept for each project, type, version and target (what the type calls, known once the input is): one project's
// failures, one dead host, one broken version never hold back another.
// A breaker opens at half of at least ten answers within a minute that were trouble of the target or of the type: the target gave no
// answer or an error of its own, the worker gave no sign of life, the type threw. What the user got wrong counts for nothing.
// After a while it is half-open: one job is let through, and how its attempt ends decides.
import type { JobOutcome } from "../../catalog/job.ts";
import { type Reason, type ReasonCode, reason } from "../../model/reasons/reason.ts";
import type { Clock } from "../../ports/clock.ts";
import type { StartRefusal } from "./advance.ts";

/** What an attempt is about. */
export interface BreakerSubject {
  readonly project: string;
  readonly type: string;
  readonly version?: string;
  /** Asked only where it matters: the answer costs a look at the whole run. */
  readonly target: () => BreakerTarget;
}

export interface BreakerTarget {
  /** Breakers of different keys know nothing of each other. */
  readonly key: string;
  /** What people call it; missing: it is the type itself that is in trouble. */
  readonly name?: string;
}

export interface Breakers {
  /** Null: the job may start, where a half-open breaker lets it through. */
  refusalOf(subject: BreakerSubject): StartRefusal | null;
  /** For the jobs that one decision starts. */
  admission(): Admission;
  /** A job begins: of a half-open breaker it is the one that decides. */
  begin(subject: BreakerSubject): BreakerAttempt;
  states(): readonly BreakerState[];
}

/** Several jobs that are due at once stand before the same breaker, and their attempts begin only after the decision is written. */
export interface Admission {
  /** Asked in the order of starting, just before a job starts. Null: it starts. */
  ask(subject: BreakerSubject): StartRefusal | null;
  /** The decision was not written: what was let through does not begin. */
  takeBack(): void;
}

/** Told of exactly once how the attempt ended. */
export interface BreakerAttempt {
  ended(outcome: JobOutcome): void;
  /** It came to no outcome of its own: it was cancelled, or another process goes on with it. */
  left(): void;
  /** It threw what was not expected; `stack` holds no secret. An outcome still follows. */
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
/** More than these within a minute say nothing that the last ones do not. */
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
   * The attempt that decides; without one, a job was let through whose attempt has not begun. What does not end in time is given up, and
   * another one may try.
   */
  trying: { readonly since: number; readonly attempt: BreakerAttempt | null } | null;
}

interface Switches {
  /** Why nothing of the type may start now in the project, by its registration. */
  stopOf(type: string, project: string): Reason | null;
  noteThrow(type: string, project: string, stack: string): void;
  /** It came back, well or not. */
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
      return breaker === undefined ? null : openHold(breaker, now());
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
      const hold = openHold(breaker, now());
      if (hold !== null) return hold;
      breaker.trying = { since: now(), attempt: null };
      passed.set(breaker, breaker.trying);
      return null;
    },
    takeBack() {
      for (const [breaker, trying] of passed) if (breaker.trying === trying) breaker.trying = null;
    },
  };
}

/** Null: it says nothing of the target or the type; the work was never asked for, or was stopped by a clock or the platform. */
function verdictOf({ phase, reason: { code } }: JobOutcome): "trouble" | "answered" | null {
  if (phase !== "succeeded" && TROUBLE.has(code)) return "trouble";
  return phase === "succeeded" || phase === "failed" ? "answered" : null;
}

/** Breakers by project and type, and within by version and target. Targets come from inputs, so what is over is forgotten. */
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

  /** One that is open is kept for as long as it may still say something: until its try is long over. */
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
    // Answers of jobs that had begun before it opened tell nothing new.
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

/** A time that is further away than a breaker may be open: the clock was set back meanwhile. */
function isWithin(since: number, now: number): boolean {
  return now < since + OPEN_FOR && since <= now;
}

function openHold(breaker: Breaker, now: number): StartRefusal | null {
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
