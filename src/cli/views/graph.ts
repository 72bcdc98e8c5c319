// The graph of a plan with a workflow, a line for each job: what it does, after what, and under which condition.
import type { z } from "zod";
import type { PlanView } from "../../api/planViews.ts";
import { formatDuration } from "../../model/document/duration.ts";
import type { CommandContext } from "../grammar/command.ts";
import { displayWidth, oneLine, pad } from "../terminal/width.ts";

type ApiPlan = z.output<typeof PlanView>;
type ApiPlannedJob = ApiPlan["jobs"][number];

/** Who may wait for so long is not limited in any way that people care about. */
const LONG = 30 * 24 * 60 * 60_000;
const MOST_LINES = 200;
const MOST_NEEDS = 5;
const IF = { en: "if {condition}", zh: "条件 {condition}" };
const ONCE = { en: "1 attempt, {n} while it is not reached", zh: "1 次，未连上时最多 {n} 次" };
const SKIPPED = { en: "skipped, for {condition} does not hold", zh: "将跳过，因为 {condition} 不成立" };

const ATTEMPTS = { en: "{n} attempts", zh: "最多 {n} 次" };
const STARTS = {
  en: "{n} attempts, but not after a failure of the program",
  zh: "最多 {n} 次，但程序失败后不重试",
};
const JOINTS = {
  nothing: { en: "nothing to do: the list is empty", zh: "列表为空，无事可做" },
  unknown: { en: "known to the server only", zh: "只有服务器知道" },
  all: { en: "does nothing, stands for all of them", zh: "不做任何事，代表它们全部" },
} as const;

/** Empty where the plan has no steps: its order says all there is. */
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

/** What a call holds is said in one word: see endOf. */
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
