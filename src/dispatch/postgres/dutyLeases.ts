// What this process holds, the entries that say so, and until when each is certainly ours. Leases run by the steady clock of the computer
// (performance.now): it goes on while the process is frozen, and nobody can set it.
import type { Duty } from "../../ports/dispatch.ts";
import type { Log } from "../../ports/log.ts";
import type { Holding, Holdings } from "../duties/leasedDuties.ts";
import type { Entries, Taken } from "./entries.ts";
import { HEARTBEAT_SECONDS } from "./queue.ts";

/** Believed for a shorter time than others believe it: a write may be under way. */
const LEASE_MILLISECONDS = HEARTBEAT_SECONDS * 1_000 - 1_500;
/** pg-boss ends every lease after a day: long before, it is given back, and taken anew by whoever is first. */
const LONGEST_MILLISECONDS = 12 * 3_600_000;

export interface Claim {
  readonly holding: Holding;
  readonly taken: Taken;
  readonly since: number;
  until: number;
  /** We let go of it before it was through: it is for others, at once. */
  handedOver: boolean;
}

export class Claims {
  readonly #all = new Map<Holding, Claim>();
  readonly #holdings: Holdings;
  readonly #log: Log;

  constructor(holdings: Holdings, log: Log) {
    this.#holdings = holdings;
    this.#log = log;
  }

  /** `since`: before the queue was asked. */
  add(taken: Taken, since: number): Claim | undefined {
    // The queue gives out what nobody holds: when we believe that we hold it, we are the ones who are wrong.
    const before = this.#holdings.get(taken.duty);
    if (before !== undefined) this.#holdings.lose(before);
    const holding = this.#holdings.take(taken.duty, taken.terms);
    if (holding === undefined) return undefined;
    const claim: Claim = { holding, taken, since, until: since + LEASE_MILLISECONDS, handedOver: false };
    this.#all.set(holding, claim);
    return claim;
  }

  delete(claim: Claim): void {
    this.#all.delete(claim.holding);
  }

  /** The entry under which we hold the duty. */
  entryOf(duty: Duty): string | undefined {
    const holding = this.#holdings.get(duty);
    return holding === undefined ? undefined : this.#all.get(holding)?.taken.id;
  }

  holds({ holding, until }: Claim): boolean {
    return !holding.lost.signal.aborted && performance.now() < until;
  }

  /** A sign of life for all. What turns out to be lost is left. */
  async touch(entries: Entries): Promise<void> {
    const kept = [...this.#all.values()].filter((claim) => !claim.holding.lost.signal.aborted);
    if (kept.length === 0) return;
    const before = performance.now();
    const ours = await entries.touch(kept.map((claim) => claim.taken));
    for (const claim of kept) {
      if (ours.has(claim.taken.id)) claim.until = before + LEASE_MILLISECONDS;
      // What was given back while we asked is nobody's loss.
      else if (this.#holdings.get(claim.taken.duty) === claim.holding) this.#lose(claim);
    }
  }

  /** Leaves what could not be kept, and hands over what was kept for very long. */
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

  #lose({ holding, taken }: Claim): void {
    if (holding.lost.signal.aborted) return;
    this.#log.write("warn", "a duty was lost to others, or could not be kept", { duty: taken.duty });
    this.#holdings.lose(holding);
  }
}

function handOver(claim: Claim): void {
  if (claim.holding.lost.signal.aborted) return;
  claim.handedOver = true;
  claim.holding.lost.abort();
}
