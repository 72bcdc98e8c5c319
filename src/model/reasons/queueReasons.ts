// What a queue on the cluster (Kueue, Volcano) does with a job. Rows of the table of reasons; the rules are in
// src/capacity/queues.

import type { Localized } from "../data/text.ts";
import type { Actor } from "./actor.ts";

export const QUEUE_REASONS = {
  QueueWaits: {
    who: "nobody",
    text: { en: "waits in queue {queue}: {detail}", zh: "正在队列 {queue} 中等待：{detail}" },
  },
  QueueQuotaBusy: {
    who: "nobody",
    text: {
      en: "waits in queue {queue} for quota that is in use; more is needed of {missing}",
      zh: "正在队列 {queue} 中等待已被占用的配额，还需要：{missing}",
    },
  },
  QueueEvicted: {
    who: "nobody",
    text: {
      en: "queue {queue} stopped it, and it waits there again: {detail}",
      zh: "队列 {queue} 将其停止，现重新排队：{detail}",
    },
  },
  QueuePlace: {
    who: "nobody",
    text: { en: "{position} of {of} in queue {queue}", zh: "队列 {queue} 中第 {position} 位，共 {of} 个" },
  },
  QueueRefused: {
    who: "operator",
    text: { en: "queue {queue} will never admit it: {detail}", zh: "队列 {queue} 永远不会接纳：{detail}" },
  },
  QueueTooSmall: {
    who: "operator",
    text: {
      en: "queue {queue} can never hold it: it asks for {need}, and the most that the queue may have is {have}",
      zh: "队列 {queue} 永远无法容纳：请求 {need}，而该队列最多可有 {have}",
    },
  },
  QueueNoFlavor: {
    who: "you",
    text: {
      en: "no resource flavor of queue {queue} can take it: {detail}",
      zh: "队列 {queue} 的资源规格都不适合：{detail}",
    },
  },
  QueueMissing: {
    who: "operator",
    text: { en: "queue {queue} does not exist", zh: "队列 {queue} 不存在" },
  },
  QueueClosed: {
    who: "operator",
    text: { en: "queue {queue} is closed: {detail}", zh: "队列 {queue} 已关闭：{detail}" },
  },
  QueueGaveUp: {
    who: "nobody",
    text: { en: "queue {queue} gave up: {detail}", zh: "队列 {queue} 已放弃：{detail}" },
  },
  PodGated: {
    who: "nobody",
    text: {
      en: "waits until another program removes the scheduling gate {gates}",
      zh: "等待其他程序移除调度门控 {gates}",
    },
  },
} as const satisfies Record<string, { readonly who: Actor; readonly text: Localized }>;
