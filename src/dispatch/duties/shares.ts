// Decides which groups may get the next slot, so that the duties of one group (a project) never make all others wait. A
// group that uses its share is served after the others, and no group gets more than three quarters of the slots, so
// that a new group starts immediately. Pure.

/** Slots in use, by group. */
export type Used = ReadonlyMap<string, number>;

/**
 * Groups that are served after others: they use at least an equal share, calculated as if there were one more group.
 */
export function groupsAboveShare(used: Used, slots: number): readonly string[] {
  const share = Math.max(1, Math.ceil(slots / (used.size + 1)));
  return groupsWith(used, share);
}

/** Groups that get no further slot, even if no other group waits for one. */
export function groupsAtMaximum(used: Used, slots: number): readonly string[] {
  return groupsWith(used, Math.max(1, Math.ceil((slots * 3) / 4)));
}

function groupsWith(used: Used, least: number): readonly string[] {
  return [...used].filter(([, count]) => count >= least).map(([group]) => group);
}
