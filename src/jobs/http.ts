// The job type `http`: it calls an address and checks the answer. src/outgoing decides which addresses this server may
// call. The body of the answer becomes an output, complete or not at all. A call that may do harm when it is repeated
// (POST, PATCH) is made once, unless its step says otherwise. After a crash of the server, a call that was in progress
// is made again with the same Idempotency-Key.
import { z } from "zod";
import { defineJob } from "../catalog/define.ts";
import { type JobOutcome, type JobRun, OUTPUT_LIMIT } from "../catalog/job.ts";
import { described } from "../catalog/sharedFields.ts";
import { isObject, type Json, type JsonObject, readJson } from "../model/data/json.ts";
import type { Params } from "../model/data/text.ts";
import { mapStrings } from "../model/document/sealed.ts";
import { reason } from "../model/reasons/reason.ts";
import type { RetryPolicy } from "../model/run/plan.ts";
import { type OutgoingAnswer, OutgoingRefused } from "../ports/outgoing.ts";
import { hostOf, refusedCall, wrongStatus } from "./remote/calls.ts";

const KEY = "idempotency-key";

const input = z.strictObject({
  url: z.url().max(2_000).meta({ title: "Address", description: "https, unless the operator allows plain http" }),
  method: described(
    z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]).default("GET"),
    "POST and PATCH are sent once and tried again only if the address was not reached. With `retry` on the step or a header Idempotency-Key they are tried 3 times, like the other methods",
    "POST 与 PATCH 只发送一次，仅在未能连上对方时重试；如果步骤设置了 `retry`，或带有 Idempotency-Key 请求头，则与其他方法一样最多尝试 3 次",
  ),
  headers: described(
    z.record(z.string(), z.string()).default({}),
    "Headers of the request. An Idempotency-Key allows kubemin to repeat the call (default of that header: RUN/STEP)",
    "请求头；设置 Idempotency-Key 表示该请求可以重复（该请求头默认为 运行/步骤）",
  ),
  body: z.json().optional().meta({ description: "Body of the request, sent as JSON" }),
  expect: z
    .array(z.int().min(100).max(599))
    .default([200, 201, 202, 204])
    .meta({ description: "HTTP statuses that count as success" }),
  answer: described(
    z.enum(["any", "json", "none"]).default("any"),
    "How the body of the answer is kept, at most 64 KB: any (JSON as JSON, other content as text), json (other content is a failure), none (only the status is kept)",
    "如何保留响应体，最多 64 KB：any（JSON 按 JSON 保留，其他内容按文本保留）、json（不是 JSON 则失败）、none（只保留状态码）",
  ),
});
type HttpRun = JobRun<z.output<typeof input>>;

const AGAIN: RetryPolicy = { attempts: 3, backoff: 2_000 };
const ONCE: RetryPolicy = { attempts: 1, backoff: AGAIN.backoff, untouched: AGAIN.attempts };
const REPEATABLE: ReadonlySet<unknown> = new Set(["GET", "HEAD", "PUT", "DELETE"]);
const ANSWER_BYTES = 1_000_000;
/** Statuses of answers that have no body, even if a header names a content type. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);
type Lost = "AnswerTooLong" | "AnswerNotRead" | "AnswerNotJson" | "AnswerNotExact" | "AnswerNotText";

export const http = defineJob({
  name: "http",
  summary: { en: "Calls an address and checks the answer", zh: "请求一个地址并检查返回" },
  input,
  secrecy: ([field]) => (field === "headers" || field === "body" ? "either" : "clear"),
  output: z.object({ status: z.int(), body: z.json().optional() }),
  timeout: 5 * 60_000,
  clocks: { attempt: 60_000 },
  retry: (raw) => (isRepeatable(raw) ? AGAIN : ONCE),
  target: ({ url }) => hostOf(url),
  step: {
    examples: [
      {
        title: { en: "Notify a deployment tool", zh: "通知部署工具" },
        value: { url: "https://example.com/hooks/deployed", method: "POST", body: { application: "shop" } },
      },
    ],
  },
  async run(job) {
    const host = hostOf(job.input.url);
    job.report(reason("Calling", { target: host }));
    try {
      return outcomeOf(job, host, await call(job));
    } catch (error) {
      if (error instanceof OutgoingRefused) return refusedCall(host, error);
      throw error;
    }
  },
});

/** A method that comes from a reference is not known yet, so the call counts as not repeatable. */
function isRepeatable({ method = "GET", headers }: JsonObject): boolean {
  return REPEATABLE.has(method) || (isObject(headers) && Object.keys(headers).some((one) => one.toLowerCase() === KEY));
}

function call(job: HttpRun): Promise<OutgoingAnswer> {
  const { url, method, headers, body } = job.input;
  const given = Object.entries(opened(job, headers)).map(([name, value]) => [name.toLowerCase(), value] as const);
  return job.outgoing.request({
    url,
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      [KEY]: `${job.run}/${job.job}`,
      ...Object.fromEntries(given),
      ...fences(job),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(opened(job, body)) }),
    signal: job.signal,
    limits: { answerBytes: ANSWER_BYTES },
    tooLarge: "cut",
  });
}

/**
 * A body that cannot be kept completely fails the job: a step that refers to a missing body would silently take its
 * default.
 */
function outcomeOf(
  { input: { expect, answer, method } }: HttpRun,
  target: string,
  answered: OutgoingAnswer,
): JobOutcome {
  const { status, cut } = answered;
  if (!expect.includes(status)) return wrongStatus(target, answered);
  const lost = (code: Lost, params: Params = {}): JobOutcome => {
    const why = reason(code, { target, status, ...params });
    return { phase: "failed", reason: why, evidence: [], retryable: false };
  };
  const succeeded = (output: JsonObject): JobOutcome => ({
    phase: "succeeded",
    reason: reason("Answered", { target, status }),
    output,
  });
  if (answer === "none") return succeeded({ status });
  if (cut === true) return lost("AnswerNotRead", { limit: ANSWER_BYTES });
  if (answered.garbled !== undefined) return lost("AnswerNotText", { charset: answered.garbled });
  const read = readJson(answered.body);
  if (read.is === "inexact") return lost("AnswerNotExact", { pointer: `/body${read.pointer}` });
  const body = read.is === "json" ? kept(read.value) : undefined;
  const mustBeJson = answer === "json" || (saysJson(answered) && method !== "HEAD" && !BODILESS.has(status));
  if (mustBeJson && body === undefined) return lost("AnswerNotJson");
  const output = { status, ...(answered.body === "" ? {} : { body: body === undefined ? answered.body : body }) };
  const size = JSON.stringify(output).length;
  return size > OUTPUT_LIMIT ? lost("AnswerTooLong", { size, limit: OUTPUT_LIMIT }) : succeeded(output);
}

/** `undefined` when the value is nested too deeply to be checked, or contains a number that JSON cannot express. */
function kept(value: Json): Json | undefined {
  try {
    return z.json().parse(value);
  } catch {
    return undefined;
  }
}

function saysJson({ headers }: OutgoingAnswer): boolean {
  return /^application\/(json|[\w.-]+\+json)\s*(;|$)/i.test(headers["content-type"] ?? "");
}

/**
 * Opens sealed values, so that the called address gets them. Before the answer is kept, the engine searches it for
 * these secrets.
 */
function opened<T extends Json>({ reveal }: HttpRun, value: T): T {
  return mapStrings(value, (text) => reveal(text)) as T; // only strings change
}

/**
 * Fence numbers of the locks that this job has. The called service can refuse a call with a smaller number than the
 * last one it saw.
 */
function fences({ locks }: HttpRun): Readonly<Record<string, string>> {
  if (locks.length === 0) return {};
  return { "kubemin-fence": locks.map(({ key, fence }) => `${encodeURI(key)}=${fence}`).join(", ") };
}
