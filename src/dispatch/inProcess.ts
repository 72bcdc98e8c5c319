// The dispatch of a single process: it drives duties itself, as many at a time as there are slots. It stores nothing.
// After a crash, the engine reads from the store which duties have not ended, and calls `ensure`.
import type { Clock } from "../ports/clock.ts";
import type { Dispatch, Dispatched, Drive, DriveOutcome, Duty, DutyTerms, QueuedDuty } from "../ports/dispatch.ts";
import type { Log } from "../ports/log.ts";
import { createLanes } from "./duties/lanes.ts";
import {
  createLeasedDuties,
  dispatched,
  type LeasedDuties,
  type LeasedDuty,
  queuedBecause,
} from "./duties/leasedDuties.ts";
import { pauseAfter } from "./duties/retryDelays.ts";
import { groupsAboveShare, groupsAtMaximum } from "./duties/shares.ts";

/** Default number of slots. A drive mostly waits, and costs some ten kilobytes of memory. */
export const SLOTS = 400;

interface Limits {
  readonly slots?: number;
  /** The most duties of one group that are held at the same time. Default: no limit. */
  readonly groupLimit?: number;
}

/**
 * The longest timer, in milliseconds. A duty waits for a time of day, but a timer runs for a duration: they differ
 * after the clock is set.
 */
const LONGEST_SLEEP = 60_000;

export function inProcessDispatch(log: Log, clock: Clock, limits: Limits = {}): Dispatch {
  return new InProcess(log, clock, limits);
}

class InProcess implements Dispatch {
  readonly shared = false;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #slots: number;
  readonly #groupLimit: number;
  readonly #lanes = createLanes();
  readonly #duties: LeasedDuties;
  /** Timers of the duties that are not due yet. */
  readonly #alarms = new Map<Duty, AbortController>();
  readonly #failures = new Map<Duty, number>();
  readonly #drives = new Set<Promise<void>>();
  #drive: Drive | undefined;
  #stopped = false;

  constructor(log: Log, clock: Clock, { slots = SLOTS, groupLimit = Infinity }: Limits) {
    this.#log = log;
    this.#clock = clock;
    this.#slots = slots;
    this.#groupLimit = groupLimit;
    this.#duties = createLeasedDuties(slots, () => this.#fill());
  }

  async start(drive: Drive): Promise<void> {
    this.#drive = drive;
    this.#fill();
  }

  async wake(duty: Duty, terms: DutyTerms = {}): Promise<void> {
    if (!this.#duties.wake(duty)) this.#enqueue(duty, terms);
  }

  async ensure(duties: readonly { readonly duty: Duty; readonly terms: DutyTerms }[]): Promise<void> {
    for (const { duty, terms } of duties) if (!this.#knows(duty)) this.#enqueue(duty, terms);
  }

  state(): Dispatched {
    return dispatched(this.#duties, this.#slots);
  }

  async queued(duties: readonly Duty[]): Promise<ReadonlyMap<Duty, QueuedDuty>> {
    const leased = this.#duties.all();
    return new Map(
      duties.flatMap((duty) => {
        if (!this.#lanes.has(duty)) return [];
        const group = this.#lanes.groupOf(duty);
        const holders = leased.filter((one) => group !== undefined && one.terms.group === group).map((one) => one.duty);
        return [[duty, queuedBecause(holders, this.#groupLimit)] as const];
      }),
    );
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const alarm of this.#alarms.values()) alarm.abort();
    for (const leased of this.#duties.all()) leased.lost.abort();
    await Promise.all(this.#drives);
  }

  #knows(duty: Duty): boolean {
    return this.#duties.get(duty) !== undefined || this.#lanes.has(duty) || this.#alarms.has(duty);
  }

  #fill(): void {
    const drive = this.#drive;
    if (drive === undefined) return;
    while (!this.#stopped && this.#duties.free() > 0) {
      const used = this.#duties.used();
      const limited = this.#duties.atLimit(this.#groupLimit);
      const next =
        this.#lanes.next([...limited, ...groupsAboveShare(used, this.#slots)]) ??
        this.#lanes.next([...limited, ...groupsAtMaximum(used, this.#slots)]);
      const leased = next === undefined ? undefined : this.#duties.take(next.duty, next.terms);
      if (leased === undefined) return;
      const work = this.#driveDuty(drive, leased).finally(() => this.#drives.delete(work));
      this.#drives.add(work);
    }
  }

  async #driveDuty(drive: Drive, leased: LeasedDuty): Promise<void> {
    let outcome: DriveOutcome;
    do outcome = await this.#tryDrive(drive, leased);
    while (!this.#duties.finish(leased));
    if (outcome !== "done" && outcome.again !== null)
      this.#enqueue(leased.duty, { ...leased.terms, at: outcome.again });
  }

  async #tryDrive(drive: Drive, leased: LeasedDuty): Promise<DriveOutcome> {
    const { duty, lost } = leased;
    try {
      const outcome = await drive(
        duty,
        this.#duties.leaseOf(leased, () => !lost.signal.aborted),
      );
      this.#failures.delete(duty);
      return outcome;
    } catch (error) {
      const count = (this.#failures.get(duty) ?? 0) + 1;
      this.#failures.set(duty, count);
      // Most likely the store did not answer. The duty must not be forgotten for that.
      this.#log.write("error", "driving a duty failed; it is tried again", { duty, count, error: String(error) });
      leased.again = false; // The next try sees the reason of the wake.
      return { again: new Date(this.#clock.now().getTime() + pauseAfter(count)) };
    }
  }

  /** Lets the duty wait for a slot, now or from `terms.at` on. A timer that was set for it before is cancelled. */
  #enqueue(duty: Duty, terms: DutyTerms): void {
    if (this.#stopped) return;
    const { at, ...laneTerms } = terms;
    this.#alarms.get(duty)?.abort();
    this.#alarms.delete(duty);
    const wait = at === undefined ? 0 : at.getTime() - this.#clock.now().getTime();
    if (wait > 0) return this.#enqueueLater(duty, terms, wait);
    this.#lanes.add(duty, laneTerms);
    this.#fill();
  }

  #enqueueLater(duty: Duty, terms: DutyTerms, wait: number): void {
    const alarm = new AbortController();
    this.#alarms.set(duty, alarm);
    void this.#clock.sleep(Math.min(wait, LONGEST_SLEEP), alarm.signal).then(() => {
      if (!alarm.signal.aborted) this.#enqueue(duty, terms);
    });
  }
}
