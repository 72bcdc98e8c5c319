// Converts between moments and the local time ("wall time") of a time zone. A wall time is written as the milliseconds
// that the same date and hour would be in UTC, so that days can be counted without a time zone. The rules of the zones
// come from Intl, which contains the IANA database.

export const MINUTE = 60_000;
/** The largest difference between a local time and UTC, in milliseconds. */
const FARTHEST = 15 * 60 * MINUTE;

export interface LocalTime {
  readonly wallAt: (instant: number) => number;
  /**
   * The moments of that wall time, ascending: mostly one, two when the clock is set back, none when it is set forward
   * past it.
   */
  readonly instantsOf: (wall: number) => readonly number[];
  /** The first moment at which the local time is that one or a later one. For a wall time that does not exist. */
  readonly firstNotBefore: (wall: number) => number;
}

/** Throws RangeError when Intl does not know the zone. */
export function localTime(timeZone: string): LocalTime {
  const wallAt = wallClock(timeZone);
  const around = (wall: number): readonly [number, number] => [wall - FARTHEST, wall + FARTHEST];
  return {
    wallAt,
    instantsOf: (wall) => {
      const offsets = new Set(around(wall).map((instant) => wallAt(instant) - instant));
      const candidates = [...offsets].map((offset) => wall - offset);
      return candidates.filter((instant) => wallAt(instant) === wall).sort((one, other) => one - other);
    },
    firstNotBefore: (wall) => {
      let [before, after] = around(wall);
      while (after - before > 1_000) {
        const middle = Math.floor((before + after) / 2_000) * 1_000;
        if (wallAt(middle) < wall) before = middle;
        else after = middle;
      }
      return after;
    },
  };
}

function wallClock(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (instant) => {
    const shown = new Map(format.formatToParts(instant).map((part) => [part.type, Number(part.value)]));
    const of = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? 0;
    return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  };
}
