// Milliseconds between a failed drive of a duty and the next try: doubling from one second, up to five minutes.
const FIRST = 1_000;
const LONGEST = 5 * 60_000;

export function pauseAfter(failures: number): number {
  return Math.min(FIRST * 2 ** (failures - 1), LONGEST);
}
