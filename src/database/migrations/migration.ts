// A step of the schema. Its file is never edited once released.
import type { ColumnTypes } from "../connection/database.ts";

export interface Migration {
  /** Number and name, as the file is called. */
  readonly name: string;
  readonly statements: (types: ColumnTypes) => readonly string[];
}
