// Makes the lines of the live tree so that they fit the screen. Pure, so that a test can check the size with random
// runs. Jobs that do not fit are folded into a line that counts them: succeeded jobs first, failed jobs last.

import type { Language } from "../../../model/data/text.ts";
import { formatDuration } from "../../../model/document/duration.ts";
import { readName } from "../../../model/kubernetes/name.ts";
import type { Tone } from "../../../model/reasons/tone.ts";
import { PHASE_NAMES, PHASES } from "../../../model/run/phase.ts";
import { isStateOfJobs, runStateRow } from "../../../model/run/runState.ts";
import { SANDBOX } from "../../output/sandbox.ts";
import { displayWidth, oneLine, pad, truncate } from "../../terminal/width.ts";
import type { ApiJob, ApiRun } from "./progress.ts";

export interface TreeLine {
  readonly tone: Tone;
  readonly text: string;
}
export interface JobLogLine {
  readonly job: string;
  readonly text: string;
}
interface TreeInput {
  readonly run: ApiRun;
  /** The last log lines, the newest one last. */
  readonly logs: readonly JobLogLine[];
  readonly notice: string | undefined;
  readonly now: Date;
  readonly language: Language;
}
interface Size {
  readonly columns: number;
  readonly rows: number;
}

const LOG_LINES = 5;
/** Reasons whose message is not shown, because it says the same as the phase. */
const SILENT: ReadonlySet<string> = new Set(["Ready", "Completed"]);

/** Returns at most `rows - 1` lines of at most `columns - 1` columns each; the cursor needs one row. */
export function treeLines(input: TreeInput, { columns, rows }: Size): readonly TreeLine[] {
  const room = Math.max(1, rows - 1);
  const width = Math.max(1, columns - 1);
  // On a very small screen the jobs are more important than the notice.
  const notice: readonly TreeLine[] =
    input.notice === undefined || room < 4 ? [] : [{ tone: "warning", text: ` ${input.notice}` }];
  const head = room === 1 ? countedHead(input) : headLine(input);
  const jobs = room === 1 ? [] : jobLines(input, room - 1 - notice.length);
  const free = room - 1 - jobs.length - notice.length;
  const logs = input.logs.slice(Math.max(0, input.logs.length - Math.min(LOG_LINES, Math.max(0, free))));
  const tail = logs.map(({ job, text }): TreeLine => ({ tone: "muted", text: ` ▸ ${job} │ ${oneLine(text)}` }));
  return [head, ...jobs, ...(free > 0 ? tail : []), ...notice]
    .slice(0, room)
    .map(({ tone, text }) => ({ tone, text: truncate(text, width) }));
}

function headLine({ run, now, language }: TreeInput): TreeLine {
  const until = run.finishedAt === null ? now.getTime() : Date.parse(run.finishedAt);
  const application = readName(run.application);
  const parts = [
    application === null ? run.workflow : `${application} v${run.revision}`,
    ...(run.kind === "delete" ? [language === "zh" ? "删除" : "delete"] : []),
    application === null ? run.id : language === "zh" ? `运行 ${run.number}` : `run ${run.number}`,
    formatDuration(Math.max(0, until - Date.parse(run.createdAt))),
    ...(run.clusterKind === "sandbox" ? [SANDBOX[language]] : [run.cluster]),
    // The jobs show whether the run waits or runs; only this line shows that the whole run is held back.
    ...(run.phase !== "running" || isStateOfJobs(run.state)
      ? []
      : [[runStateRow(run.state).text[language], run.reason?.message ?? ""].filter((text) => text !== "").join(": ")]),
  ];
  return { tone: "strong", text: oneLine(parts.join(" · ")) };
}

/**
 * The jobs in the order of the document, as many as fit. The column `fold` of the table of phases decides which jobs
 * are folded: no failed job is folded while a harmless one is shown. All folded jobs are counted.
 */
function jobLines(input: TreeInput, room: number): readonly TreeLine[] {
  const { jobs } = input.run;
  const hidden = foldedJobs(jobs, room);
  const shown = jobs.filter((job) => !hidden.has(job));
  const done = [...hidden].filter((job) => PHASES[job.phase].ending === "ok");
  const rest = [...hidden].filter((job) => PHASES[job.phase].ending !== "ok");
  const widths = columnsFor(shown, input.language);
  const { language } = input;
  if (room === 1 && hidden.size > 0) return [foldLine(jobs, shown.length, language)];
  return [
    ...(done.length === 0 ? [] : [foldLine(done, 0, language)]),
    ...shown.map((job) => jobLine(job, widths, input)),
    ...(rest.length === 0 ? [] : [foldLine(rest, shown.length, language)]),
  ];
}

/** All succeeded jobs are folded into the first line; of the others, only as many as necessary into the last line. */
function foldedJobs(jobs: readonly ApiJob[], room: number): ReadonlySet<ApiJob> {
  if (jobs.length <= room) return new Set();
  const done = jobs.filter((job) => PHASES[job.phase].ending === "ok");
  const rest = jobs.filter((job) => PHASES[job.phase].ending !== "ok");
  const left = room - (done.length === 0 ? 0 : 1);
  if (rest.length <= left) return new Set(done);
  // Of equally urgent jobs the later ones are folded, so that lines which were shown first keep their place.
  const byNeed = rest
    .map((job, place) => ({ job, place }))
    .sort((a, b) => urgency(b.job) - urgency(a.job) || a.place - b.place);
  return new Set([...done, ...byNeed.slice(Math.max(0, left - 1)).map(({ job }) => job)]);
}

/**
 * A job that needs a person to act gets half a step more: it is folded after its neighbours, but before failed jobs.
 */
function urgency({ phase, reason }: ApiJob): number {
  const { ending, fold } = PHASES[phase];
  return ending === "bad" ? fold : fold + (ending === null && reason.who !== "nobody" ? 0.5 : 0);
}

/** The line for folded jobs: `● 38 succeeded`, or `and 12 more: 11 pending, 1 failed` with the worst phase first. */
function foldLine(jobs: readonly ApiJob[], shown: number, language: Language): TreeLine {
  const counts = PHASE_NAMES.map((phase) => ({ phase, count: jobs.filter((job) => job.phase === phase).length }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => PHASES[b.phase].fold - PHASES[a.phase].fold);
  const worst = counts[0]?.phase ?? "waiting";
  const kinds = counts
    .map(({ phase, count }) => `${count} ${language === "zh" ? "个" : ""}${PHASES[phase].text[language]}`)
    .join(language === "zh" ? "，" : ", ");
  const all = language === "zh" ? `另有 ${jobs.length} 个：` : `and ${jobs.length} more: `;
  return { tone: PHASES[worst].tone, text: `${PHASES[worst].glyph} ${shown === 0 ? "" : all}${kinds}` };
}

/** Where there is no row for jobs at all, the head counts them. */
function countedHead(input: TreeInput): TreeLine {
  const { text, tone } = headLine(input);
  const { jobs } = input.run;
  return jobs.length === 0 ? { tone, text } : { tone, text: `${foldLine(jobs, 0, input.language).text} · ${text}` };
}

interface Widths {
  readonly name: number;
  readonly phase: number;
}

function columnsFor(jobs: readonly ApiJob[], language: Language): Widths {
  return {
    name: Math.min(32, Math.max(0, ...jobs.map((job) => displayWidth(job.name)))),
    phase: Math.max(0, ...jobs.map((job) => displayWidth(PHASES[job.phase].text[language]))),
  };
}

function jobLine(job: ApiJob, widths: Widths, { now, language }: TreeInput): TreeLine {
  const stuck = job.phase === "running" && job.reason.who === "operator";
  const glyph = stuck ? `${PHASES.running.glyph}!` : `${PHASES[job.phase].glyph} `;
  const text = [
    `${glyph}${pad(truncate(job.name, widths.name), widths.name)}`,
    pad(PHASES[job.phase].text[language], widths.phase),
    pad(elapsed(job, now), 7),
    details(job, language),
  ].join("  ");
  return { tone: stuck ? "warning" : PHASES[job.phase].tone, text: text.trimEnd() };
}

export function elapsed(job: ApiJob, now: Date): string {
  if (job.startedAt === null) return "";
  const until = job.finishedAt === null ? now.getTime() : Date.parse(job.finishedAt);
  return formatDuration(Math.max(0, until - Date.parse(activeFrom(job) ?? job.startedAt)));
}

/** Since when a repeated attempt runs or is pending. `null` for a first attempt, and when no attempt is under way. */
export function activeFrom({ attempt, activeSince }: ApiJob): string | null {
  return attempt > 1 ? activeSince : null;
}

/**
 * `attempt 2/3`, of the attempts that the document allows; `attempt 3` for a job that was interrupted, because
 * interruptions do not use up attempts. Then how the attempt before ended.
 */
function attemptTexts({ attempt, attempts, interruptions, phase, earlier }: ApiJob, language: Language) {
  const isZh = language === "zh";
  const count = interruptions > 0 ? String(attempt) : `${attempt}/${attempts}`;
  const many = attempt > 1 || (attempt === 1 && attempts > 1 && phase === "running");
  const before = phase === "queued" ? undefined : earlier.at(-1);
  return [
    ...(many ? [isZh ? `第 ${count} 次` : `attempt ${count}`] : []),
    ...(before === undefined
      ? []
      : [
          isZh
            ? `第 ${before.attempt} 次的结局：${oneLine(before.reason.message)}`
            : `attempt ${before.attempt} ended: ${oneLine(before.reason.message)}`,
        ]),
  ];
}

/** The details of a job in addition to its phase: `attempt 2/3 · 1 of 2 replicas ready`. */
export function details(job: ApiJob, language: Language): string {
  // The evidence about capacity: which pods occupy it, the place in the queue, how long others waited.
  const waiting = job.phase === "pending" ? job.evidence.filter(({ source }) => source === "capacity") : [];
  return [
    ...attemptTexts(job, language),
    ...(SILENT.has(job.reason.code) ? [] : [oneLine(job.reason.message)]),
    ...waiting.map(({ text }) => oneLine(text)),
  ].join(" · ");
}
