// Reads a moment in the past: `2026-11-23T14:03:11Z`, a time of today (`14:03`, `14:03:11`), or how long ago (`10m`).
import { parseDuration } from "../../model/document/duration.ts";
import { usageFailure } from "../grammar/failure.ts";

const FULL = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/i;
const TIME_OF_DAY = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3}))?)?$/;

/** Reads `--at`. A time without a time zone is in the zone of this machine. */
export function momentOf(text: string, now: Date): Date {
  const found = fullMoment(text) ?? timeOfDay(text, now) ?? before(text, now);
  if (found !== undefined) return found;
  throw usageFailure(
    { en: "--at: {value} is not understood", zh: "--at：无法理解 {value}" },
    {
      en: "write a moment like 2026-11-23T14:03:11Z, a time of today like 14:03, or how long ago like 10m",
      zh: "写法如 2026-11-23T14:03:11Z、今天的时刻 14:03，或多久以前 10m",
    },
    { value: text },
  );
}

function fullMoment(text: string): Date | undefined {
  const moment = FULL.test(text) ? new Date(text.replace(" ", "T").toUpperCase()) : undefined;
  return moment === undefined || Number.isNaN(moment.getTime()) ? undefined : moment;
}

function timeOfDay(text: string, now: Date): Date | undefined {
  const [found, hour, minute, second = "0", fraction = "0"] = TIME_OF_DAY.exec(text) ?? [];
  if (found === undefined) return undefined;
  const moment = new Date(now);
  moment.setHours(Number(hour), Number(minute), Number(second), Number(fraction.padEnd(3, "0")));
  return moment;
}

/** A number without a unit is not accepted, because its unit would be a guess. */
function before(text: string, now: Date): Date | undefined {
  const length = /[a-z]$/.test(text) ? parseDuration(text) : undefined;
  return length === undefined ? undefined : new Date(now.getTime() - length);
}
