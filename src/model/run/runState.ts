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
  /** The meaning of the state, for the guide and the description of the API. */
  readonly means: Localized;
}

export const UNFINISHED = {
  scheduled: {
    glyph: "◌",
    tone: "muted",
    text: { en: "scheduled", zh: "已预约" },
    means: { en: "its start time has not come yet", zh: "开始时间未到" },
  },
  queued: {
    glyph: "◔",
    tone: "muted",
    text: { en: "queued", zh: "排队中" },
    means: { en: "it waits for a free slot, or for a server that drives it", zh: "等待空闲名额，或等待服务器接手" },
  },
  running: {
    glyph: "◐",
    tone: "info",
    text: { en: "running", zh: "运行中" },
    means: { en: "at least one of its jobs is working", zh: "至少有一个作业在执行" },
  },
  waiting: {
    glyph: "◑",
    tone: "warning",
    text: { en: "waiting", zh: "等待中" },
    means: {
      en: "all jobs that have begun are waiting: for a person, a time, a lock, or capacity on the cluster",
      zh: "已开始的作业都在等待：人、时间、锁或集群资源",
    },
  },
  paused: {
    glyph: "‖",
    tone: "warning",
    text: { en: "paused", zh: "已暂停" },
    means: { en: "it starts nothing until it is resumed", zh: "恢复之前不启动任何东西" },
  },
  cancelling: {
    glyph: "◪",
    tone: "warning",
    text: { en: "being cancelled", zh: "取消中" },
    means: {
      en: "it is stopping what runs; its final steps may still run",
      zh: "正在停止运行中的作业；收尾步骤可能仍会执行",
    },
  },
} as const satisfies Record<string, StateRow>;

type UnfinishedState = keyof typeof UNFINISHED;
export type RunState = UnfinishedState | RunEnding;
export const UNFINISHED_STATES = Object.keys(UNFINISHED) as readonly UnfinishedState[]; // keys of a const object: the cast only narrows

function isUnfinished(state: RunState): state is UnfinishedState {
  return Object.hasOwn(UNFINISHED, state);
}

export function runStateRow(state: RunState): Pick<StateRow, "glyph" | "tone" | "text"> {
  return isUnfinished(state) ? UNFINISHED[state] : PHASES[state];
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
export function stateOfJobs(jobs: readonly Seen[]): "running" | "waiting" {
  const working = jobs.some((job) => job.phase === "running" && !onlyWaits(job));
  return !working && jobs.some(onlyWaits) ? "waiting" : "running";
}
