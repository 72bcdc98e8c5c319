// Decides whether the holder of a lock is dead, without comparing times of different machines, whose clocks differ and
// can be set. A living holder changes the mark of its lock every 20 seconds. Another process that wants the lock must
// see the same mark for a whole lease, measured with its own steady clock. So a lease may last longer than its length,
// but never shorter.

/** Milliseconds of a lease. It is longer than a living process ever needs between two renewals. */
const LEASE = 60_000;

interface LeasedLock {
  readonly run: string;
  readonly job: string;
  /**
   * The mark, which changes with each renewal. Empty when the lock has no lease and is held as long as its job runs.
   */
  readonly leased_until: string;
}

export interface Leases {
  /**
   * Notes the present holders of a key. Returns for each holder the milliseconds until it counts as dead if its mark
   * does not change: 0 when it is dead, Infinity without a lease.
   */
  see(key: string, holders: readonly LeasedLock[]): ReadonlyMap<LeasedLock, number>;
}

/** `steady`: milliseconds since an arbitrary moment, by a clock that cannot be set. */
export function watchLeases(steady: () => number): Leases {
  const seen = new Map<string, ReadonlyMap<string, number>>();
  return {
    see(key, holders) {
      const before = seen.get(key);
      const now = steady();
      const since = new Map(holders.map((holder) => [markOf(holder), before?.get(markOf(holder)) ?? now]));
      if (holders.length === 0) seen.delete(key);
      else seen.set(key, since);
      const left = (holder: LeasedLock): number => Math.max(0, (since.get(markOf(holder)) ?? now) + LEASE - now);
      return new Map(holders.map((holder) => [holder, holder.leased_until === "" ? Infinity : left(holder)]));
    },
  };
}

const markOf = ({ run, job, leased_until }: LeasedLock): string => JSON.stringify([run, job, leased_until]);

/**
 * The mark of a lock that is taken or renewed now. It is the time at which the lease would end, for people who read it.
 */
export function leaseFrom(now: Date): string {
  return new Date(now.getTime() + LEASE).toISOString();
}
