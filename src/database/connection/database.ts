// The types of an open database, which all files in tables/ use. The differences between SQLite and PostgreSQL are in
// `Differences` (dialect.ts); no other code of this folder may depend on which one it is.
import type { Kysely, Transaction } from "kysely";
import type { Clock } from "../../ports/clock.ts";
import type { News } from "../../ports/news.ts";
import type { FullDisk } from "./fullDisk.ts";
import type { Leases } from "./lockLeases.ts";
import type { Tables } from "./schema.ts";

export type Queries = Kysely<Tables> | Transaction<Tables>;

/** Parts of SQL table definitions that differ between the two databases. */
export interface ColumnTypes {
  /** A growing number that the database assigns to each row and never uses again. */
  readonly position: string;
  /** Text that is compared byte by byte. The default order of PostgreSQL depends on the locale of the server. */
  readonly text: string;
  /** A number that may be as large as a position. */
  readonly long: string;
  /** Text at the end of `create table (…)`. */
  readonly tableEnd: string;
}

export interface Differences {
  readonly types: ColumnTypes;
  /**
   * Locks the schema until the transaction ends, so that two processes that start at the same time migrate one after
   * the other.
   */
  lockSchema(transaction: Transaction<Tables>): Promise<void>;
  /**
   * Locks the events until the transaction ends, before events are inserted. Without it, one transaction could take
   * sequence 4, another one take 5 and commit first; a reader that has seen 5 would never read 4. It also notifies
   * other processes when the commit is visible. A transaction may not take another lock after it, or two transactions
   * could deadlock.
   */
  lockEvents(transaction: Transaction<Tables>): Promise<void>;
  hasTable(transaction: Transaction<Tables>, table: string): Promise<boolean>;
  /** Text between the columns and the values of an insert that contains its own positions. */
  readonly ownPositions: string;
  /** Makes the next position of the table greater than `last`. */
  continueAfter(
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
