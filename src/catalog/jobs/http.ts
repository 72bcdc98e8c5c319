// Calls an address and looks at the answer. Only where the operator lets this server call; what comes back is an output, cut to size.
import { z } from "zod";
import type { Json } from "../../model/json.ts";
import { OUTGOING_REFUSALS } from "../../model/outgoingRefusal.ts";
import { reason } from "../../model/reason.ts";
import { mapStrings } from "../../model/sealed.ts";
import { OutgoingRefused } from "../../ports/outgoing.ts";
import { defineJob } from "../define.ts";
import type { JobOutcome, JobRun } from "../job.ts";

const input = z.strictObject({
  url: z.url().max(2_000).meta({ title: "Address", description: "https, unless the operator allows plain http" }),
  method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]).default("GET"),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.json().optional().meta({ description: "sent as JSON" }),
  expect: z
    .array(z.int().min(100).max(599))
    .default([200, 201, 202, 204])
    .meta({ description: "statuses that count as success" }),
});
type HttpRun = JobRun<z.output<typeof input>>;

const BODY_LIMIT = 32 * 1024;

export const http = defineJob({
  name: "http",
  summary: { en: "Calls an address and checks the answer", zh: "请求一个地址并检查返回" },
  input,
  secrecy: ([field]) => (field === "headers" || field === "body" ? "either" : "clear"),
  output: z.object({ status: z.int(), body: z.json().optional() }),
  timeout: 5 * 60_000,
  clocks: { attempt: 60_000 },
  retry: { attempts: 3, backoff: 2_000 },
  step: {
    examples: [
      {
        title: { en: "tell a deployment tool", zh: "通知部署工具" },
        value: { url: "https://example.com/hooks/deployed", method: "POST", body: { application: "shop" } },
      },
    ],
  },
  async run(job) {
    const { host } = new URL(job.input.url);
    job.report(reason("Calling", { target: host }));
    try {
      return await call(job, host);
    } catch (error) {
      if (!(error instanceof OutgoingRefused)) throw error;
      const { passing } = OUTGOING_REFUSALS[error.code];
      const why = reason(passing ? "CallFailed" : "CallRefused", { target: host, detail: error.message });
      return { phase: passing ? "failed" : "rejected", reason: why, evidence: [], retryable: passing };
    }
  },
});

async function call(job: HttpRun, host: string): Promise<JobOutcome> {
  const { url, method, headers, body, expect } = job.input;
  const answer = await job.outgoing.request({
    url,
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...opened(job, headers),
      "idempotency-key": `${job.run}/${job.job}`,
      ...fences(job),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(opened(job, body)) }),
    signal: job.signal,
  });
  const { status } = answer;
  if (expect.includes(status)) {
    const output = { status, ...parsed(answer.body) };
    return { phase: "succeeded", reason: reason("Answered", { target: host, status }), output };
  }
  const why = reason("CallFailed", { target: host, detail: `it answered with status ${status}` });
  const evidence = [{ source: "response" as const, object: host, text: answer.body.slice(0, 500) }];
  return { phase: "failed", reason: why, evidence, retryable: status >= 500 || status === 429 };
}

/** Secrets of inputs and of other steps reach whoever is called, and nobody else: the answer is searched for them before it is kept. */
function opened<T extends Json>({ reveal }: HttpRun, value: T): T {
  return mapStrings(value, (text) => reveal(text)) as T; // only strings change
}

/** Whoever is called can refuse what comes with a smaller number than it has seen for that lock. */
function fences({ locks }: HttpRun): Readonly<Record<string, string>> {
  if (locks.length === 0) return {};
  return { "kubemin-fence": locks.map(({ key, fence }) => `${encodeURI(key)}=${fence}`).join(", ") };
}

/** JSON as JSON, anything else as text; what is too long is left out. */
function parsed(text: string) {
  if (text === "" || text.length > BODY_LIMIT) return {};
  try {
    return { body: z.json().parse(JSON.parse(text)) };
  } catch {
    return { body: text };
  }
}
