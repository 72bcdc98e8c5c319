// The job type `notify`: it sends a message to all subscribers of the project's events (webhooks, Kafka, streams;
// src/sinks), or to one chat address that accepts `{"text": …}`. Delivery is at least once: when an answer is missing,
// and after a crash, the message may be sent twice, with the same `run` and `job`.

import { z } from "zod";
import { defineJob } from "../catalog/define.ts";
import type { JobOutcome, JobRun } from "../catalog/job.ts";
import { described } from "../catalog/sharedFields.ts";
import type { JsonObject } from "../model/data/json.ts";
import { maskSealed } from "../model/document/sealed.ts";
import { writtenName } from "../model/kubernetes/name.ts";
import { reason } from "../model/reasons/reason.ts";
import { OutgoingRefused } from "../ports/outgoing.ts";
import { hostOf, refusedCall, wrongStatus } from "./remote/calls.ts";

const input = z.strictObject({
  message: described(z.string().min(1).max(4_000), "Text of the message", "通知内容"),
  url: described(
    z.url().max(2_000).optional(),
    "Address of a chat's incoming webhook. It may get the message twice when its answer is lost. Default: all subscribers of the project's events",
    "聊天工具的 Webhook 地址（未收到响应时，消息可能送达两次）；默认通知项目事件的所有订阅者",
  ),
  data: described(
    z.record(z.string(), z.json()).default({}),
    "Data that is sent with the message, e.g. outputs of steps",
    "一并发送的数据，如步骤输出",
  ),
});
type NotifyRun = JobRun<z.output<typeof input>>;

export const notify = defineJob({
  name: "notify",
  summary: { en: "Notifies people", zh: "通知相关人员" },
  input,
  timeout: 5 * 60_000,
  clocks: { attempt: 60_000 },
  retry: { attempts: 3, backoff: 2_000 },
  target: ({ url }) => (url === undefined ? "" : hostOf(url)),
  step: {
    examples: [
      { title: { en: "To all subscribers", zh: "通知所有订阅者" }, value: { message: "shop is released" } },
      {
        title: { en: "To a chat", zh: "发送到聊天工具" },
        value: { message: "shop is released", url: "https://chat.example.com/hooks/team" },
      },
    ],
  },
  async run(job) {
    const { message, url } = job.input;
    const data = job.input.data as JsonObject; // the JSON type of zod equals JsonObject
    if (url !== undefined) return await post(job, url);
    await job.announce(message, data);
    return { phase: "succeeded", reason: reason("Announced", { message }) };
  },
});

async function post(job: NotifyRun, url: string): Promise<JobOutcome> {
  const host = hostOf(url);
  job.report(reason("Calling", { target: host }));
  const { project, application, run, job: name } = job;
  const data = maskSealed(job.input.data as JsonObject); // the JSON type of zod equals JsonObject
  const text = maskSealed(job.input.message);
  const body = JSON.stringify({ text, project, application: writtenName(application), run, job: name, data });
  const headers = { "content-type": "application/json", "idempotency-key": `${run}/${name}` };
  try {
    const request = { url, method: "POST", headers, body, signal: job.signal, tooLarge: "cut" } as const;
    const answer = await job.outgoing.request(request);
    if (answer.status < 200 || answer.status >= 300) return wrongStatus(host, answer);
    return { phase: "succeeded", reason: reason("Notified", { target: host }) };
  } catch (error) {
    if (error instanceof OutgoingRefused) return refusedCall(host, error);
    throw error;
  }
}
