// A backup as a sequence of records, the same for every database: what was taken from one is restored into any other.
// Holds no key: what is sealed stays sealed.
import type { Json } from "../model/data/json.ts";

export type BackupRecord =
  | {
      readonly record: "begin";
      readonly format: 1;
      /** Of the program that took it. */
      readonly version: string;
      readonly at: string;
      /** Changes of the schema that the rows are made for. */
      readonly changes: readonly string[];
    }
  | { readonly record: "rows"; readonly table: string; readonly rows: readonly BackupRow[] }
  /** The last number that was given out, by table: it is not given again. */
  | { readonly record: "positions"; readonly positions: Readonly<Record<string, number>> }
  /** Without it, the end is missing. */
  | { readonly record: "end"; readonly rows: number };

export type BackupRow = Readonly<Record<string, Json>>;

export interface Restored {
  readonly rows: number;
  /** When the backup was taken. */
  readonly at: string;
}
