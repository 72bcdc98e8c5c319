// Why an answer to a step, or a report of an attempt, comes at the wrong time. Rows of the table of reasons; they are
// the causes of the errors NotAsking and StaleAttempt.

import { type Localized } from "../data/text.ts";
import type { Actor } from "./actor.ts";

export const ANSWER_REASONS = {
  TakesNoMessage: { who: "you", text: { en: "its type takes no {kind}", zh: "其类型不接受 {kind}" } },
  StepEnded: { who: "nobody", text: { en: "it has ended: {phase}", zh: "已结束：{phase}" } },
  RunCancelled: {
    who: "nobody",
    text: { en: "{actor} has cancelled the run", zh: "运行已被 {actor} 取消" },
  },
  NotAskedYet: {
    who: "nobody",
    text: { en: "it does not ask yet, it is {phase}", zh: "尚未提问，当前为 {phase}" },
  },
  AttemptOver: {
    who: "nobody",
    text: {
      en: "attempt {attempt} is over, attempt {current} asks",
      zh: "第 {attempt} 次尝试已结束，现在提问的是第 {current} 次",
    },
  },
  JobGone: { who: "nobody", text: { en: "the run has no such job any more", zh: "运行中已没有该作业" } },
  AttemptStands: {
    who: "nobody",
    text: { en: "the job is {phase}, in attempt {current}", zh: "作业当前为 {phase}，第 {current} 次尝试" },
  },
  ReportedBefore: {
    who: "nobody",
    text: { en: "its {kind} was reported before", zh: "{kind} 此前已上报" },
  },
} as const satisfies Record<string, { readonly who: Actor; readonly text: Localized }>;
