// When a schedule comes next. It names local times, and where clocks are changed a local time may not exist, or may come twice:
// one that does not exist is due at the next moment that does, and one that comes twice is due the first time. A schedule of every hour
// follows the clock on the wall instead: it is due whenever the wall shows one of its minutes.
import { type ScheduledTimes, scheduledTimes, scheduleFault } from "../../catalog/parts/pod/schedule.ts";
import { explainProblem, type Problem, problem } from "../../model/problems/problem.ts";
import { type LocalTime, localTime, MINUTE } from "./localTime.ts";

/** What is wrong with the two, or undefined. The grammar is that of the component type `cron`. */
export function cronFault(cron: string, timeZone: string): Problem | undefined {
  if (!isTimeZone(timeZone)) return problem("ScheduleZone", "", { zone: timeZone });
  if (cron.trim().startsWith("@every")) return problem("ScheduleEvery", "");
  return scheduleFault(cron);
}

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** February 29 comes every four years, but for 1900, 2100 and the like: then after eight. */
const LONGEST = 8 * 366 + 1;

/** Which moment is meant by a wall time that a change of the clock touches; undefined: none. */
type Choice = (clock: LocalTime, wall: number) => number | undefined;
const first: Choice = (clock, wall) => clock.instantsOf(wall)[0];
const last: Choice = (clock, wall) => clock.instantsOf(wall).at(-1);
const firstOrNext: Choice = (clock, wall) => first(clock, wall) ?? clock.firstNotBefore(wall);

/** Only for what `cronFault` finds nothing wrong with: that always comes again, and everything else is refused with an error. */
export function nextTime(cron: string, timeZone: string, after: Date): Date {
  const fault = cronFault(cron, timeZone);
  const times = fault === undefined ? scheduledTimes(cron) : undefined;
  const found = times === undefined ? undefined : nextOf(times, localTime(timeZone), after.getTime());
  if (found === undefined)
    throw new RangeError(
      fault === undefined
        ? `${cron} in ${timeZone} never comes after ${after.toISOString()}`
        : explainProblem(fault, "en").message,
    );
  return new Date(found);
}

function nextOf(times: ScheduledTimes, clock: LocalTime, after: number): number | undefined {
  const choices = times.hours.length === 24 ? [first, last] : [firstOrNext];
  const found = choices.map((choice) => earliest(times, clock, { after, choice })).filter((one) => one !== undefined);
  return found.length === 0 ? undefined : Math.min(...found);
}

/** Later wall times are never due earlier, by any one choice: so the first that is due after that moment is the next. */
function earliest(
  times: ScheduledTimes,
  clock: LocalTime,
  { after, choice }: { readonly after: number; readonly choice: Choice },
): number | undefined {
  // When a clock is about to be set back, the wall will show times again that it showed before now.
  const shift = (instant: number): number => clock.wallAt(instant) - instant;
  const again = Math.max(0, shift(after) - shift(after + DAY));
  for (const wall of wallTimes(times, clock.wallAt(after) - again)) {
    const instant = choice(clock, wall);
    if (instant !== undefined && instant > after) return instant;
  }
  return undefined;
}

/** Of the schedule, from that one on. */
function* wallTimes({ isDue, hours, minutes }: ScheduledTimes, from: number): Iterable<number> {
  const today = Math.floor(from / DAY) * DAY;
  for (let count = 0; count <= LONGEST; count++) {
    const day = today + count * DAY;
    const date = new Date(day);
    if (!isDue({ month: date.getUTCMonth() + 1, day: date.getUTCDate(), weekday: date.getUTCDay() })) continue;
    for (const hour of hours)
      for (const minute of minutes) {
        const wall = day + hour * HOUR + minute * MINUTE;
        if (wall >= from) yield wall;
      }
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
