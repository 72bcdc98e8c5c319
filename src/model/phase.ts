// Where a job or a run stands. Few words, closed tables; `reason.ts` says why.
import type { Localized } from "./text.ts";

export const PHASES = {
  waiting: {
    settled: false,
    glyph: "○",
    next: ["queued", "running", "skipped", "cancelled"],
    text: { en: "waiting", zh: "等待依赖" },
  },
  queued: {
    settled: false,
    glyph: "◔",
    next: ["running", "cancelled", "rejected", "failed"],
    text: { en: "queued", zh: "排队中" },
  },
  running: {
    settled: false,
    glyph: "◐",
    next: ["queued", "succeeded", "failed", "rejected", "cancelled"],
    text: { en: "running", zh: "运行中" },
  },
  succeeded: { settled: true, glyph: "●", next: [], text: { en: "succeeded", zh: "成功" } },
  failed: { settled: true, glyph: "✕", next: [], text: { en: "failed", zh: "失败" } },
  rejected: { settled: true, glyph: "⊘", next: [], text: { en: "rejected", zh: "平台拒绝" } },
  skipped: { settled: true, glyph: "⌀", next: [], text: { en: "skipped", zh: "已跳过" } },
  cancelled: { settled: true, glyph: "■", next: [], text: { en: "cancelled", zh: "已取消" } },
} as const satisfies Record<string, { settled: boolean; glyph: string; next: readonly string[]; text: Localized }>;

export type Phase = keyof typeof PHASES;
export const PHASE_NAMES = Object.keys(PHASES) as readonly Phase[]; // keys of a const object: the cast only narrows

export function isSettled(phase: Phase): boolean {
  return PHASES[phase].settled;
}

export function mayBecome(from: Phase, to: Phase): boolean {
  const next: readonly Phase[] = PHASES[from].next;
  return next.includes(to);
}
