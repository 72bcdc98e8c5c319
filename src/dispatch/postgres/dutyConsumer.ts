// A process that drives duties: it takes entries while it has free slots, drives each duty, and puts an entry back when
// work is left.
import type { Dispatched, Drive, Duty, DutyTerms } from "../../ports/dispatch.ts";
import { createLeasedDuties, dispatched, type LeasedDuties } from "../duties/leasedDuties.ts";
import { pauseAfter } from "../duties/retryDelays.ts";
import { type DutyLease, DutyLeases } from "./dutyLeases.ts";
import type { DutyRequest, Entries } from "./entries.ts";
import type { PgBossOptions } from "./options.ts";
import { announcePresence } from "./presence.ts";
import { repeat } from "./repeat.ts";
import { createTaker, type Taker } from "./taker.ts";

/**
 * Milliseconds between two looks into the queue. They find entries that a dead process left; all other news is
 * notified.
 */
const POLL_MILLISECONDS = 1_000;
const TOUCH_MILLISECONDS = 2_500;
const CHECK_MILLISECONDS = 250;
const STOP_MILLISECONDS = 10_000;
/**
 * The longest time that a duty waits without a look, in case a wake was lost because a process died before it wrote the
 * entry.
 */
const REMIND_MILLISECONDS = 15 * 60_000;

export class DutyConsumer {
  readonly #options: PgBossOptions;
  readonly #entries: Entries;
  readonly #duties: LeasedDuties;
  readonly #leases: DutyLeases;
  readonly #taker: Taker;
  readonly #drives = new Set<Promise<void>>();
  readonly #failures = new Map<Duty, number>();
  readonly #ends: (() => void | Promise<void>)[] = [];
  #stopping: Promise<void> | undefined;
  #drive: Drive | undefined;
  #giveUp: ((duty: Duty) => Promise<void>) | undefined;

  constructor(options: PgBossOptions, entries: Entries) {
    const { slots, log } = options;
    this.#options = options;
    this.#entries = entries;
    this.#duties = createLeasedDuties(slots, () => this.#taker.poke());
    this.#leases = new DutyLeases(this.#duties, log);
    const take = (limit: number, except: readonly string[]) => this.#take(limit, except);
    this.#taker = createTaker({ slots, duties: this.#duties, log, take });
  }

  async start(drive: Drive, giveUp?: (duty: Duty) => Promise<void>): Promise<void> {
    const presence = await announcePresence(this.#options.url, () => this.#entries.orphan());
    this.#drive = drive;
    this.#giveUp = giveUp;
    const subscription = await this.#entries.listen(
      ({ duty, entry }) => {
        const leasedEntry = this.#leases.entryOf(duty);
        if (leasedEntry !== undefined && leasedEntry === entry) return;
        if (!this.#duties.wake(duty)) this.#taker.poke();
      },
      () => this.#missed(),
    );
    this.#ends.push(
      () => presence.close(),
      () => subscription.close(),
      this.#every(CHECK_MILLISECONDS, () => this.#leases.check()),
      this.#every(TOUCH_MILLISECONDS, () => this.#leases.touch(this.#entries)),
      this.#every(POLL_MILLISECONDS, async () => {
        this.#taker.poke();
        await this.#giveUpDead();
      }),
    );
    this.#taker.poke();
  }

  /** Returns false when the duty is not held by this process. */
  wake(duty: Duty): boolean {
    return this.#duties.wake(duty);
  }

  state(): Dispatched {
    return dispatched(this.#duties, this.#options.slots);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    await this.#taker.stop();
    this.#leases.giveBackAll();
    // A drive that hangs must not keep the process alive. Its duty goes to another process, because its heartbeats end.
    const enough = new AbortController();
    await Promise.race([Promise.all(this.#drives), this.#options.clock.sleep(STOP_MILLISECONDS, enough.signal)]);
    enough.abort();
    const left = this.#duties.all().map((one) => one.duty);
    if (left.length > 0)
      this.#options.log.write("warn", "stopping without these duties, which hang", { left: left.join(", ") });
    for (const end of this.#ends) await end();
  }

  #every(milliseconds: number, what: () => void | Promise<void>): () => void {
    return repeat(milliseconds, what, (error) =>
      this.#options.log.write("warn", "the queue does not answer", { error: String(error) }),
    );
  }

  /** After a lost connection, all duties look again, because notifications may have been missed. */
  #missed(): void {
    for (const { duty } of this.#duties.all()) this.#duties.wake(duty);
    this.#taker.poke();
  }

  async #take(limit: number, except: readonly string[]): Promise<number> {
    const drive = this.#drive;
    if (drive === undefined) return 0;
    const { groupLimit } = this.#options;
    const since = performance.now();
    const entries = await this.#entries.take(limit, { except, ...(groupLimit === undefined ? {} : { groupLimit }) });
    for (const entry of entries) {
      const dutyLease = this.#leases.add(entry, since);
      if (dutyLease === undefined) continue;
      const work = this.#driveDuty(drive, dutyLease).finally(() => this.#drives.delete(work));
      this.#drives.add(work);
    }
    return entries.length;
  }

  async #driveDuty(drive: Drive, dutyLease: DutyLease): Promise<void> {
    const { leased, entry } = dutyLease;
    let next: DutyRequest | null;
    do next = await this.#tryDrive(drive, dutyLease);
    while (!this.#duties.finish(leased));
    // From here on a wake writes a new entry, which no process can take before the held entry is removed.
    if (dutyLease.givenBack) next = { duty: entry.duty, terms: entry.terms };
    if (dutyLease.givenBack || !leased.lost.signal.aborted) await this.#giveBack(dutyLease, next);
    this.#leases.delete(dutyLease);
  }

  async #giveBack({ entry, givenBack }: DutyLease, next: DutyRequest | null): Promise<void> {
    try {
      if (next !== null) await this.#entries.put([next]);
      await this.#entries.remove(entry);
      if (givenBack) await this.#entries.notify([{ duty: entry.duty }]);
      else this.#taker.poke();
    } catch (error) {
      // Without heartbeats the entry becomes available again, and the process that takes it reads from the store what
      // is left to do.
      this.#options.log.write("warn", "a duty could not be given back", { duty: entry.duty, error: String(error) });
    }
  }

  /** Drives the duty once; resolves with the entry to put back, or `null` when the duty is done. */
  async #tryDrive(drive: Drive, dutyLease: DutyLease): Promise<DutyRequest | null> {
    const { duty, terms } = dutyLease.entry;
    const now = this.#options.clock.now().getTime();
    try {
      const lease = this.#duties.leaseOf(dutyLease.leased, () => this.#leases.holds(dutyLease));
      const outcome = await drive(duty, lease);
      this.#failures.delete(duty);
      return outcome === "done" ? null : { duty, terms: this.#parked(terms, outcome.again) };
    } catch (error) {
      const count = (this.#failures.get(duty) ?? 0) + 1;
      this.#failures.set(duty, count);
      if (!dutyLease.leased.lost.signal.aborted)
        this.#options.log.write("error", "driving a duty failed; it is tried again", {
          duty,
          count,
          error: String(error),
        });
      dutyLease.leased.again = false; // The next try sees the reason of the wake.
      return { duty, terms: { ...terms, at: new Date(now + pauseAfter(count)) } };
    }
  }

  #parked(terms: DutyTerms, again: Date | null): DutyTerms {
    const remind = new Date(this.#options.clock.now().getTime() + REMIND_MILLISECONDS);
    return { ...terms, at: again === null || again > remind ? remind : again };
  }

  async #giveUpDead(): Promise<void> {
    for (const entry of await this.#entries.takeDead()) {
      const { duty } = entry;
      this.#options.log.write("error", "a duty is given up: too many processes vanished while they held it", { duty });
      await this.#giveUp?.(duty);
      await this.#entries.removeDead(entry);
    }
  }
}
