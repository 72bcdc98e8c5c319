// Says of each job without a log why it has none, so that an empty answer is not taken for a quiet program.
import { isActive, isSettled, PHASES } from "../../model/run/phase.ts";
import type { CommandContext } from "../grammar/command.ts";
import type { ApiJob } from "./progress/progress.ts";

const NEVER_RAN = {
  en: "{job} has no log: its program never ran. {phase}: {reason}",
  zh: "{job} 没有日志：其程序从未运行。{phase}：{reason}",
} as const;
const NOT_YET = {
  en: "{job} has no log yet: its program has not started. {phase}: {reason}",
  zh: "{job} 还没有日志：其程序尚未启动。{phase}：{reason}",
} as const;
const STORED_AT_END = {
  en: "{job} has no log yet: the log of a job is stored when its attempt ends; see kubemin watch",
  zh: "{job} 还没有日志：作业的日志在每次尝试结束时保存；可用 kubemin watch 观察",
} as const;
const NONE = { en: "{job} has no stored log", zh: "{job} 没有保存的日志" } as const;

export function sayMissingLogs(context: CommandContext, jobs: readonly ApiJob[]): void {
  for (const job of jobs) {
    const { name, phase, reason } = job;
    const params = { job: name, phase: PHASES[phase].text[context.language], reason: reason.message };
    context.terminal.stderr.write(`${context.say(textFor(job), params)}\n`);
  }
}

function textFor({ phase }: ApiJob) {
  if (!PHASES[phase].ran) return isSettled(phase) ? NEVER_RAN : NOT_YET;
  return isActive(phase) ? STORED_AT_END : NONE;
}
