// The sentence about a job that is not in its first attempt: which attempt it is, and how the one before ended.
import type { z } from "zod";
import type { RunSummary } from "../../api/views.ts";
import type { CommandContext } from "../grammar/command.ts";

type Repeated = NonNullable<z.output<typeof RunSummary>["repeated"]>;

/** Why a run does not go on, and which of its jobs was tried again. Empty for a run in which neither is so. */
export function runWhy(context: CommandContext, { reason, repeated }: z.output<typeof RunSummary>): string {
  return [...(reason === undefined ? [] : [reason.message]), ...repeatedTexts(context, repeated)].join("; ");
}

/** `attempt 2; attempt 1 ended: …`, as the texts of a list: empty for a first attempt. */
export function repeatedTexts(context: CommandContext, repeated: Repeated | undefined): readonly string[] {
  if (repeated === undefined) return [];
  const { attempt, before } = repeated;
  const text = {
    en: "attempt {attempt}; attempt {last} ended: {reason}",
    zh: "第 {attempt} 次；第 {last} 次的结局：{reason}",
  };
  return [context.say(text, { attempt, last: before.attempt, reason: before.reason.message })];
}
