// The state of a run or of one of its jobs at a moment in the past. Rows of the table of reasons. The column `stood` of
// the phases (model/run/phase.ts) names the row for each phase.
import type { Localized } from "../data/text.ts";
import type { Actor } from "./actor.ts";

export const MOMENT_REASONS = {
  RunAt: {
    who: "nobody",
    text: {
      en: "at {at} {running} of its jobs were under way, {held} were held back, {waiting} had not begun, {ended} had ended",
      zh: "在 {at}：{running} 个作业进行中，{held} 个被暂缓，{waiting} 个尚未开始，{ended} 个已结束",
    },
  },
  NotTakenUpThen: {
    who: "nobody",
    text: {
      en: "nothing was decided about it yet: it waited for a slot, or for a server that drives runs",
      zh: "当时尚未作出任何决定：在等待名额或服务器接手",
    },
  },
  NotBegun: { who: "nobody", text: { en: "had not begun: {cause}", zh: "尚未开始：{cause}" } },
  HeldSince: {
    who: "nobody",
    text: { en: "had been held back since {since}: {cause}", zh: "自 {since} 起被暂缓：{cause}" },
  },
  PendingSince: {
    who: "nobody",
    text: { en: "had been waiting since {since}: {cause}", zh: "自 {since} 起等待：{cause}" },
  },
  RanSince: {
    who: "nobody",
    text: { en: "had been running since {since}: {cause}", zh: "自 {since} 起执行：{cause}" },
  },
  SucceededAt: { who: "nobody", text: { en: "had succeeded at {since}: {cause}", zh: "已于 {since} 成功：{cause}" } },
  SkippedAt: { who: "nobody", text: { en: "was skipped at {since}: {cause}", zh: "于 {since} 被跳过：{cause}" } },
  CancelledAt: { who: "nobody", text: { en: "was cancelled at {since}: {cause}", zh: "于 {since} 被取消：{cause}" } },
  WentWrongAt: {
    who: "nobody",
    text: { en: "had ended as {phase} at {since}: {cause}", zh: "于 {since} 结束（{phase}）：{cause}" },
  },
  PhaseWas: { who: "nobody", text: { en: "{phase} when this was decided", zh: "作出决定时为 {phase}" } },
  LockTaken: { who: "nobody", text: { en: "taken when it started", zh: "启动时取得" } },
  LockHeldBy: {
    who: "nobody",
    text: {
      en: "at most {limit} may hold it at a time; it was held by {holders}",
      zh: "最多 {limit} 个同时持有；当时由 {holders} 持有",
    },
  },
  ClockRan: {
    who: "nobody",
    text: { en: "had been running since {since}, limit {limit}", zh: "自 {since} 起计时，上限 {limit}" },
  },
  NotBefore: {
    who: "nobody",
    text: { en: "the next attempt does not start before {until}", zh: "下一次尝试不早于 {until}" },
  },
  AttemptEnded: {
    who: "nobody",
    text: { en: "attempt {attempt} ended at {at}: {cause}", zh: "第 {attempt} 次尝试于 {at} 结束：{cause}" },
  },
  MoreKept: { who: "nobody", text: { en: "and {count} more, which are not stored", zh: "另有 {count} 个，未保留" } },
} as const satisfies Record<string, { readonly who: Actor; readonly text: Localized }>;
