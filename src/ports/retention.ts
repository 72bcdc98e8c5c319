// The interface for deleting old data in small steps. Each call is one short transaction, so that other writers do not
// wait long. The caller repeats the call with the returned cursor. src/database/tables/retention.ts implements it.

/** Position at which a call ended. Opaque to the caller. */
export type PruneCursor = string;

export interface PruneStep {
  readonly removed: number;
  /** Position for the next call; `null` when all old rows have been checked. */
  readonly next: PruneCursor | null;
}

export interface PruneRequest {
  /** Only what ended or was written before this time is deleted. RFC 3339. */
  readonly before: string;
  readonly after: PruneCursor | null;
  /** Number of rows that the call checks. */
  readonly limit: number;
}

export interface Retention {
  /**
   * Deletes ended runs with their jobs, messages, logs and idempotency keys. It keeps the last run and the last
   * succeeded run of each application, its newest `keep` runs, runs whose events a sink has not delivered yet, and
   * sample runs of job types.
   */
  runs(request: PruneRequest & { readonly keep: number }): Promise<PruneStep>;
  /** Deletes stored log lines of ended runs. */
  logs(request: PruneRequest): Promise<PruneStep>;
  /** Deletes events, except those of unfinished runs, those that a sink has not delivered, and the newest one. */
  events(request: PruneRequest): Promise<PruneStep>;
  /** Deletes revisions, except the current one of an application, those that a run refers to, and the newest `keep`. */
  revisions(request: PruneRequest & { readonly keep: number }): Promise<PruneStep>;
  /**
   * Reserves work for one process at a time. `true`: the owner has it until `until`, and may call this again to extend
   * it.
   */
  takeTurn(turn: {
    readonly name: string;
    readonly owner: string;
    readonly now: string;
    readonly until: string;
  }): Promise<boolean>;
}
