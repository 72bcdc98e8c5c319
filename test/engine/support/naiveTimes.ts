// A simple model of schedules, for comparison with the real code: it walks through the minutes one after the other and
// compares the local time with the five fields. A fixed time is due when the local time reaches it, or passes it
// because the clock was set forward. A local time that comes for the second time is not due again. A schedule for every
// hour is due whenever the local time shows one of its minutes.
export const MINUTE = 60_000;

export interface Minute {
  readonly instant: number;
  readonly wall: number;
}

export function minutesOf(timeZone: string, from: number, to: number): readonly Minute[] {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  const count = Math.floor((to - from) / MINUTE);
  return Array.from({ length: count }, (_, index) => {
    const instant = from + index * MINUTE;
    return { instant, wall: Date.parse(`${format.format(instant).replace(" ", "T")}:00Z`) };
  });
}

/**
 * The times after `since` at which the schedule is due. The minutes before it only show which local times have already
 * come.
 */
export function naiveTimes(cron: string, minutes: readonly Minute[], since: number): readonly string[] {
  const everyHour = (cron.split(" ")[1] ?? "").startsWith("*") && !/\/[2-9]/.test(cron.split(" ")[1] ?? "");
  const due: number[] = [];
  let shown = (minutes[0]?.wall ?? 0) - MINUTE;
  for (const { instant, wall } of minutes) {
    const isNew = range(shown + MINUTE, wall).some((one) => matches(cron, one));
    if (instant > since && (everyHour ? matches(cron, wall) : isNew)) due.push(instant);
    shown = Math.max(shown, wall);
  }
  return due.map((instant) => new Date(instant).toISOString());
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, (to - from) / MINUTE + 1) }, (_, index) => from + index * MINUTE);
}

function matches(cron: string, wall: number): boolean {
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = cron.split(" ");
  const date = new Date(wall);
  const ofMonth = covers(day, date.getUTCDate(), 1);
  const ofWeek = covers(weekday, date.getUTCDay(), 0);
  const either = !day.startsWith("*") && !weekday.startsWith("*");
  return (
    covers(minute, date.getUTCMinutes(), 0) &&
    covers(hour, date.getUTCHours(), 0) &&
    covers(month, date.getUTCMonth() + 1, 1) &&
    (either ? ofMonth || ofWeek : ofMonth && ofWeek)
  );
}

function covers(field: string, value: number, least: number): boolean {
  return field.split(",").some((item) => {
    const [range = "", step = "1"] = item.split("/");
    const [from = "", to = from] = range.split("-");
    if (from === "*") return (value - least) % Number(step) === 0;
    return value >= Number(from) && value <= Number(to) && (value - Number(from)) % Number(step) === 0;
  });
}
