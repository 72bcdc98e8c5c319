// When a schedule comes next. Times that a change of the clock leaves out come right after it; those that it repeats come once.
import { createRequire } from "node:module";
import { scheduleFault } from "../catalog/parts/schedule.ts";
import type { Localized } from "../model/text.ts";

/** What is wrong with the two, or undefined. The grammar is that of the component type `cron`. */
export function cronFault(cron: string, timeZone: string): Localized | undefined {
  if (!isTimeZone(timeZone))
    return {
      en: `${timeZone} is no time zone: write a name like Europe/Berlin, or UTC`,
      zh: `${timeZone} 不是时区：请写 Asia/Shanghai 这样的名称，或 UTC`,
    };
  if (cron.trim().startsWith("@every"))
    return {
      en: "@every has no fixed times: write five fields, e.g. */15 * * * *",
      zh: "@every 没有固定时刻：请写五个字段，例如 */15 * * * *",
    };
  return scheduleFault(cron);
}

const load = createRequire(import.meta.url);

/** With its calendar it weighs 6 MB: a server without schedules never meets it. */
const parser = (): typeof import("cron-parser") => load("cron-parser") as typeof import("cron-parser"); // `require` knows no types

/** Null: never again. */
export function nextTime(cron: string, timeZone: string, after: Date): Date | null {
  try {
    return parser()
      .CronExpressionParser.parse(NAMES[cron.trim()] ?? cron, { tz: timeZone, currentDate: after })
      .next()
      .toDate();
  } catch {
    return null;
  }
}

/** cron-parser reads these with seconds. */
const NAMES: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
