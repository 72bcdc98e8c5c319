// How often a failing sink is tried, and when it is given up. Pure.

const FIRST_MILLISECONDS = 1_000;
const LAST_MILLISECONDS = 5 * 60_000;
/** After this time of failures a sink or a held key is dead: it is only tried again when a user resumes it. */
export const DEAD_AFTER_MILLISECONDS = 3 * 24 * 3_600_000;

/**
 * Milliseconds to wait after the n-th failure. The time doubles with each failure, up to five minutes. Half of it is
 * random, so that many runs are not tried again at the same moment.
 */
export function backoff(failures: number, random: () => number): number {
  const full = Math.min(LAST_MILLISECONDS, FIRST_MILLISECONDS * 2 ** Math.min(20, Math.max(0, failures - 1)));
  return full / 2 + (random() * full) / 2;
}
