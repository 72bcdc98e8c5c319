// Schedules as Kubernetes reads them: five fields, or a name such as @daily. A schedule that the API server or the
// CronJob controller would refuse later is refused here, with the field at fault; so is a day that no month has.
// Grammar: robfig/cron v3 ParseStandard. It knows no weekday 7, and the time zone is not part of the schedule (it is a
// separate field).
import { type Problem, type ProblemCode, problem } from "../../../model/problems/problem.ts";

interface Field {
  /** What is wrong when an item of the field is not one of its values. */
  readonly fault: ProblemCode;
  readonly least: number;
  readonly most: number;
  /** Names of the values, from `least` upwards: `JAN` means 1. */
  readonly words: readonly string[];
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const FIELDS: readonly Field[] = [
  { fault: "ScheduleMinute", least: 0, most: 59, words: [] },
  { fault: "ScheduleHour", least: 0, most: 23, words: [] },
  { fault: "ScheduleDay", least: 1, most: 31, words: [] },
  { fault: "ScheduleMonth", least: 1, most: 12, words: MONTHS },
  { fault: "ScheduleWeekday", least: 0, most: 6, words: DAYS },
];
const NAMED: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};
/** The longest length of each month. February has 29 days, so that a schedule for leap years is accepted. */
const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** What is wrong with the schedule, or `undefined` when it is valid. */
export function scheduleFault(schedule: string): Problem | undefined {
  const text = schedule.trim();
  if (/^(CRON_)?TZ=/.test(text)) return problem("ScheduleZoneInside", "");
  if (text.startsWith("@")) return namedFault(text);
  const parts = text.split(/\s+/);
  if (parts.length !== FIELDS.length) return problem("ScheduleFields", "", { count: text === "" ? 0 : parts.length });
  for (const [index, field] of FIELDS.entries()) {
    const fault = fieldFault(parts[index] ?? "", field);
    if (fault !== undefined) return fault;
  }
  return neverFault(parts);
}

function namedFault(text: string): Problem | undefined {
  if (text in NAMED || /^@every (\d+(\.\d+)?(ns|us|ms|s|m|h))+$/.test(text)) return undefined;
  const known = [...Object.keys(NAMED), "@every 1h30m"].join(", ");
  return problem("ScheduleName", "", { value: text, known });
}

function fieldFault(text: string, field: Field): Problem | undefined {
  for (const item of text.split(",")) {
    if (valuesOf(item, field) !== undefined) continue;
    const names = field.words.length === 0 ? "" : `, ${field.words[0]}-${field.words.at(-1)}`;
    const range = `${field.least}-${field.most}${names}`;
    return problem(field.fault, "", { item, range });
  }
  return undefined;
}

/** The values that one item of a list stands for; `undefined` when the item is invalid. */
function valuesOf(item: string, field: Field): readonly number[] | undefined {
  const match = /^(\*|\?|[A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?(?:\/(\d+))?$/.exec(item);
  if (!match) return undefined;
  const [, from = "", to, step] = match;
  const all = from === "*" || from === "?";
  const first = all ? field.least : numberOf(from, field);
  // `5/10` means from 5 to the end.
  const last = to !== undefined ? numberOf(to, field) : all || step !== undefined ? field.most : first;
  const by = Number(step ?? 1);
  if (first === undefined || last === undefined || first > last || by < 1 || (all && to !== undefined))
    return undefined;
  return Array.from({ length: Math.floor((last - first) / by) + 1 }, (_, index) => first + index * by);
}

function numberOf(text: string, field: Field): number | undefined {
  const word = field.words.indexOf(text.toUpperCase());
  const value = word >= 0 ? word + field.least : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= field.least && value <= field.most ? value : undefined;
}

/**
 * Finds a day that no chosen month has. When the weekday is restricted too, a match of either is enough, so the
 * schedule comes due.
 */
function neverFault(parts: readonly string[]): Problem | undefined {
  const [, , days = "*", months = "*", weekdays = "*"] = parts;
  if (!/^[*?]/.test(weekdays)) return undefined;
  const earliest = Math.min(...allOf(days, FIELDS[2]));
  const possible = allOf(months, FIELDS[3]).some((month) => earliest <= (LENGTHS[month - 1] ?? 0));
  return possible ? undefined : problem("ScheduleNever", "");
}

function allOf(text: string, field: Field | undefined): readonly number[] {
  return field === undefined ? [] : text.split(",").flatMap((item) => valuesOf(item, field) ?? []);
}

/** The local times at which a valid schedule comes due. */
export interface ScheduledTimes {
  /** Ascending, like `hours`. */
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly isDue: (day: { readonly month: number; readonly day: number; readonly weekday: number }) => boolean;
}

/** Accepts only a schedule in which `scheduleFault` finds nothing, and not `@every`, which has no fixed times. */
export function scheduledTimes(schedule: string): ScheduledTimes {
  const text = schedule.trim();
  const parts = (NAMED[text] ?? text).split(/\s+/);
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] = FIELDS.map((field, index) =>
    [...new Set(allOf(parts[index] ?? "", field))].sort((one, other) => one - other),
  );
  // When both day fields are restricted, a match of either is enough; a field that begins with a star restricts
  // nothing.
  const both = /^[*?]/.test(parts[2] ?? "") || /^[*?]/.test(parts[4] ?? "");
  return {
    minutes,
    hours,
    isDue: ({ month, day, weekday }) => {
      const [ofMonth, ofWeek] = [days.includes(day), weekdays.includes(weekday)];
      return months.includes(month) && (both ? ofMonth && ofWeek : ofMonth || ofWeek);
    },
  };
}

/** True for names of the IANA database in their exact case: the controller's own copy is case-sensitive. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(name) || name === "Local") return false;
  try {
    // The formatter throws for an unknown name. It also knows aliases, which the list does not contain.
    const known = Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
    const listed = [known, ...Intl.supportedValuesOf("timeZone")].find(
      (one) => one.toLowerCase() === name.toLowerCase(),
    );
    return listed === undefined || listed === name;
  } catch {
    return false;
  }
}
