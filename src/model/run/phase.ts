// The phases of jobs and runs, and everything that follows from the phase alone. This is the only list of phases: each
// display, count or order that depends on the phase is a column here, so that a new phase cannot be forgotten anywhere.
// model/reasons/reason.ts has the reasons.
// queued: the engine holds the job back (for a slot, a limit, a lock, or the pause before a retry).
// pending: the attempt has begun, the user's program has not.
// failed: the user's program ran, or what the document asked for was wrong. All other bad endings have another cause.
// timed-out: the job ran for longer than one of its clocks allows.

import type { Localized } from "../data/text.ts";
import type { HealthState } from "../kubernetes/health.ts";
import type { Tone } from "../reasons/tone.ts";

/** ok: the work is done · left: the job was not begun, or was stopped on request · bad: all other endings. */
type Ending = "ok" | "left" | "bad";

interface PhaseRow {
  /** `null` while the job or the run has not ended. */
  readonly ending: Ending | null;
  readonly glyph: string;
  readonly tone: Tone;
  /**
   * When the screen is too small, the jobs with the smallest number are folded first. Bad endings have the largest
   * ones.
   */
  readonly fold: number;
  /** Health of a component whose job is in this phase and whose objects are not on the cluster. */
  readonly health: HealthState;
  /** A run ends in the phase with the smallest number among its jobs. `null` when the phase does not decide that. */
  readonly verdict: number | null;
  /**
   * The name of the ending in `retry.on` of a registration, and whether such an attempt counts against the attempts of
   * the job. `null` when the phase is never retried.
   */
  readonly retry: { readonly word: "failed" | "start_failed" | "interrupted"; readonly counts: boolean } | null;
  /** Whether the program of the job may have run, so that it may have a log. */
  readonly ran: boolean;
  /** Code of the row in model/reasons/momentReasons.ts that describes a job in this phase at a past moment. */
  readonly stood: string;
  /** Exit code of a command that watched a run with this ending. `null` when no run ends so. */
  readonly exit: number | null;
  readonly next: readonly string[];
  readonly text: Localized;
}

const FROM_ACTIVE = [
  "queued",
  "succeeded",
  "failed",
  "timed-out",
  "rejected",
  "expired",
  "start-failed",
  "interrupted",
  "cancelled",
] as const;
// "interrupted": a run whose drivers vanished again and again is ended as a whole.
const BEFORE_START = ["running", "skipped", "cancelled", "rejected", "failed", "expired", "interrupted"] as const;

export const PHASES = {
  waiting: {
    ending: null,
    glyph: "○",
    tone: "muted",
    fold: 3,
    health: "progressing",
    verdict: null,
    retry: null,
    ran: false,
    stood: "NotBegun",
    exit: null,
    next: ["queued", ...BEFORE_START],
    text: { en: "waiting", zh: "等待依赖" },
  },
  queued: {
    ending: null,
    glyph: "◔",
    tone: "muted",
    fold: 4,
    health: "progressing",
    verdict: null,
    retry: null,
    ran: false,
    stood: "HeldSince",
    exit: null,
    // A job that waits for its next attempt may run out of the time of all attempts together.
    next: [...BEFORE_START, "timed-out"],
    text: { en: "queued", zh: "排队中" },
  },
  pending: {
    ending: null,
    glyph: "◑",
    tone: "warning",
    fold: 5,
    health: "progressing",
    verdict: null,
    retry: null,
    ran: false,
    stood: "PendingSince",
    exit: null,
    next: ["running", ...FROM_ACTIVE],
    text: { en: "pending", zh: "等待资源" },
  },
  running: {
    ending: null,
    glyph: "◐",
    tone: "info",
    fold: 6,
    health: "progressing",
    verdict: null,
    retry: null,
    ran: true,
    stood: "RanSince",
    exit: null,
    next: ["pending", ...FROM_ACTIVE],
    text: { en: "running", zh: "运行中" },
  },
  succeeded: {
    ending: "ok",
    glyph: "●",
    tone: "success",
    fold: 0,
    health: "ready",
    verdict: null,
    retry: null,
    ran: true,
    stood: "SucceededAt",
    exit: 0,
    next: [],
    text: { en: "succeeded", zh: "成功" },
  },
  failed: {
    ending: "bad",
    glyph: "✕",
    tone: "danger",
    fold: 12,
    health: "failed",
    verdict: 0,
    retry: { word: "failed", counts: true },
    ran: true,
    stood: "WentWrongAt",
    exit: 1,
    next: [],
    text: { en: "failed", zh: "失败" },
  },
  "timed-out": {
    ending: "bad",
    glyph: "◷",
    tone: "danger",
    fold: 11,
    health: "failed",
    verdict: 1,
    retry: { word: "failed", counts: true },
    ran: true,
    stood: "WentWrongAt",
    exit: 14,
    next: [],
    text: { en: "timed out", zh: "运行超时" },
  },
  rejected: {
    ending: "bad",
    glyph: "⊘",
    tone: "danger",
    fold: 9,
    health: "rejected",
    verdict: 4,
    retry: null,
    ran: false,
    stood: "WentWrongAt",
    exit: 3,
    next: [],
    text: { en: "rejected", zh: "平台拒绝" },
  },
  expired: {
    ending: "bad",
    glyph: "⧗",
    tone: "warning",
    fold: 7,
    health: "failed",
    verdict: 5,
    retry: null,
    ran: false,
    stood: "WentWrongAt",
    exit: 11,
    next: [],
    text: { en: "gave up waiting", zh: "等待超时" },
  },
  "start-failed": {
    ending: "bad",
    glyph: "⊗",
    tone: "danger",
    fold: 10,
    health: "failed",
    verdict: 2,
    retry: { word: "start_failed", counts: true },
    ran: false,
    stood: "WentWrongAt",
    exit: 12,
    next: [],
    text: { en: "could not start", zh: "启动失败" },
  },
  interrupted: {
    ending: "bad",
    glyph: "↯",
    tone: "warning",
    fold: 8,
    health: "failed",
    verdict: 3,
    retry: { word: "interrupted", counts: false },
    ran: true,
    stood: "WentWrongAt",
    exit: 13,
    next: [],
    text: { en: "interrupted", zh: "被平台中断" },
  },
  // The objects of skipped and cancelled jobs were not created, or not all of them. The reason of the job explains why;
  // the cluster could only report that they are missing.
  skipped: {
    ending: "left",
    glyph: "⌀",
    tone: "muted",
    fold: 1,
    health: "missing",
    verdict: null,
    retry: null,
    ran: false,
    stood: "SkippedAt",
    exit: null,
    next: [],
    text: { en: "skipped", zh: "已跳过" },
  },
  cancelled: {
    ending: "left",
    glyph: "■",
    tone: "muted",
    fold: 2,
    health: "missing",
    verdict: 6,
    retry: null,
    ran: true,
    stood: "CancelledAt",
    exit: 15,
    next: [],
    text: { en: "cancelled", zh: "已取消" },
  },
} as const satisfies Record<string, PhaseRow>;

export type Phase = keyof typeof PHASES;
export const PHASE_NAMES = Object.keys(PHASES) as readonly Phase[]; // keys of a const object: the cast only narrows

/** The phases that end a job without its work being done, although no user asked for that. */
export type BadEnding = { [P in Phase]: (typeof PHASES)[P]["ending"] extends "bad" ? P : never }[Phase];

/** The phases that decide how a run ends: those with a number in the column `verdict`. */
export type DecidingPhase = { [P in Phase]: (typeof PHASES)[P]["verdict"] extends null ? never : P }[Phase];

/** The phases that decide how a run ends. An earlier one wins over a later one. */
export const DECIDING = PHASE_NAMES.filter((phase): phase is DecidingPhase => PHASES[phase].verdict !== null).sort(
  (a, b) => PHASES[a].verdict - PHASES[b].verdict,
);

export function isSettled(phase: Phase): boolean {
  return PHASES[phase].ending !== null;
}

/** Whether an attempt is under way. */
export function isActive(phase: Phase): phase is "pending" | "running" {
  return phase === "pending" || phase === "running";
}

/** Whether the job ended badly, so that the jobs that need its success cannot start. */
export function isFailure(phase: Phase): boolean {
  return PHASES[phase].ending === "bad";
}

/** Whether the job ended without completing its work: it failed, was stopped, or never began. */
export function isUndone(phase: Phase): boolean {
  return isSettled(phase) && PHASES[phase].ending !== "ok";
}

/** Whether this ending counts against the attempts of the job. */
export function usesUpAttempt(phase: Phase): boolean {
  return PHASES[phase].retry?.counts === true;
}

export function mayBecome(from: Phase, to: Phase): boolean {
  const next: readonly Phase[] = PHASES[from].next;
  return next.includes(to);
}
