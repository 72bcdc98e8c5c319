// Limits how much work goes into judgements that only make an explanation newer. On a small cluster the limit is never
// reached. On a large cluster with many kinds of waiting requests, explanations become up to some seconds old.

interface Budget {
  /** Whether there is something left; takes the cost if so. The unit of the cost is one node of one request. */
  take(cost: number, now: number): boolean;
}

/** About 10 ms of processor time at once, and an eighth of a processor in the long run. */
const MOST = 10_000;
const PER_MILLISECOND = 100;

export function createBudget(): Budget {
  let [left, at] = [MOST, Number.NEGATIVE_INFINITY];
  return {
    take: (cost, now) => {
      // The clock may have been set back.
      left = Math.min(MOST, left + Math.max(0, now - at) * PER_MILLISECOND);
      at = now;
      if (left <= 0) return false;
      left -= cost;
      return true;
    },
  };
}
