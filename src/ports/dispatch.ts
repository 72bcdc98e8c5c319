// Who drives which run. One implementation in process (start and resume in memory); others hand runs to many processes.

/** A driver's claim on a run. */
export interface Lease {
  /** Aborts when the claim is lost or the process stops; what the driver then leaves unfinished is taken up by another. */
  readonly signal: AbortSignal;
  /** `callback` is called whenever something about the run changed that the driver did not do itself (a cancel). */
  onWake(callback: () => void): void;
}

export interface Dispatch {
  /** From now on runs are handed to `drive`, each to one driver at a time. Resolves once runs are taken. */
  start(drive: (run: string, lease: Lease) => Promise<void>): Promise<void>;
  /** Called after a run was committed, or changed by somebody who does not drive it. */
  wake(run: string): void;
  /** No new runs; signals abort; resolves when every driver has returned. What did not end is taken up at the next start. */
  stop(): Promise<void>;
}
