// Prints the graph of a plan that has steps, with one line for each job: its type, what it comes after, its condition,
// locks and limits.
import type { z } from "zod";
import type { PlanView } from "../../api/planViews.ts";
import { formatDuration } from "../../model/document/duration.ts";
import type { CommandContext } from "../grammar/command.ts";
import { displayWidth, oneLine, pad } from "../terminal/width.ts";

type ApiPlan = z.output<typeof PlanView>;
type ApiPlannedJob = ApiPlan["jobs"][number];

/** A time limit longer than this (30 days) is not shown, because it does not matter to the user. */
const LONG = 30 * 24 * 60 * 60_000;
const MOST_LINES = 200;
const MOST_NEEDS = 5;
const IF = { en: "if {condition}", zh: "条件 {condition}" };
const ONCE = { en: "1 attempt, up to {n} while the target cannot be reached", zh: "1 次；目标无法连接时最多 {n} 次" };
const SKIPPED = { en: "skipped, because {condition} is false", zh: "将跳过，因为 {condition} 不成立" };

const ATTEMPTS = { en: "{n} attempts", zh: "最多 {n} 次" };
const STARTS = {
  en: "{n} attempts, but none after a failure of the program",
  zh: "最多 {n} 次，但程序失败后不重试",
};
const JOINTS = {
  nothing: { en: "nothing to do: the list is empty", zh: "列表为空，无需执行" },
  unknown: { en: "only the server knows what this step becomes", zh: "只有服务器知道该步骤包含哪些作业" },
  all: { en: "does nothing itself, stands for all that it waits for", zh: "自身不做任何事，代表它所等待的全部作业" },
} as const;

/** One line for each job; empty if the plan has no steps, because the order of the jobs is printed anyway. */
export function graphLines(context: CommandContext, plan: ApiPlan): readonly string[] {
  if (plan.jobs.every((job) => job.step === undefined)) return [];
  const ordered = inLayers(plan);
  const shown = ordered.slice(0, MOST_LINES);
  const finals = new Set(ordered.filter((job) => job.final === true).map((job) => job.name));
  const name = Math.min(40, Math.max(...shown.map((job) => displayWidth(job.name))));
  const type = Math.max(...shown.map((job) => displayWidth(job.type)));
  const rows = shown.map((job) =>
    `  ${pad(job.name, name)}  ${pad(job.type, type)}  ${facts(context, job, finals).join(" · ")}`.trimEnd(),
  );
  const more = ordered.length - shown.length;
  const rest = more === 0 ? [] : [`  ${context.say({ en: "… and {more} more", zh: "…… 另有 {more} 个" }, { more })}`];
  return [context.say({ en: "Steps", zh: "步骤" }) + ":", ...rows, ...rest];
}

function inLayers({ jobs, layers }: ApiPlan): readonly ApiPlannedJob[] {
  const byName = new Map(jobs.map((job) => [job.name, job] as const));
  return layers.flat().flatMap((name) => byName.get(name) ?? []);
}

function facts(context: CommandContext, job: ApiPlannedJob, finals: ReadonlySet<string>): readonly string[] {
  const say: CommandContext["say"] = (...words) => context.say(...words);
  const condition = job.condition ?? "";
  const locks = (job.locks ?? []).join(", ");
  const within = (job.within ?? []).map(({ step, timeout }) => `${step} ≤ ${formatDuration(timeout)}`).join(", ");
  return [
    job.final === true
      ? say({ en: "when all others have ended", zh: "其余全部结束后" })
      : after(context, ownNeeds(job)),
    job.final === true
      ? after(
          context,
          job.needs.filter((need) => finals.has(need.job)),
        )
      : "",
    job.endOf === undefined
      ? ""
      : say({ en: "when all of {call} has ended", zh: "{call} 其余全部结束后" }, { call: job.endOf }),
    job.joint === undefined ? "" : say(JOINTS[job.joint]),
    condition === "" ? "" : oneLine(say(job.skipped === true ? SKIPPED : IF, { condition })),
    locks === "" ? "" : oneLine(say({ en: "holds {locks}", zh: "持有 {locks}" }, { locks })),
    within === "" ? "" : say({ en: "within {within}", zh: "限时 {within}" }, { within }),
    job.step === undefined || job.joint !== undefined || job.timeout > LONG
      ? ""
      : say({ en: "at most {limit}", zh: "最长 {limit}" }, { limit: formatDuration(job.timeout) }),
    job.attempts > 1 ? say(job.retriesFailures === false ? STARTS : ATTEMPTS, { n: job.attempts }) : "",
    job.attemptsUntouched === undefined ? "" : say(ONCE, { n: job.attemptsUntouched }),
  ].filter((one) => one !== "");
}

/** The needs of a job. Needs that `endOf` stands for are left out: `facts` prints them in one phrase. */
function ownNeeds({ endOf, needs }: ApiPlannedJob): ApiPlannedJob["needs"] {
  return endOf === undefined ? needs : needs.filter((need) => need.on !== "end" || !need.job.startsWith(`${endOf}.`));
}

function after(context: CommandContext, needs: ApiPlannedJob["needs"]): string {
  if (needs.length === 0) return "";
  const names = needs
    .slice(0, MOST_NEEDS)
    .map((need) => need.job + (need.on === "end" ? context.say({ en: " (its end)", zh: "（结束即可）" }) : ""));
  const more = needs.length > MOST_NEEDS ? ` … (${needs.length})` : "";
  return context.say({ en: "after {names}", zh: "在 {names} 之后" }, { names: names.join(", ") + more });
}
