// The state of a run, for people. The phase of a run only says whether it has ended and how. The state also says what
// an unfinished run does: a run that begins next year, or that waits for a slot, is not running. The state is derived
// from what is stored and is never stored itself; src/engine/answering derives it.

import type { Language, Localized } from "../data/text.ts";
import type { Tone } from "../reasons/tone.ts";
import { isActive, PHASES, type Phase } from "./phase.ts";
import type { RunEnding } from "./run.ts";

interface StateRow {
  readonly glyph: string;
  readonly tone: Tone;
  readonly text: Localized;
  /** Whether the state follows from the jobs of the run, and not from a mark of the run or from the queue. */
  readonly byJobs: boolean;
  /** The meaning of the state, for the guide and the description of the API. */
  readonly means: Localized;
}

export const UNFINISHED = {
  scheduled: {
    glyph: "◌",
    tone: "muted",
    text: { en: "scheduled", zh: "已预约" },
    byJobs: false,
    means: { en: "its start time has not come yet", zh: "开始时间未到" },
  },
  queued: {
    glyph: "◔",
    tone: "muted",
    text: { en: "queued", zh: "排队中" },
    byJobs: false,
    means: { en: "it waits for a free slot, or for a server that drives it", zh: "等待空闲名额，或等待服务器接手" },
  },
  running: {
    glyph: "◐",
    tone: "info",
    text: { en: "running", zh: "运行中" },
    byJobs: true,
    means: { en: "at least one of its jobs is working", zh: "至少有一个作业在执行" },
  },
  pending: {
    glyph: "◑",
    tone: "warning",
    text: { en: "pending", zh: "等待资源" },
    byJobs: true,
    means: {
      en: "all jobs that have begun are pending: they wait for capacity on the cluster, or their pods are being started",
      zh: "已开始的作业都在等待资源：集群空闲资源不足，或 Pod 正在启动",
    },
  },
  waiting: {
    glyph: "◒",
    tone: "warning",
    text: { en: "waiting", zh: "等待中" },
    byJobs: true,
    means: {
      en: "all jobs that have begun are waiting, and at least one of them waits for a person, a time or a lock",
      zh: "已开始的作业都在等待，其中至少一个在等待人、时间或锁",
    },
  },
  paused: {
    glyph: "‖",
    tone: "warning",
    text: { en: "paused", zh: "已暂停" },
    byJobs: false,
    means: { en: "it starts nothing until it is resumed", zh: "恢复之前不启动任何东西" },
  },
  cancelling: {
    glyph: "◪",
    tone: "warning",
    text: { en: "being cancelled", zh: "取消中" },
    byJobs: false,
    means: {
      en: "it is stopping what runs; its final steps may still run",
      zh: "正在停止运行中的作业；收尾步骤可能仍会执行",
    },
  },
} as const satisfies Record<string, StateRow>;

type UnfinishedState = keyof typeof UNFINISHED;
export type RunState = UnfinishedState | RunEnding;
export const UNFINISHED_STATES = Object.keys(UNFINISHED) as readonly UnfinishedState[]; // keys of a const object: the cast only narrows

export function isUnfinished(state: RunState): state is UnfinishedState {
  return Object.hasOwn(UNFINISHED, state);
}

export function runStateRow(state: RunState): Pick<StateRow, "glyph" | "tone" | "text"> {
  return isUnfinished(state) ? UNFINISHED[state] : PHASES[state];
}

/** Whether the state follows from the jobs of the run, which then show by themselves what the run does. */
export function isStateOfJobs(state: RunState): boolean {
  return isUnfinished(state) && UNFINISHED[state].byJobs;
}

/** `◔ queued`. */
export function runStateWord(state: RunState, language: Language): string {
  const { glyph, text } = runStateRow(state);
  return `${glyph} ${text[language]}`;
}

/** Reasons of a running job that only waits for a person or for a time. */
const ONLY_WAITS: ReadonlySet<string> = new Set(["Approval", "WaitingUntil"]);

interface Seen {
  readonly phase: Phase;
  readonly reason: { readonly code: string };
}

/** Whether the job does nothing until something else happens. */
export function onlyWaits({ phase, reason }: Seen): boolean {
  return phase === "queued" || phase === "pending" || (isActive(phase) && ONLY_WAITS.has(reason.code));
}

/** The state of a run that a server drives and that is neither paused nor being cancelled. */
export function stateOfJobs(jobs: readonly Seen[]): "running" | "pending" | "waiting" {
  const waiting = jobs.filter(onlyWaits);
  if (waiting.length === 0 || jobs.some((job) => job.phase === "running" && !onlyWaits(job))) return "running";
  // A step that waits for a person or a time is pending as well, but no capacity will let it go on.
  return waiting.every(({ phase, reason }) => phase === "pending" && !ONLY_WAITS.has(reason.code))
    ? "pending"
    : "waiting";
}
