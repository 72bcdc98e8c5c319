// Where a job or a run stands. Few words, closed tables; `reason.ts` says why.
// queued: the engine holds it back (a slot, a limit, a lock, the pause before a retry). pending: the attempt has begun, the user's program has not.
// failed means one thing only: the user's program ran, or what it asked for was wrong; the other endings name another owner, and
// timed-out is the end of what ran for longer than its clock allows.
import type { Localized } from "./text.ts";

export const PHASES = {
  waiting: {
    settled: false,
    glyph: "○",
    next: ["queued", "running", "skipped", "cancelled", "rejected", "failed", "expired"],
    text: { en: "waiting", zh: "等待依赖" },
  },
  queued: {
    settled: false,
    glyph: "◔",
    next: ["running", "skipped", "cancelled", "rejected", "failed", "expired"],
    text: { en: "queued", zh: "排队中" },
  },
  pending: {
    settled: false,
    glyph: "◑",
    next: [
      "running",
      "queued",
      "succeeded",
      "failed",
      "timed-out",
      "rejected",
      "expired",
      "start-failed",
      "interrupted",
      "cancelled",
    ],
    text: { en: "pending", zh: "等待资源" },
  },
  running: {
    settled: false,
    glyph: "◐",
    next: [
      "pending",
      "queued",
      "succeeded",
      "failed",
      "timed-out",
      "rejected",
      "expired",
      "start-failed",
      "interrupted",
      "cancelled",
    ],
    text: { en: "running", zh: "运行中" },
  },
  succeeded: { settled: true, glyph: "●", next: [], text: { en: "succeeded", zh: "成功" } },
  failed: { settled: true, glyph: "✕", next: [], text: { en: "failed", zh: "失败" } },
  "timed-out": { settled: true, glyph: "◷", next: [], text: { en: "timed out", zh: "运行超时" } },
  rejected: { settled: true, glyph: "⊘", next: [], text: { en: "rejected", zh: "平台拒绝" } },
  expired: { settled: true, glyph: "⧗", next: [], text: { en: "gave up waiting", zh: "等待超时" } },
  "start-failed": { settled: true, glyph: "⊗", next: [], text: { en: "could not start", zh: "启动失败" } },
  interrupted: { settled: true, glyph: "↯", next: [], text: { en: "interrupted", zh: "被平台中断" } },
  skipped: { settled: true, glyph: "⌀", next: [], text: { en: "skipped", zh: "已跳过" } },
  cancelled: { settled: true, glyph: "■", next: [], text: { en: "cancelled", zh: "已取消" } },
} as const satisfies Record<string, { settled: boolean; glyph: string; next: readonly string[]; text: Localized }>;

export type Phase = keyof typeof PHASES;
export const PHASE_NAMES = Object.keys(PHASES) as readonly Phase[]; // keys of a const object: the cast only narrows

export function isSettled(phase: Phase): boolean {
  return PHASES[phase].settled;
}

/** An attempt is under way: somebody is at work on it. */
export function isActive(phase: Phase): phase is "pending" | "running" {
  return phase === "pending" || phase === "running";
}

/** Ended without having done its work: what needs it cannot start. */
export function isFailure(phase: Phase): boolean {
  return isSettled(phase) && phase !== "succeeded" && phase !== "skipped" && phase !== "cancelled";
}

export function mayBecome(from: Phase, to: Phase): boolean {
  const next: readonly Phase[] = PHASES[from].next;
  return next.includes(to);
}
