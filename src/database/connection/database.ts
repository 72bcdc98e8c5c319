// One open database: the queries of all aggregates go through it. What differs between SQLite and PostgreSQL is `Differences`,
// and nothing else in this folder may ask which one it is.
import type { Kysely, Transaction } from "kysely";
import type { Clock } from "../../ports/clock.ts";
import type { News } from "../../ports/news.ts";
import type { FullDisk } from "./fullDisk.ts";
import type { Leases } from "./lockLeases.ts";
import type { Tables } from "./schema.ts";

export type Queries = Kysely<Tables> | Transaction<Tables>;

/** Words of the data definition language that the two databases spell differently. */
export interface ColumnTypes {
  /** A number that the database gives, growing with every row, never used again. */
  readonly position: string;
  /** Text that compares byte by byte: PostgreSQL's own order depends on the locale of the server. */
  readonly text: string;
  /** A number that may be as large as a position. */
  readonly long: string;
  /** What ends `create table (…)`. */
  readonly tableEnd: string;
}

export interface Differences {
  readonly types: ColumnTypes;
  /** Held until the transaction ends: two processes that start at once migrate one after the other. */
  lockSchema(transaction: Transaction<Tables>): Promise<void>;
  /**
   * Held until the transaction ends, taken before events are inserted. Without it a transaction could take sequence 4, another one take 5 and
   * commit first: a reader that saw 5 would go on from there and never see 4. It also tells the other processes once the commit is visible.
   * Nothing else may be locked after it, or two transactions could wait for each other.
   */
  lockEvents(transaction: Transaction<Tables>): Promise<void>;
  hasTable(transaction: Transaction<Tables>, table: string): Promise<boolean>;
  /** Between columns and values of an insert that brings its own positions. */
  readonly ownPositions: string;
  /** The next position of the table is greater than this one. */
  goOnAfter(
    transaction: Transaction<Tables>,
    position: { readonly table: string; readonly column: string; readonly last: number },
  ): Promise<void>;
}

export interface Database {
  readonly queries: Kysely<Tables>;
  readonly differences: Differences;
  readonly clock: Pick<Clock, "now">;
  readonly disk: FullDisk;
  readonly leases: Leases;
  /** Notified after each commit that may have written events, of this process or another one. */
  readonly commits: News;
}
