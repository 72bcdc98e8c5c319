// kubemin approve: the answer that a run waits for.
import { defineCommand } from "../command.ts";
import { connect } from "../connect.ts";
import { EXIT } from "../exitCodes.ts";
import { Failure } from "../failure.ts";
import { findRun } from "../runs.ts";
import { RUN_ARGUMENT } from "./shared.ts";

const NOTHING_TO_APPROVE = {
  code: "NotFound",
  exit: EXIT.notFound.code,
  text: { en: "run {run} waits for no approval", zh: "运行 {run} 没有等待审批的步骤" },
  advice: { en: "see: kubemin status, or kubemin watch {run}", zh: "参见：kubemin status 或 kubemin watch {run}" },
} as const;

export const approveCommand = defineCommand({
  name: "approve",
  summary: { en: "answer a step that waits for an approval", zh: "答复等待审批的步骤" },
  examples: [
    { line: "approve shop", text: { en: "what the newest run of shop waits for", zh: "shop 最新运行所等待的审批" } },
    {
      line: 'approve shop#3 release --deny --comment "tests are red"',
      text: { en: "say no, and why", zh: "拒绝并说明原因" },
    },
  ],
  arguments: [
    RUN_ARGUMENT,
    {
      name: "JOB",
      optional: true,
      complete: "nothing",
      summary: { en: "default: the only one that waits", zh: "默认：唯一等待审批的步骤" },
    },
  ],
  options: {
    deny: { type: "flag", summary: { en: "say no", zh: "拒绝" } },
    comment: { type: "text", value: "TEXT", summary: { en: "kept with the answer", zh: "随答复保存" } },
  },
  async run(context) {
    const client = connect(context);
    const run = await findRun(context, client, context.arguments[0] ?? "");
    const waiting = run.jobs.filter((job) => job.reason.code === "Approval" && job.finishedAt === null);
    const job = context.arguments[1] ?? (waiting.length === 1 ? waiting[0]?.name : undefined);
    if (job === undefined) throw new Failure(NOTHING_TO_APPROVE, { run: run.id });
    const { deny, comment = "" } = context.options;
    await client.call("tellJob", {
      params: { project: context.globals.project, run: run.id, job },
      body: { kind: "approval", data: { decision: deny ? "deny" : "approve", comment } },
    });
    const said = deny ? { en: "denied {job}", zh: "已拒绝 {job}" } : { en: "approved {job}", zh: "已批准 {job}" };
    context.terminal.stdout.write(`${context.say(said, { job })}\n`);
    return EXIT.done.code;
  },
});
