// Plain JSON, as types. Everything that crosses a border of the program (document, store, cluster, REST) is this.

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path of keys, or undefined as soon as one is missing. */
export function dig(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    if (Array.isArray(current)) current = current[Number(key)];
    else if (isObject(current)) current = current[key];
    else return undefined;
  }
  return current;
}

/** JSON with sorted keys: equal values give equal text, whatever order they were written in. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

/** Whether a number that is written so comes out as it went in: an integer beyond 2^53 may become another one without an error. */
export function isExactNumber(written: string): boolean {
  if (!/^[-+]?\d{16,}$/.test(written)) return true;
  const value = Number(written);
  return String(value) === written || (Number.isFinite(value) && BigInt(value) === BigInt(written));
}

/** As JSON.parse, but numbers that would become other ones are handed to `onInexact`, which throws. */
export function parseExactly(text: string, onInexact: (written: string) => never): Json {
  // Most texts hold no number of that length, and then nothing has to be looked at twice.
  if (!/\d{16}/.test(text)) return JSON.parse(text) as Json; // JSON.parse gives nothing else
  const look = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value !== "number" || isExactNumber(context?.source ?? "") ? value : onInexact(context?.source ?? "");
  return JSON.parse(text, look) as Json; // likewise
}
