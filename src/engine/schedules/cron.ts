// Calculates when a schedule is due next. A schedule names local times. When clocks are changed, a local time may not
// exist, or may come twice: a time that does not exist is due at the next moment that exists, and a time that comes
// twice is due the first time. A schedule for every hour of the day is different: it is due whenever the local time
// shows one of its minutes.
import { type ScheduledTimes, scheduledTimes, scheduleFault } from "../../catalog/parts/pod/schedule.ts";
import { explainProblem, type Problem, problem } from "../../model/problems/problem.ts";
import { type LocalTime, localTime, MINUTE } from "./localTime.ts";

/**
 * What is wrong with the schedule or the time zone, or `undefined`. The grammar is the same as for the component type
 * `cron`.
 */
export function cronFault(cron: string, timeZone: string): Problem | undefined {
  if (!isTimeZone(timeZone)) return problem("ScheduleZone", "", { zone: timeZone });
  if (cron.trim().startsWith("@every")) return problem("ScheduleEvery", "");
  return scheduleFault(cron);
}

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/**
 * The most days to look ahead. February 29 comes every four years, except around 2100 and the like, where it comes
 * after eight years.
 */
const LONGEST = 8 * 366 + 1;

/** Chooses the moment that a wall time means when a change of the clock affects it. `undefined` when it means none. */
type Choice = (clock: LocalTime, wall: number) => number | undefined;
const first: Choice = (clock, wall) => clock.instantsOf(wall)[0];
const last: Choice = (clock, wall) => clock.instantsOf(wall).at(-1);
const firstOrNext: Choice = (clock, wall) => first(clock, wall) ?? clock.firstNotBefore(wall);

/**
 * The next time after `after`. Throws RangeError when `cronFault` finds a fault; without a fault there is always a next
 * time.
 */
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

/**
 * With one choice, a later wall time is never due earlier. So the first wall time that is due after the moment is the
 * next one.
 */
function earliest(
  times: ScheduledTimes,
  clock: LocalTime,
  { after, choice }: { readonly after: number; readonly choice: Choice },
): number | undefined {
  // When the clock is about to be set back, it will show wall times again that it showed before now.
  const shift = (instant: number): number => clock.wallAt(instant) - instant;
  const again = Math.max(0, shift(after) - shift(after + DAY));
  for (const wall of wallTimes(times, clock.wallAt(after) - again)) {
    const instant = choice(clock, wall);
    if (instant !== undefined && instant > after) return instant;
  }
  return undefined;
}

/** The wall times of the schedule, beginning with `from`. */
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
