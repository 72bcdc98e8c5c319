// Whether the holder of a claim is gone. No clock of any computer is asked what time it is: clocks are set, and those of two machines differ.
// A holder that lives changes the mark of its claim every 20 seconds; whoever wants the claim has to see the same mark for a whole lease, by
// its own steady clock, which nobody can set. So a lease may be taken for longer than it is, never for shorter.

/** Milliseconds. Longer than a process that is alive ever needs between two renewals. */
const LEASE = 60_000;

interface LeasedLock {
  readonly run: string;
  readonly job: string;
  /** Changes with every renewal. Empty: held as long as its job runs. */
  readonly leased_until: string;
}

export interface Leases {
  /** What is there now. Answers how long each has to be seen unchanged until it is taken for gone: 0 when it is, Infinity for never. */
  see(key: string, holders: readonly LeasedLock[]): ReadonlyMap<LeasedLock, number>;
}

/** `steady`: milliseconds since any moment. */
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

/** The mark of a claim that is taken or renewed now: for people, the time at which it would end. */
export function leaseFrom(now: Date): string {
  return new Date(now.getTime() + LEASE).toISOString();
}
