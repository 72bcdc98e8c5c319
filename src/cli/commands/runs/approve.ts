// kubemin approve: the answer that a run waits for.

import { findRun, runName } from "../../follow/findRun.ts";
import type { ApiJob, ApiRun } from "../../follow/progress/progress.ts";
import { type CommandContext, defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { Failure, usageFailure } from "../../grammar/failure.ts";
import { connect } from "../../reach/connect.ts";
import { RUN_ARGUMENT } from "../shared.ts";

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
    { line: "approve shop release", text: { en: "one of several steps that wait", zh: "多个等待步骤中的一个" } },
    {
      line: 'approve shop#3 release --deny --comment "tests are red"',
      text: { en: "say no, and why", zh: "拒绝并说明原因" },
    },
  ],
  arguments: [
    RUN_ARGUMENT,
    {
      name: "STEP",
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
    const { name: job, attempt } = answered(run, context);
    const { deny, comment = "" } = context.options;
    await client.call("tellJob", {
      params: { project: context.globals.project, run: run.id, job },
      body: { kind: "approval", data: { decision: deny ? "deny" : "approve", comment }, ...attempt },
    });
    const said = deny ? { en: "denied {job}", zh: "已拒绝 {job}" } : { en: "approved {job}", zh: "已批准 {job}" };
    context.terminal.stdout.write(`${context.say(said, { job })}\n`);
    return EXIT.done.code;
  },
});

/** The step that is named, or the only one that waits. What is named and does not wait is for the server to refuse: it knows why. */
function answered(
  run: ApiRun,
  context: Pick<CommandContext, "arguments">,
): { readonly name: string; readonly attempt: { readonly attempt?: number } } {
  const named = context.arguments[1];
  const waiting = run.jobs.filter((job) => job.reason.code === "Approval" && job.finishedAt === null);
  const meant = named === undefined ? waiting : calledSo(waiting, named);
  const [job] = meant;
  if (job !== undefined && meant.length === 1) return { name: job.name, attempt: { attempt: job.attempt } };
  if (named !== undefined && meant.length === 0) return { name: named, attempt: {} };
  if (job === undefined) throw new Failure(NOTHING_TO_APPROVE, { run: runName(run) });
  const lines = meant.map((one) => `\n  ${one.name}: ${one.reason.message}`).join("");
  throw usageFailure(
    {
      en: "{count} steps of run {run} wait for an approval:{lines}",
      zh: "运行 {run} 有 {count} 个步骤等待审批：{lines}",
    },
    { en: "say which one: kubemin approve {run} {first}", zh: "请指定其中一个：kubemin approve {run} {first}" },
    { count: meant.length, run: runName(run), lines, first: job.name },
  );
}

/** By its whole name, else by that of the step alone, without the groups around it. */
function calledSo(jobs: readonly ApiJob[], word: string): readonly ApiJob[] {
  const exactly = jobs.filter((job) => job.name === word);
  return exactly.length > 0 ? exactly : jobs.filter((job) => job.step?.at(-1) === word);
}
