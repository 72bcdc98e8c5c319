// The format of a backup: a sequence of records that does not depend on the database, so that a backup of one database
// can be restored into another. It contains no key of the vault, and sealed values stay sealed. src/database/backup
// writes and reads it.
import type { Json } from "../model/data/json.ts";

export type BackupRecord =
  | {
      readonly record: "begin";
      readonly format: 1;
      /** Version of the program that wrote the backup. */
      readonly version: string;
      readonly at: string;
      /** Names of the migrations that the database had when the backup was taken. */
      readonly changes: readonly string[];
    }
  | { readonly record: "rows"; readonly table: string; readonly rows: readonly BackupRow[] }
  /** The last used number of each table, so that no number is used twice. */
  | { readonly record: "positions"; readonly positions: Readonly<Record<string, number>> }
  /** The last record. A backup without it is incomplete. */
  | { readonly record: "end"; readonly rows: number };

export type BackupRow = Readonly<Record<string, Json>>;

export interface Restored {
  readonly rows: number;
  /** Time at which the backup was taken. */
  readonly at: string;
}
