// Types and functions for JSON. All data that enters or leaves the program (documents, store, cluster, API) has this
// type.
import { toPointer } from "./pointer.ts";

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

/** JSON with sorted keys: equal values have equal text, whatever the order of their keys. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

/** Whether reading this number keeps its value: an integer beyond 2^53 may become another one without an error. */
export function isExactNumber(written: string): boolean {
  if (!/^[-+]?\d{16,}$/.test(written)) return true;
  const value = Number(written);
  return String(value) === written || (Number.isFinite(value) && BigInt(value) === BigInt(written));
}

/**
 * Like JSON.parse, but `onInexact`, which must throw, gets the first number that would change its value, and its place.
 */
export function parseExactly(text: string, onInexact: (written: string, pointer: string) => never): Json {
  // Most texts contain no number of that length, and need no check.
  if (!/\d{16}/.test(text)) return JSON.parse(text) as Json; // JSON.parse returns nothing else
  let inexact: { readonly written: string; readonly path: readonly string[]; readonly holder: unknown } | undefined;
  // JSON.parse passes each value before the object that contains it, so the path is collected from the number to the
  // root.
  function look(this: unknown, key: string, value: unknown, context?: { readonly source?: string }): unknown {
    const written = context?.source ?? "";
    if (inexact === undefined) {
      if (typeof value === "number" && !isExactNumber(written)) inexact = { written, path: [key], holder: this };
    } else if (value === inexact.holder) inexact = { ...inexact, path: [key, ...inexact.path], holder: this };
    return value;
  }
  const value = JSON.parse(text, look) as Json; // as above
  // JSON.parse passes the root as the value of an empty key, which is not part of the path.
  return inexact === undefined ? value : onInexact(inexact.written, toPointer(inexact.path.slice(1)));
}

type JsonReading =
  | { readonly is: "json"; readonly value: Json }
  | { readonly is: "inexact"; readonly pointer: string }
  | { readonly is: "none" };

class Inexact extends Error {
  readonly pointer: string;

  constructor(pointer: string) {
    super("a number cannot be kept as it is");
    this.pointer = pointer;
  }
}

/**
 * Reads a text from outside. The pointer to a number that cannot be kept is cut to 200 characters, because keys may be
 * long.
 */
export function readJson(text: string): JsonReading {
  try {
    const value = parseExactly(text, (_, pointer) => {
      throw new Inexact(pointer.slice(0, 200));
    });
    return { is: "json", value };
  } catch (error) {
    return error instanceof Inexact ? { is: "inexact", pointer: error.pointer } : { is: "none" };
  }
}
