// Prints one line per change, for pipes, CI and logs. Every line has the time, the job and its phase in words, so that
// it can be searched.
import { readName } from "../../../model/kubernetes/name.ts";
import { isSettled, PHASES } from "../../../model/run/phase.ts";
import { isStateOfJobs, runStateRow } from "../../../model/run/runState.ts";
import type { CommandContext } from "../../grammar/command.ts";
import { SANDBOX } from "../../output/sandbox.ts";
import { oneLine } from "../../terminal/width.ts";
import type { ApiJob, ApiRun, ProgressRenderer } from "./progress.ts";
import { activeFrom, details, elapsed } from "./tree.ts";

export function plainProgress(context: CommandContext): ProgressRenderer {
  const { stderr } = context.terminal;
  const said = new Map<string, string>();
  let number: number | undefined;
  const line = (at: string, text: string): void => stderr.write(`${clock(at)} ${oneLine(text)}\n`);
  return {
    show(run, at) {
      if (number === undefined) line(run.createdAt, startLine(context, run));
      number = run.number;
      for (const job of run.jobs) {
        // The time is not compared: it differs slightly between an event and the run that is fetched later.
        const state = `${job.phase} ${details(job, context.language)}`;
        if (said.get(job.name) === state || (!said.has(job.name) && job.phase === "waiting")) continue;
        const since = said.has(job.name) ? null : (activeFrom(job) ?? job.startedAt);
        said.set(job.name, state);
        line((isSettled(job.phase) ? job.finishedAt : since) ?? at, jobText(context, job));
      }
      if (run.phase !== "running" && said.get("") !== run.phase) {
        said.set("", run.phase);
        line(run.finishedAt ?? at, endLine(context, run));
      }
      // The state of the run is printed only if its jobs do not show it.
      const held = isHeld(run) ? `${run.state} ${run.reason?.message ?? ""}` : "";
      if (run.phase === "running" && held !== (said.get("") ?? "")) {
        said.set("", held);
        if (held !== "") line(at, heldLine(context, run));
      }
    },
    log: (job, text, at) => line(at, `${job} │ ${text}`),
    notice: (text) => line(context.terminal.now().toISOString(), text),
    end: () => undefined,
  };
}

/** The time of day in the local time zone. */
function clock(at: string): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function startLine(context: CommandContext, run: ApiRun): string {
  const { revision, jobs, workflow } = run;
  const application = readName(run.application);
  const where = run.clusterKind === "sandbox" ? context.say(SANDBOX) : run.cluster;
  if (application === null)
    return context.say(
      isHeld(run)
        ? {
            en: "{workflow} {id} accepted {jobs} jobs on {where}",
            zh: "{workflow} {id} 已接受，共 {jobs} 个作业，{where}",
          }
        : {
            en: "{workflow} {id} started {jobs} jobs on {where}",
            zh: "{workflow} {id} 已开始，共 {jobs} 个作业，{where}",
          },
      { workflow, id: run.id, jobs: jobs.length, where },
    );
  return context.say(
    isHeld(run)
      ? {
          en: "run {number} accepted {application} v{revision} {jobs} jobs on {where}",
          zh: "运行 {number} 已接受 {application} v{revision}，共 {jobs} 个作业，{where}",
        }
      : {
          en: "run {number} started {application} v{revision} {jobs} jobs on {where}",
          zh: "运行 {number} 已开始 {application} v{revision}，共 {jobs} 个作业，{where}",
        },
    { number: run.number, application, revision, jobs: jobs.length, where },
  );
}

/** Whether the whole run is held back or stopped, which the phases of its jobs do not show. */
function isHeld({ state }: ApiRun): boolean {
  return !isStateOfJobs(state);
}

/** The state of a run and its reason, such as `run 3 queued: …`. */
function heldLine(context: CommandContext, run: ApiRun): string {
  const word = runStateRow(run.state).text[context.language];
  const name =
    readName(run.application) === null
      ? `${run.workflow} ${run.id}`
      : context.say({ en: "run {number}", zh: "运行 {number}" }, { number: run.number });
  return `${name} ${word}${run.reason === undefined ? "" : `: ${run.reason.message}`}`;
}

function endLine(context: CommandContext, run: ApiRun): string {
  const phase = PHASES[run.phase].text[context.language];
  if (readName(run.application) === null) return `${run.workflow} ${run.id} ${phase}`;
  return context.say({ en: "run {number} {phase}", zh: "运行 {number} {phase}" }, { number: run.number, phase });
}

function jobText(context: CommandContext, job: ApiJob): string {
  const word = PHASES[job.phase].text[context.language];
  const time = isSettled(job.phase) ? elapsed(job, context.terminal.now()) : "";
  return [job.name, word, time, details(job, context.language)].filter((part) => part !== "").join(" ");
}
