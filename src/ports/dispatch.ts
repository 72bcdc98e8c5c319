// Who looks after what. A duty is something that one process at a time looks after: a run that has not ended, a schedule, or one of the
// engine's own that never end. Two implementations under one contract suite: in this process, and pg-boss for many processes.
// Nothing is kept here that is not in the store as well: a duty that dispatch forgot is handed out again by `ensure`.

/** `run/ID`, `schedule/ID`, `engine/NAME`. */
export type Duty = `${string}/${string}`;

/** How a duty is handed out. */
export interface DutyTerms {
  /** Duties of one group never take all slots while another group waits for one. Undefined: it belongs to nobody. */
  readonly group?: string;
  /** Higher first. */
  readonly priority?: number;
  /** Not before. */
  readonly at?: Date;
}

/** A claim on a duty. */
export interface Lease {
  /** Aborts when the claim is lost or the process stops; what is then left unfinished is taken up by another. */
  readonly signal: AbortSignal;
  /**
   * False as soon as somebody else may have the duty, also when this process was frozen and has not noticed yet: asked right before
   * a write that no guard protects.
   */
  holds(): boolean;
  /** `callback` is called whenever something about the duty changed that its holder did not do itself (a cancel). */
  onWake(callback: () => void): void;
  /** It only waits from here on: its slot is free for others, and whatever it does next it does without one. */
  rest(): void;
}

/** done: nothing is left to do. Otherwise it is handed out again then, or as soon as somebody wakes it; null: nobody knows when. */
export type DriveOutcome = "done" | { readonly again: Date | null };

export type Drive = (duty: Duty, lease: Lease) => Promise<DriveOutcome>;

export interface Dispatched {
  /** Looked after by this process now. */
  readonly held: number;
  /** Those of them that only wait. */
  readonly resting: number;
  readonly slots: number;
}

/** A duty that is due and that no process looks after. */
export interface QueuedDuty {
  /** `group`: as many duties of its group as the limit allows are looked after. `slots`: no process that has a free slot took it yet. */
  readonly because: "group" | "slots";
  /** Of `group`: how many duties of the group may be looked after at a time. */
  readonly limit: number | null;
  /** Of `group`: the duties that are. */
  readonly holders: readonly Duty[];
}

export interface Dispatch {
  /** Other processes look after duties too: one that woke a duty may have died before anybody knew. */
  readonly shared: boolean;
  /**
   * From now on duties are handed to `drive`, each to one holder at a time. A drive that throws is tried again, later each time.
   * `giveUp` gets those whose holders vanished time after time, without a word; where there is one process only, there are none.
   * A process that never calls this one only wakes.
   */
  start(drive: Drive, giveUp?: (duty: Duty) => Promise<void>): Promise<void>;
  /** There is something to do for the duty: its holder is told, or a process is going to hold it, under the newest terms. Never rejects; resolves once that is certain, or soon. */
  wake(duty: Duty, terms?: DutyTerms): Promise<void>;
  /** Hands out those of the duties that nobody holds and nobody waits to hold. */
  ensure(duties: readonly { readonly duty: Duty; readonly terms: DutyTerms }[]): Promise<void>;
  state(): Dispatched;
  /** Those of the duties that are due and that no process looks after, and why. */
  queued(duties: readonly Duty[]): Promise<ReadonlyMap<Duty, QueuedDuty>>;
  /** No new duties; signals abort; resolves when every drive has returned. What did not end is handed to others at once, or taken up at the next start. */
  stop(): Promise<void>;
}
