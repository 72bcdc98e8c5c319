// kubemin approve: answers a step of a run that waits for an approval, with yes or no.

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
  text: { en: "no step of run {run} waits for an approval", zh: "运行 {run} 没有等待审批的步骤" },
  advice: { en: "see: kubemin status, or kubemin watch {run}", zh: "参见：kubemin status 或 kubemin watch {run}" },
} as const;

export const approveCommand = defineCommand({
  name: "approve",
  summary: { en: "answer a step that waits for an approval", zh: "答复等待审批的步骤" },
  examples: [
    {
      line: "approve shop",
      text: { en: "the step for which the newest run of shop waits", zh: "shop 最新运行中等待审批的步骤" },
    },
    { line: "approve shop release", text: { en: "one of several steps that wait", zh: "多个等待审批的步骤中的一个" } },
    {
      line: 'approve shop#3 release --deny --comment "tests are red"',
      text: { en: "deny it, with a reason", zh: "拒绝并说明原因" },
    },
  ],
  arguments: [
    RUN_ARGUMENT,
    {
      name: "STEP",
      optional: true,
      complete: "nothing",
      summary: { en: "default: the only step that waits", zh: "默认：唯一等待审批的步骤" },
    },
  ],
  options: {
    deny: { type: "flag", summary: { en: "deny instead of approve", zh: "拒绝，而不是批准" } },
    comment: { type: "text", value: "TEXT", summary: { en: "stored with the answer", zh: "随答复保存" } },
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

/** The named step, or the only one that waits. If the named step does not wait, the server refuses it and says why. */
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
    { en: "name one of them: kubemin approve {run} {first}", zh: "请指定其中一个：kubemin approve {run} {first}" },
    { count: meant.length, run: runName(run), lines, first: job.name },
  );
}

/** Jobs with this full name, otherwise jobs whose step has this name, without the groups around it. */
function calledSo(jobs: readonly ApiJob[], word: string): readonly ApiJob[] {
  const exactly = jobs.filter((job) => job.name === word);
  return exactly.length > 0 ? exactly : jobs.filter((job) => job.step?.at(-1) === word);
}
