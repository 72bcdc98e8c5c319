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
  readonly #duties: LeasedDuties;
  readonly #log: Log;

  constructor(leases: LeasedDuties, log: Log) {
    this.#duties = leases;
    this.#log = log;
  }

  /** `since` is the time of performance.now() before the queue was asked. */
  add(entry: TakenEntry, since: number): DutyLease | undefined {
    // The queue only gives out duties that no process holds. If this process still has an older lease of the duty, that
    // lease is lost.
    const before = this.#duties.get(entry.duty);
    if (before !== undefined) this.#duties.lose(before);
    const leased = this.#duties.take(entry.duty, entry.terms);
    if (leased === undefined) return undefined;
    const dutyLease: DutyLease = {
      leased,
      entry,
      since,
      until: since + LEASE_MILLISECONDS,
      givenBack: false,
    };
    this.#all.set(leased, dutyLease);
    return dutyLease;
  }

  delete(dutyLease: DutyLease): void {
    this.#all.delete(dutyLease.leased);
  }

  /** The id of the entry by which this process holds the duty; `undefined` when it does not hold it. */
  entryOf(duty: Duty): string | undefined {
    const leased = this.#duties.get(duty);
    return leased === undefined ? undefined : this.#all.get(leased)?.entry.id;
  }

  holds({ leased, until }: DutyLease): boolean {
    return !leased.lost.signal.aborted && performance.now() < until;
  }

  /** Sends a heartbeat for all leases, and aborts the drives of those that turn out to be lost. */
  async touch(entries: Entries): Promise<void> {
    const kept = [...this.#all.values()].filter((dutyLease) => !dutyLease.leased.lost.signal.aborted);
    if (kept.length === 0) return;
    const before = performance.now();
    const heldEntries = await entries.touch(kept.map((dutyLease) => dutyLease.entry));
    for (const dutyLease of kept) {
      if (heldEntries.has(dutyLease.entry.id)) dutyLease.until = before + LEASE_MILLISECONDS;
      // A duty that was given back during the call is not lost, and needs no warning.
      else if (this.#duties.get(dutyLease.entry.duty) === dutyLease.leased) this.#lose(dutyLease);
    }
  }

  /** Ends leases that could not be renewed in time, and hands over duties that were held for very long. */
  check(): void {
    const now = performance.now();
    for (const dutyLease of this.#all.values()) {
      if (now >= dutyLease.until) this.#lose(dutyLease);
      else if (now >= dutyLease.since + LONGEST_MILLISECONDS) giveBack(dutyLease);
    }
  }

  giveBackAll(): void {
    for (const dutyLease of this.#all.values()) giveBack(dutyLease);
  }

  #lose({ leased, entry }: DutyLease): void {
    if (leased.lost.signal.aborted) return;
    this.#log.write("warn", "the lease of a duty was lost, or could not be renewed in time", { duty: entry.duty });
    this.#duties.lose(leased);
  }
}

function giveBack(dutyLease: DutyLease): void {
  if (dutyLease.leased.lost.signal.aborted) return;
  dutyLease.givenBack = true;
  dutyLease.leased.lost.abort();
}
