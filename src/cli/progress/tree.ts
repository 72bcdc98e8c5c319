// The live tree as lines: pure, so that "never wider, never higher than the screen" is a property that a test can try on random runs.
// What is too much is folded, never scrolled: settled siblings first, what is wrong last.
import { formatDuration } from "../../model/duration.ts";
import { PHASES, type Phase } from "../../model/phase.ts";
import type { Language } from "../../model/text.ts";
import { SANDBOX } from "../sandbox.ts";
import { PHASE_TONE, type Tone } from "../style.ts";
import { displayWidth, oneLine, pad, truncate } from "../width.ts";
import type { Job, Run } from "./progress.ts";

export interface Line {
  readonly tone: Tone;
  readonly text: string;
}
export interface LogTail {
  readonly job: string;
  readonly text: string;
}
export interface TreeInput {
  readonly run: Run;
  /** Newest last. */
  readonly logs: readonly LogTail[];
  readonly notice: string | undefined;
  readonly now: Date;
  readonly language: Language;
}
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** In this order; what comes late stays visible longest. Succeeded is folded as a whole, of the others just as many as must. */
const FOLDED: readonly Phase[] = [
  "succeeded",
  "skipped",
  "cancelled",
  "waiting",
  "queued",
  "running",
  "rejected",
  "timed-out",
  "failed",
];
const LOG_LINES = 5;
/** Their messages say no more than the phase does. */
const SILENT: ReadonlySet<string> = new Set(["Ready", "Completed", "Slot"]);

/** At most `rows - 1` lines (the cursor needs one) of at most `columns - 1` columns. */
export function treeLines(input: TreeInput, { columns, rows }: Size): readonly Line[] {
  const room = Math.max(1, rows - 1);
  const width = Math.max(1, columns - 1);
  const head = headLine(input);
  const notice: readonly Line[] = input.notice === undefined ? [] : [{ tone: "warning", text: ` ${input.notice}` }];
  const jobs = foldJobs(input, room - 1 - notice.length);
  const free = room - 1 - jobs.length - notice.length;
  const logs = input.logs.slice(Math.max(0, input.logs.length - Math.min(LOG_LINES, Math.max(0, free))));
  const tail = logs.map(({ job, text }): Line => ({ tone: "muted", text: ` ▸ ${job} │ ${oneLine(text)}` }));
  return [head, ...jobs, ...(free > 0 ? tail : []), ...notice]
    .slice(0, room)
    .map(({ tone, text }) => ({ tone, text: truncate(text, width) }));
}

function headLine({ run, now, language }: TreeInput): Line {
  const until = run.finishedAt === null ? now.getTime() : Date.parse(run.finishedAt);
  const parts = [
    run.application === "" ? run.workflow : `${run.application} v${run.revision}`,
    ...(run.kind === "delete" ? [language === "zh" ? "删除" : "delete"] : []),
    run.application === "" ? run.id : language === "zh" ? `运行 ${run.number}` : `run ${run.number}`,
    formatDuration(Math.max(0, until - Date.parse(run.createdAt))),
    ...(run.clusterKind === "sandbox" ? [SANDBOX[language]] : [run.cluster]),
  ];
  return { tone: "strong", text: oneLine(parts.join(" · ")) };
}

function foldJobs(input: TreeInput, room: number): readonly Line[] {
  const { jobs } = input.run;
  const hidden = new Set<Job>();
  const folds: Line[] = [];
  for (const phase of FOLDED) {
    const over = jobs.length - hidden.size + folds.length - room;
    if (over <= 0) break;
    const group = jobs.filter((job) => job.phase === phase);
    if (group.length < 2) continue;
    const gone = phase === "succeeded" ? group : group.slice(Math.max(0, group.length - over - 1));
    for (const job of gone) hidden.add(job);
    folds.push(foldLine({ phase, count: gone.length, all: gone.length === group.length, language: input.language }));
  }
  const shown = jobs.filter((job) => !hidden.has(job));
  const widths = columnsFor(shown, input.language);
  return [...folds.slice(0, 1), ...shown.map((job) => jobLine(job, widths, input)), ...folds.slice(1)].slice(
    0,
    Math.max(0, room),
  );
}

function foldLine(fold: {
  readonly phase: Phase;
  readonly count: number;
  readonly all: boolean;
  readonly language: Language;
}): Line {
  const { glyph, text } = PHASES[fold.phase];
  const more = fold.all ? "" : fold.language === "zh" ? "另有 " : "more ";
  const words = fold.language === "zh" ? `${more}${fold.count} 个${text.zh}` : `${fold.count} ${more}${text.en}`;
  return { tone: PHASE_TONE[fold.phase], text: `${glyph} ${words}` };
}

interface Widths {
  readonly name: number;
  readonly phase: number;
}

function columnsFor(jobs: readonly Job[], language: Language): Widths {
  return {
    name: Math.min(32, Math.max(0, ...jobs.map((job) => displayWidth(job.name)))),
    phase: Math.max(0, ...jobs.map((job) => displayWidth(PHASES[job.phase].text[language]))),
  };
}

function jobLine(job: Job, widths: Widths, { now, language }: TreeInput): Line {
  const stuck = job.phase === "running" && job.reason.who === "operator";
  const glyph = stuck ? `${PHASES.running.glyph}!` : `${PHASES[job.phase].glyph} `;
  const text = [
    `${glyph}${pad(truncate(job.name, widths.name), widths.name)}`,
    pad(PHASES[job.phase].text[language], widths.phase),
    pad(elapsed(job, now), 7),
    details(job, language),
  ].join("  ");
  return { tone: stuck ? "warning" : PHASE_TONE[job.phase], text: text.trimEnd() };
}

export function elapsed(job: Job, now: Date): string {
  if (job.startedAt === null) return "";
  const until = job.finishedAt === null ? now.getTime() : Date.parse(job.finishedAt);
  return formatDuration(Math.max(0, until - Date.parse(job.startedAt)));
}

/** `attempt 2/3 · 1 of 2 replicas ready`: what the phase alone does not say. */
export function details(job: Job, language: Language): string {
  const many = job.attempts > 1 && job.attempt > 0 && (job.attempt > 1 || job.phase === "running");
  const attempt = language === "zh" ? `第 ${job.attempt}/${job.attempts} 次` : `attempt ${job.attempt}/${job.attempts}`;
  // Who holds what it waits for, its place in the line, how long others waited.
  const waiting = job.phase === "pending" ? job.evidence.filter(({ source }) => source === "capacity") : [];
  return [
    ...(many ? [attempt] : []),
    ...(SILENT.has(job.reason.code) ? [] : [oneLine(job.reason.message)]),
    ...waiting.map(({ text }) => oneLine(text)),
  ].join(" · ");
}
