// How long a duty whose drive failed is left alone before the next try.
const FIRST = 1_000;
const LONGEST = 5 * 60_000;

export function pauseAfter(failures: number): number {
  return Math.min(FIRST * 2 ** (failures - 1), LONGEST);
}
