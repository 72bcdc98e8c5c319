// Converts values to columns and back.

/** JSON as text with the type of its value. The field `json` never exists; it is only for the compiler. */
export type JsonText<T> = string & { readonly json?: T };

export function toJson<T>(value: T): JsonText<T> {
  return JSON.stringify(value);
}

export function fromJson<T>(text: JsonText<T>): T {
  // These columns are only written with `toJson` of the same type.
  return JSON.parse(text) as T;
}

/**
 * Replaces U+0000, which a program may print and which PostgreSQL refuses, with the replacement character, in both
 * databases.
 */
export function printable(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "\ufffd") : text;
}

/** Both databases limit the parameters of a statement (SQLite 32,766, PostgreSQL 65,535); no table has 20 columns. */
const ROWS_PER_STATEMENT = 500;

export function* inBatches<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT)
    yield rows.slice(start, start + ROWS_PER_STATEMENT);
}
