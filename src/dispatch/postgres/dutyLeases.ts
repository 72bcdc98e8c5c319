// The leases of this process: which duties it holds, by which entries of the queue, and until when each lease is
// certain. Leases are measured with the monotonic clock (performance.now), which runs on while the process is frozen
// and which cannot be set.
import type { Duty } from "../../ports/dispatch.ts";
import type { Log } from "../../ports/log.ts";
import type { LeasedDuties, LeasedDuty } from "../duties/leasedDuties.ts";
import type { Entries, TakenEntry } from "./entries.ts";
import { HEARTBEAT_SECONDS } from "./queue.ts";

/**
 * How long this process relies on a lease. It ends before other processes may take the duty, because a write may be in
 * progress.
 */
const LEASE_MILLISECONDS = HEARTBEAT_SECONDS * 1_000 - 1_500;
/**
 * pg-boss ends every lease after a day. Long before that, this process gives the duty back, and any process takes it
 * again.
 */
const LONGEST_MILLISECONDS = 12 * 3_600_000;

export interface DutyLease {
  readonly leased: LeasedDuty;
  readonly entry: TakenEntry;
  readonly since: number;
  until: number;
  /** True when this process gave the duty up before it was done, so that another process takes it immediately. */
  givenBack: boolean;
}

export class DutyLeases {
  readonly #all = new Map<LeasedDuty, DutyLease>();
  readonly #holdings: LeasedDuties;
  readonly #log: Log;

  constructor(leases: LeasedDuties, log: Log) {
    this.#holdings = leases;
    this.#log = log;
  }

  /** `since` is the time of performance.now() before the queue was asked. */
  add(taken: TakenEntry, since: number): DutyLease | undefined {
    // The queue only gives out duties that no process holds. If this process still has an older lease of the duty, that
    // lease is lost.
    const before = this.#holdings.get(taken.duty);
    if (before !== undefined) this.#holdings.lose(before);
    const holding = this.#holdings.take(taken.duty, taken.terms);
    if (holding === undefined) return undefined;
    const claim: DutyLease = {
      leased: holding,
      entry: taken,
      since,
      until: since + LEASE_MILLISECONDS,
      givenBack: false,
    };
    this.#all.set(holding, claim);
    return claim;
  }

  delete(claim: DutyLease): void {
    this.#all.delete(claim.leased);
  }

  /** The id of the entry by which this process holds the duty; `undefined` when it does not hold it. */
  entryOf(duty: Duty): string | undefined {
    const holding = this.#holdings.get(duty);
    return holding === undefined ? undefined : this.#all.get(holding)?.entry.id;
  }

  holds({ leased: holding, until }: DutyLease): boolean {
    return !holding.lost.signal.aborted && performance.now() < until;
  }

  /** Sends a heartbeat for all leases, and aborts the drives of those that turn out to be lost. */
  async touch(entries: Entries): Promise<void> {
    const kept = [...this.#all.values()].filter((claim) => !claim.leased.lost.signal.aborted);
    if (kept.length === 0) return;
    const before = performance.now();
    const ours = await entries.touch(kept.map((claim) => claim.entry));
    for (const claim of kept) {
      if (ours.has(claim.entry.id)) claim.until = before + LEASE_MILLISECONDS;
      // A duty that was given back during the call is not lost, and needs no warning.
      else if (this.#holdings.get(claim.entry.duty) === claim.leased) this.#lose(claim);
    }
  }

  /** Ends leases that could not be renewed in time, and hands over duties that were held for very long. */
  check(): void {
    const now = performance.now();
    for (const claim of this.#all.values()) {
      if (now >= claim.until) this.#lose(claim);
      else if (now >= claim.since + LONGEST_MILLISECONDS) handOver(claim);
    }
  }

  handOverAll(): void {
    for (const claim of this.#all.values()) handOver(claim);
  }

  #lose({ leased: holding, entry: taken }: DutyLease): void {
    if (holding.lost.signal.aborted) return;
    this.#log.write("warn", "the lease of a duty was lost, or could not be renewed in time", { duty: taken.duty });
    this.#holdings.lose(holding);
  }
}

function handOver(claim: DutyLease): void {
  if (claim.leased.lost.signal.aborted) return;
  claim.givenBack = true;
  claim.leased.lost.abort();
}
