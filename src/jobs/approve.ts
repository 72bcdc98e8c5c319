// Waits until a person says yes or no. The first answer to this attempt of a person who may give one decides; the API refuses all others
// before, and what it let through is looked at again here. No deadline of its own: the step's timeout is one, and the job is then called
// expired.
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
    "Who may decide: names of tokens; without, everybody who may deploy",
    "谁可以决定：令牌名称；不写则为所有可部署者",
  ),
});
type ApproveRun = JobRun<z.output<typeof approveInput>>;

/** What the API writes into the job's inbox, of kind `approval`. */
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
        title: { en: "Two people may say yes", zh: "两人之一可以批准" },
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

/** Null: it decides nothing. */
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
