// How long a sink is tried, and how often. Pure.

const FIRST_MILLISECONDS = 1_000;
const LAST_MILLISECONDS = 5 * 60_000;
/** Nothing is tried any more after this; somebody must say that it may go on. */
export const DEAD_AFTER_MILLISECONDS = 3 * 24 * 3_600_000;

/** After the n-th failure: doubles, up to five minutes; half of it is chance, so that many runs do not come back at once. */
export function backoff(failures: number, random: () => number): number {
  const full = Math.min(LAST_MILLISECONDS, FIRST_MILLISECONDS * 2 ** Math.min(20, Math.max(0, failures - 1)));
  return full / 2 + (random() * full) / 2;
}
