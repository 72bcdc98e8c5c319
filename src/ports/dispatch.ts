// The interface to the dispatch, which decides which process takes care of which duty. A duty is work for one process
// at a time: an unfinished run, a schedule, or one of the permanent duties of the engine. src/dispatch implements it
// for one process and, with pg-boss, for many processes. The dispatch stores nothing that is not also in the database:
// `ensure` hands out a duty again that the dispatch lost.

/** Name of a duty: `run/ID`, `schedule/ID`, `engine/NAME`. */
export type Duty = `${string}/${string}`;

/** Conditions for handing out a duty. */
export interface DutyTerms {
  /**
   * Group of the duty, for a fair share: duties of one group never take all slots while another group waits for one.
   * `undefined` for duties that belong to no group.
   */
  readonly group?: string;
  /** Duties with a higher priority are handed out first. */
  readonly priority?: number;
  /** Earliest time to hand out the duty. Default: immediately. */
  readonly at?: Date;
}

/** The right of a process to a duty, until it is lost or the drive ends. */
export interface Lease {
  /** Aborts when the lease is lost or the process stops. Another process then continues the unfinished work. */
  readonly signal: AbortSignal;
  /**
   * `false` as soon as another process may have the duty, even if this process was frozen and has not noticed it.
   * Called immediately before a write that no fence protects.
   */
  holds(): boolean;
  /** Calls `callback` when the duty was changed from outside, for example by a cancel. */
  onWake(callback: () => void): void;
  /** Gives back the slot, because the drive only waits from now on. The drive continues without a slot. */
  rest(): void;
}

/**
 * `done`: the duty has ended. `again`: the duty is handed out again at this time, or earlier by `wake`; `null`: only by
 * `wake`.
 */
export type DriveOutcome = "done" | { readonly again: Date | null };

export type Drive = (duty: Duty, lease: Lease) => Promise<DriveOutcome>;

export interface Dispatched {
  /** Number of duties that this process takes care of now. */
  readonly held: number;
  /** Number of those duties that gave back their slot. */
  readonly resting: number;
  readonly slots: number;
}

/** A duty that is due and that no process takes care of. */
export interface QueuedDuty {
  /** `group`: its group has reached the limit. `slots`: no process with a free slot has taken it yet. */
  readonly because: "group" | "slots";
  /** Limit of the group when `because` is `group`; otherwise `null`. */
  readonly limit: number | null;
  /** Duties of the group that are in progress when `because` is `group`. */
  readonly holders: readonly Duty[];
}

export interface Dispatch {
  /**
   * Whether other processes take care of duties too. Then a process that changed a duty may have died before its
   * `wake`.
   */
  readonly shared: boolean;
  /**
   * Starts handing duties to `drive`, each to one process at a time. A drive that throws is repeated after a growing
   * delay. `giveUp` gets the duties whose processes died several times in a row; it is never called with a single
   * process. A process that does not call `start` can still call `wake`.
   */
  start(drive: Drive, giveUp?: (duty: Duty) => Promise<void>): Promise<void>;
  /**
   * Reports that there is something to do for the duty. The process that has the duty is notified, or a process will
   * get it, under the newest terms. Never rejects. Resolves when this is stored, or after a short time.
   */
  wake(duty: Duty, terms?: DutyTerms): Promise<void>;
  /** Hands out the duties that no process has and that are not in the queue. */
  ensure(duties: readonly { readonly duty: Duty; readonly terms: DutyTerms }[]): Promise<void>;
  state(): Dispatched;
  /** Those of the given duties that are due and that no process takes care of, with the cause. */
  queued(duties: readonly Duty[]): Promise<ReadonlyMap<Duty, QueuedDuty>>;
  /**
   * Takes no new duties, aborts all signals, and resolves when all drives have returned. Other processes get the
   * unfinished duties immediately, or this process continues them at its next start.
   */
  stop(): Promise<void>;
}
