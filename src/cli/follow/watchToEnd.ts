// Watches a run until it has ended and prints the result, for every command that starts or watches a run. Ctrl-C stops
// watching; it never cancels the run. The events are followed in watch.ts.

import type { Client } from "../../api/client.ts";
import { formatDuration } from "../../model/document/duration.ts";
import { readName } from "../../model/kubernetes/name.ts";
import { runStateRow, runStateWord } from "../../model/run/runState.ts";
import type { CommandContext } from "../grammar/command.ts";
import { EXIT, exitOfRun } from "../grammar/exitCodes.ts";
import { printData } from "../output/output.ts";
import { clusterLabel } from "../output/sandbox.ts";
import { painter } from "../terminal/style.ts";
import { explainFailure } from "./explainFailure.ts";
import { runName } from "./findRun.ts";
import type { ApiRun } from "./progress/progress.ts";
import { progressFor } from "./progress/renderer.ts";
import { watchRun } from "./watch.ts";

interface WatchedRun {
  readonly client: Client;
  readonly run: ApiRun;
  /** How long to watch, in milliseconds; `undefined` to watch until the run has ended. */
  readonly timeout: number | undefined;
}

/** The options that all commands have which start a run. */
export const WATCH_OPTIONS = {
  timeout: {
    type: "duration",
    value: "DURATION",
    summary: { en: "stop watching after this time, with exit code 8", zh: "超过该时长后停止观察，退出码为 8" },
  },
  detach: { type: "flag", short: "d", summary: { en: "do not watch", zh: "不观察" } },
  "no-watch": { type: "flag", summary: { en: "the same as --detach", zh: "同 --detach" } },
} as const;

interface StartedRun {
  readonly client: Client;
  readonly run: ApiRun;
  readonly options: { readonly timeout: number | undefined; readonly detach: boolean; readonly "no-watch": boolean };
}

/** Watches a run that was accepted or, with --detach, prints how to watch it. Returns the exit code. */
export async function settleStarted(context: CommandContext, { client, run, options }: StartedRun): Promise<number> {
  if (!options.detach && !options["no-watch"])
    return await watchToEnd(context, { client, run, timeout: options.timeout });
  if (context.globals.output === "name") context.terminal.stdout.write(`${runName(run)}\n`);
  else if (!printData(context, run)) {
    context.terminal.stdout.write(`${runTitle(context, run)}\n`);
    sayHowToReturn(context, run);
  }
  return EXIT.done.code;
}

export async function watchToEnd(context: CommandContext, { client, run, timeout }: WatchedRun): Promise<number> {
  const ended = await watchUntil(context, { client, run, timeout });
  if (ended.run.phase === "running") {
    if (ended.why === "interrupted") context.terminal.stderr.write("\n");
    else
      context.terminal.stderr.write(
        `${context.say(
          { en: "still {state} after {timeout}", zh: "{timeout} 后仍为：{state}" },
          { timeout: formatDuration(timeout ?? 0), state: runStateRow(ended.run.state).text[context.language] },
        )}\n`,
      );
    sayHowToReturn(context, ended.run);
    return ended.why === "interrupted" ? EXIT.interrupted.code : EXIT.pending.code;
  }
  await sayEnd(context, client, ended.run);
  return exitOfRun(ended.run.phase);
}

interface Watched {
  readonly run: ApiRun;
  readonly why: "ended" | "interrupted" | "timeout";
}

async function watchUntil(context: CommandContext, { client, run, timeout }: WatchedRun): Promise<Watched> {
  const { terminal } = context;
  const interrupted = new AbortController();
  const late = new AbortController();
  const over = new AbortController();
  const forget = terminal.onInterrupt(() => interrupted.abort());
  if (timeout !== undefined)
    void terminal.sleep(timeout, over.signal).then(() => {
      if (!over.signal.aborted) late.abort();
    });
  const progress = progressFor(context);
  try {
    const signal = AbortSignal.any([interrupted.signal, late.signal]);
    const last = await watchRun({ context, client, progress, signal }, run);
    const why = interrupted.signal.aborted ? "interrupted" : late.signal.aborted ? "timeout" : "ended";
    return { run: last, why };
  } finally {
    progress.end();
    over.abort();
    forget();
  }
}

/** A run on one line: `shop v3 · run 3 · ● succeeded · 41s · sandbox (simulated, nothing runs)`. */
export function runTitle(context: CommandContext, run: ApiRun): string {
  const took = run.finishedAt === null ? undefined : Date.parse(run.finishedAt) - Date.parse(run.createdAt);
  const application = readName(run.application);
  return [
    application === null ? `${run.workflow} ${run.id}` : `${application} v${run.revision}`,
    ...(application === null ? [] : [context.say({ en: "run {number}", zh: "运行 {number}" }, { number: run.number })]),
    painter(context.terminal, context.terminal.stdout)(
      runStateRow(run.state).tone,
      runStateWord(run.state, context.language),
    ),
    ...(took === undefined ? [] : [formatDuration(Math.max(0, took))]),
    clusterLabel(context, { name: run.cluster, kind: run.clusterKind }),
    ...(run.namespace === "" ? [] : [run.namespace]),
  ].join(" · ");
}

function sayHowToReturn(context: CommandContext, run: ApiRun): void {
  context.terminal.stderr.write(
    `${context.say(
      {
        en: "the run continues; watch it again: kubemin watch {run}   cancel it: kubemin cancel {run}",
        zh: "运行仍在继续；返回观察：kubemin watch {run}   取消：kubemin cancel {run}",
      },
      { run: runName(run) },
    )}\n`,
  );
}

async function sayEnd(context: CommandContext, client: Client, run: ApiRun): Promise<void> {
  if (!printData(context, run)) {
    const name = context.globals.output === "name";
    context.terminal.stdout.write(`${name ? runName(run) : runTitle(context, run)}\n`);
    if (!name && run.phase === "succeeded" && run.kind === "deploy") await sayAddresses(context, client, run);
  }
  if (run.phase !== "succeeded") await explainFailure(context, client, run);
}

async function sayAddresses(context: CommandContext, client: Client, run: ApiRun): Promise<void> {
  const params = { project: context.globals.project, application: run.application };
  // The run has succeeded. An error while reading its status must not make the command fail.
  const status = await client.call("getStatus", { params }).catch(() => undefined);
  for (const address of status?.addresses ?? []) context.terminal.stdout.write(`  ${address}\n`);
}
