// Who may have the next slot. Duties of one group (a project) never keep all others waiting: a group that holds its share lets others go
// first, and a quarter of the slots is kept from whichever group would take everything, so that a newcomer begins at once. Pure.

/** Slots in use, by group. */
export type Used = ReadonlyMap<string, number>;

/** Groups that let others go first: as if one more group than there are wanted its equal share. */
export function crowding(used: Used, slots: number): readonly string[] {
  const share = Math.max(1, Math.ceil(slots / (used.size + 1)));
  return holding(used, share);
}

/** Groups that get no further slot, although nobody else waits for one. */
export function full(used: Used, slots: number): readonly string[] {
  return holding(used, Math.max(1, Math.ceil((slots * 3) / 4)));
}

function holding(used: Used, least: number): readonly string[] {
  return [...used].filter(([, count]) => count >= least).map(([group]) => group);
}
