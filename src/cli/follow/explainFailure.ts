// Prints why a run failed: the cause in one sentence, the evidence, the last lines of the log, and what to do. A part
// that cannot be read is left out without an error, so that the result of the run is always shown.

import type { Client } from "../../api/client.ts";
import type { Localized } from "../../model/data/text.ts";
import { readName } from "../../model/kubernetes/name.ts";
import { isFailure, PHASES } from "../../model/run/phase.ts";
import type { CommandContext } from "../grammar/command.ts";
import { painter, phaseWord } from "../terminal/style.ts";
import { oneLine } from "../terminal/width.ts";
import { runName } from "./findRun.ts";
import type { ApiJob, ApiRun } from "./progress/progress.ts";

const LAST_LINES = 20;
const SHOWN = 3;

export async function explainFailure(context: CommandContext, client: Client, run: ApiRun): Promise<void> {
  const failed = run.jobs.filter((job) => isFailure(job.phase));
  for (const job of failed.slice(0, SHOWN)) await explainJob(context, client, { run, job });
  if (failed.length > SHOWN)
    context.terminal.stderr.write(
      `${context.say({ en: "and {count} more; see: kubemin watch {run}", zh: "另有 {count} 个；参见：kubemin watch {run}" }, { count: failed.length - SHOWN, run: runName(run) })}\n`,
    );
  await sayWhy(context, client, run);
  sayWhatToDo(context, run, failed);
}

async function explainJob(
  context: CommandContext,
  client: Client,
  { run, job }: { run: ApiRun; job: ApiJob },
): Promise<void> {
  const { stderr } = context.terminal;
  const paint = painter(context.terminal, stderr);
  stderr.write(
    `\n${paint(PHASES[job.phase].tone, `${phaseWord(job.phase, context.language)} ${job.name}`)}: ${job.reason.message}\n`,
  );
  for (const { object, text } of job.evidence.filter((one) => one.source !== "log"))
    stderr.write(`  ${object}: ${oneLine(text)}\n`);
  const lines = await lastLines(context, client, { run, job });
  if (lines.length === 0) return;
  stderr.write(`  ${paint("muted", context.say({ en: "end of its log:", zh: "日志末尾：" }))}\n`);
  for (const line of lines) stderr.write(`  │ ${oneLine(line)}\n`);
}

/**
 * The stored log of a task; for other jobs the log in the evidence of the verdict, or what the containers of the
 * component print now.
 */
async function lastLines(
  context: CommandContext,
  client: Client,
  { run, job }: { run: ApiRun; job: ApiJob },
): Promise<readonly string[]> {
  const project = context.globals.project;
  const kept = await client
    .call("getJobLog", { params: { project, run: run.id, job: job.name }, query: { limit: LAST_LINES } })
    .catch(() => ({ items: [] }));
  if (kept.items.length > 0) return kept.items.slice(-LAST_LINES).map((line) => line.text);
  const evidence = job.evidence.filter((one) => one.source === "log").flatMap((one) => one.text.split("\n"));
  // A program that never ran has no log. The pods that run are those of the version before, and their log would
  // mislead.
  const neverRan = !PHASES[job.phase].ran;
  if (evidence.length > 0 || readName(job.component) === null || run.kind === "delete" || neverRan)
    return evidence.slice(-LAST_LINES);
  return await podLines(context, client, { run, job });
}

async function podLines(
  context: CommandContext,
  client: Client,
  { run, job }: { run: ApiRun; job: ApiJob },
): Promise<readonly string[]> {
  const stop = new AbortController();
  const done = new AbortController();
  void context.terminal.sleep(5_000, done.signal).then(() => stop.abort());
  const params = { project: context.globals.project, application: run.application };
  const lines: string[] = [];
  try {
    const stream = client.stream(
      "streamLogs",
      {
        params,
        query: { component: job.component, tail: LAST_LINES, previous: String(job.reason.code === "CrashLoop") },
      },
      stop.signal,
    );
    for await (const { data } of stream) lines.push(data.text);
  } catch {
    // Without a pod there is no log; the evidence was printed already.
  } finally {
    done.abort();
  }
  return lines.slice(-LAST_LINES);
}

async function sayWhy(context: CommandContext, client: Client, run: ApiRun): Promise<void> {
  if (run.phase === "cancelled" || run.kind !== "deploy" || run.jobs.every((job) => readName(job.component) === null))
    return;
  // Explains this run, not the present state of the application: a rollback may have followed already.
  const params = { project: context.globals.project, run: run.id };
  const why = await client.call("explainRun", { params, query: {} }).catch(() => undefined);
  if (why !== undefined && why.sentence !== "") context.terminal.stderr.write(`\n${why.sentence}\n`);
}

const AGAIN = {
  deployed: {
    en: "what to do: fix the document or the program, then deploy again",
    zh: "怎么办：修改文档或程序后重新部署",
  },
  started: {
    en: "what to do: fix the workflow or the programs that it calls, then run it again",
    zh: "怎么办：修改工作流或其调用的程序后重新运行",
  },
  unanswered: {
    en: "what to do: retry, and approve it in time (kubemin approve RUN)",
    zh: "怎么办：重试，并及时批准（kubemin approve RUN）",
  },
  denied: { en: "what to do: ask the person who denied it, then retry", zh: "怎么办：与拒绝者沟通后重试" },
} as const;

const ACTOR = {
  operator: { en: "what to do: ask the operator of the cluster, then retry", zh: "怎么办：联系集群管理员后重试" },
  nobody: { en: "what to do: try again", zh: "怎么办：重试" },
} as const;

/** The advice of the server comes first, except for answers of people, about which the command line knows more. */
function adviceOf(run: ApiRun, { type, phase, reason, advice }: ApiJob): Localized {
  if (reason.code === "Denied") return AGAIN.denied;
  if (type === "approve" && PHASES[phase].ending === "bad") return AGAIN.unanswered;
  if (advice !== undefined) return { en: `what to do: ${advice}`, zh: `怎么办：${advice}` };
  if (reason.who !== "you") return ACTOR[reason.who];
  return run.kind === "workflow" ? AGAIN.started : AGAIN.deployed;
}

/** The command that shows more about the job: its log, or why its program never ran. */
function whereToLook(run: ApiRun, { name, component, type, phase }: ApiJob): readonly string[] {
  if (!PHASES[phase].ran) return [`kubemin why ${runName(run)}/${name}`];
  if (readName(run.application) === null) return [`kubemin logs ${runName(run)}/${name}`];
  if (readName(component) === null) return [];
  // Only logs of tasks are stored by run; all other logs are read from the pods.
  return [`kubemin logs ${run.application}/${component}${type === "task" ? ` --run ${run.number}` : ""}`];
}

function sayWhatToDo(context: CommandContext, run: ApiRun, failed: readonly ApiJob[]): void {
  const { stderr } = context.terminal;
  const name = runName(run);
  const first = failed[0];
  if (first !== undefined) stderr.write(`\n${context.say(adviceOf(run, first))}\n`);
  const lines = [
    ...(first === undefined ? [] : whereToLook(run, first)),
    `kubemin retry ${name}${first === undefined ? "" : ` --from ${first.name}`}`,
  ];
  for (const line of lines) stderr.write(`  ${line}\n`);
}
