// The type of a migration, a step of the schema. Its file is never edited after its release.
import type { ColumnTypes } from "../connection/database.ts";

export interface Migration {
  /** Number and name, the same as the name of its file. */
  readonly name: string;
  readonly statements: (types: ColumnTypes) => readonly string[];
}
