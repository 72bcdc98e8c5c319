// Where a job or a run stands, and everything that follows from that word alone. This is the only list of phases: what is shown, counted
// or folded by phase is a column here, so that a new phase cannot be forgotten anywhere. `reason.ts` says why.
// queued: the engine holds it back (a slot, a limit, a lock, the pause before a retry). pending: the attempt has begun, the user's program has not.
// failed means one thing only: the user's program ran, or what it asked for was wrong; the other endings name another owner, and
// timed-out is the end of what ran for longer than its clock allows.

import type { Localized } from "../data/text.ts";
import type { HealthState } from "../kubernetes/health.ts";
import type { Tone } from "../reasons/tone.ts";

/** How a phase ended: ok and left (not begun, or stopped on request) are no trouble by themselves; bad is. */
type Ending = "ok" | "left" | "bad";

interface PhaseRow {
  /** Null: it goes on. */
  readonly ending: Ending | null;
  readonly glyph: string;
  readonly tone: Tone;
  /** When the screen is too small, the jobs with the smallest number are folded first. Everything that ended badly comes last. */
  readonly fold: number;
  /** What the phase says of a component whose objects are not on the cluster. */
  readonly health: HealthState;
  /** A run ends with the smallest number among its jobs. Null: the phase does not decide how the run ends. */
  readonly verdict: number | null;
  /** How a registration calls the ending in `retry.on`, and whether such an attempt uses up one of those that the job has. */
  readonly retry: { readonly word: "failed" | "start_failed" | "interrupted"; readonly counts: boolean } | null;
  /** The program of the job may have run, and said something. */
  readonly ran: boolean;
  /** The reason that tells at a past moment how a job in this phase stood, and since when. */
  readonly stood: string;
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
    next: [],
    text: { en: "interrupted", zh: "被平台中断" },
  },
  // Of both nothing was made, or not to the end: their job says why, and the cluster would only say that something is missing.
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
    next: [],
    text: { en: "cancelled", zh: "已取消" },
  },
} as const satisfies Record<string, PhaseRow>;

export type Phase = keyof typeof PHASES;
export const PHASE_NAMES = Object.keys(PHASES) as readonly Phase[]; // keys of a const object: the cast only narrows

/** The phases that end a job without its work being done, and without a user having asked for that. */
export type BadEnding = { [P in Phase]: (typeof PHASES)[P]["ending"] extends "bad" ? P : never }[Phase];

/** What a job can end a run with: the phases that have a number in the column `verdict`. */
export type DecidingPhase = { [P in Phase]: (typeof PHASES)[P]["verdict"] extends null ? never : P }[Phase];

/** The phases that decide how a run ends, the one that wins first. */
export const DECIDING = PHASE_NAMES.filter((phase): phase is DecidingPhase => PHASES[phase].verdict !== null).sort(
  (a, b) => PHASES[a].verdict - PHASES[b].verdict,
);

export function isSettled(phase: Phase): boolean {
  return PHASES[phase].ending !== null;
}

/** An attempt is under way: a process works on it. */
export function isActive(phase: Phase): phase is "pending" | "running" {
  return phase === "pending" || phase === "running";
}

/** Ended without having done its work: what needs it cannot start. */
export function isFailure(phase: Phase): boolean {
  return PHASES[phase].ending === "bad";
}

/** Ended, and what it was to do is not done, or not wholly: it went wrong, was stopped, or never began. */
export function isUndone(phase: Phase): boolean {
  return isSettled(phase) && PHASES[phase].ending !== "ok";
}

/** Such an ending used up one of the attempts of the job. */
export function usesUpAttempt(phase: Phase): boolean {
  return PHASES[phase].retry?.counts === true;
}

export function mayBecome(from: Phase, to: Phase): boolean {
  const next: readonly Phase[] = PHASES[from].next;
  return next.includes(to);
}
