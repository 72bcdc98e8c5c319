// Durations as people write them: "90s", "1h30m", "250ms". A number without a unit means seconds.

const UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A hundred years. A date plus the longest duration must still be a valid date. */
const LONGEST = 36_525 * 86_400_000;

/** Milliseconds. Undefined if the text is not a duration, or longer than a hundred years. */
export function parseDuration(text: string | number): number | undefined {
  const milliseconds = millisecondsOf(text);
  return milliseconds === undefined || milliseconds > LONGEST ? undefined : milliseconds;
}

function millisecondsOf(text: string | number): number | undefined {
  const input = String(text).trim();
  if (/^\d+(\.\d+)?$/.test(input)) return Number(input) * 1_000;
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(input)) return undefined;
  let total = 0;
  for (const [, amount, unit] of input.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (UNIT[unit ?? "s"] ?? 0);
  }
  return total;
}

/** The duration with at most two units: 850ms, 41s, 1m12s, 2h05m. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)}ms`;
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 60) return `${seconds}s`;
  const two = (value: number): string => String(value).padStart(2, "0");
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1_440) return `${Math.floor(minutes / 60)}h${two(minutes % 60)}m`;
  return `${Math.floor(minutes / 1_440)}d${two(Math.floor((minutes % 1_440) / 60))}h`;
}
