// Forgetting what is old, a little at a time. Each call is one short transaction, so nobody waits long behind it; whoever goes through
// everything calls again from where the last call ended.

/** Where a call ended; opaque. */
export type PruneCursor = string;

export interface PruneStep {
  readonly removed: number;
  /** Null: all that is old enough was looked at. */
  readonly next: PruneCursor | null;
}

export interface PruneRequest {
  /** What ended, or was written, before this moment. RFC 3339. */
  readonly before: string;
  readonly after: PruneCursor | null;
  /** So many rows are looked at. */
  readonly limit: number;
}

export interface Retention {
  /**
   * Ended runs with their jobs, messages, logs and idempotency keys. Never the last run of an application, nor its last one that
   * succeeded, nor the newest `keep` of each application, nor one whose events a sink holds back, nor the one that tries a job type.
   */
  runs(request: PruneRequest & { readonly keep: number }): Promise<PruneStep>;
  /** Kept log lines of runs that ended. */
  logs(request: PruneRequest): Promise<PruneStep>;
  /** Never those of unfinished runs, those that a sink has not delivered, nor the newest one. */
  events(request: PruneRequest): Promise<PruneStep>;
  /** Never the current one of an application, nor one that a run still refers to, nor the newest `keep`. */
  revisions(request: PruneRequest & { readonly keep: number }): Promise<PruneStep>;
  /** Whose turn it is to do what one process at a time does: true, and it is ours until then. The owner may take it again. */
  takeTurn(turn: {
    readonly name: string;
    readonly owner: string;
    readonly now: string;
    readonly until: string;
  }): Promise<boolean>;
}
