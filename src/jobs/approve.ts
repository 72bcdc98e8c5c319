// The job type `approve`: it waits until a person approves or denies. The first decision by an allowed person for this
// attempt counts. The API already refuses decisions by other people (src/server); this file checks each message again.
// The job type has no deadline of its own: when the step's timeout passes, the job ends as expired.
import { z } from "zod";
import { defineJob } from "../catalog/define.ts";
import { type JobMessage, type JobOutcome, type JobRun, STOPPED } from "../catalog/job.ts";
import { described } from "../catalog/sharedFields.ts";
import type { JsonObject } from "../model/data/json.ts";
import { reason } from "../model/reasons/reason.ts";

const approveInput = z.strictObject({
  message: described(z.string().min(1).max(2_000), "What is to be decided", "需要决定的事项"),
  who: described(
    z.array(z.string().min(1).max(200)).min(1).max(100).optional(),
    "Names of the tokens that may decide. Default: every token that may deploy",
    "可以做决定的令牌名称；默认为所有有部署权限的令牌",
  ),
});
type ApproveRun = JobRun<z.output<typeof approveInput>>;

/** The data of a message of kind `approval`, which the API writes into the job's inbox. */
const decision = z.object({ decision: z.enum(["approve", "deny"]), comment: z.string().max(10_000).default("") });

const APPROVAL_MESSAGE = "approval";

export const approve = defineJob({
  name: "approve",
  summary: { en: "Asks a person for approval", zh: "请求人工批准" },
  input: approveInput,
  output: z.strictObject({
    decision: z.literal("approve"),
    actor: z.string(),
    comment: z.string(),
    at: z.string(),
  }),
  step: {
    examples: [
      {
        title: { en: "One of two people approves", zh: "由两人中的一人批准" },
        value: { message: "Deploy to production?", who: ["alice", "bob"] },
      },
    ],
  },
  timeout: 7 * 24 * 60 * 60_000,
  parks: true,
  accepts: {
    [APPROVAL_MESSAGE]: { data: decision, asks: "Approval", from: ({ who }) => who },
  },
  async run(job) {
    const { message, who } = job.input;
    const asked = reason("Approval", { ...(who === undefined ? {} : { who: who.join(", ") }), message });
    job.report(asked, [], "pending");
    for await (const one of job.messages()) {
      const outcome = decided(job, one);
      if (outcome !== null) return outcome;
    }
    return STOPPED;
  },
});

/** The outcome that a message leads to; `null` when the message decides nothing. */
function decided({ input, attempt }: ApproveRun, message: JobMessage): JobOutcome | null {
  const { kind, data, actor, at } = message;
  if (kind !== APPROVAL_MESSAGE || message.attempt !== attempt) return null;
  if (input.who !== undefined && !input.who.includes(actor)) return null;
  const said = decision.safeParse(data);
  if (!said.success) return null;
  const { comment } = said.data;
  const params = { actor, comment: comment === "" ? "" : `: ${comment}` };
  if (said.data.decision === "deny")
    return { phase: "rejected", reason: reason("Denied", params), evidence: [], retryable: false };
  const output: JsonObject = { decision: "approve", actor, comment, at };
  return { phase: "succeeded", reason: reason("Approved", params), output };
}
