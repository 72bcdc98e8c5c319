// Sealed tokens: the encrypted form of secret values. The server replaces each secret value by its token when it reads
// a request. Only the vault (src/vault) can decrypt a token; that happens where the value itself is needed, such as in
// an object that is sent to the cluster. The same value in the same project has the same token, so that plans, hashes
// and diffs show whether a value changed without knowing it.
import { isObject, type Json } from "../data/json.ts";

const PREFIX = "sealed:v1:";

/** The text that users see instead of a secret value. */
export const MASK = "••••••";

export function isSealed(value: unknown): value is string {
  return typeof value === "string" && value.startsWith(PREFIX);
}

export function sealedToken(payload: string): string {
  return PREFIX + payload;
}

export function sealedPayload(token: string): string {
  return token.slice(PREFIX.length);
}

/** A copy in which every string is replaced by the result of `replace`. */
export function mapStrings(value: Json, replace: (text: string) => string): Json {
  if (typeof value === "string") return replace(value);
  if (Array.isArray(value)) return value.map((inner: Json) => mapStrings(inner, replace));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, inner]) =>
    inner === undefined ? [] : [[key, mapStrings(inner, replace)] as const],
  );
  return Object.fromEntries(entries);
}

/** Replaces sealed tokens by the mask, for every output that people read: plans, documents, diffs. */
export function maskSealed<T extends Json>(value: T): T {
  return mapStrings(value, (text) => (isSealed(text) ? MASK : text)) as T; // the shape is kept, only strings change
}

/** Also replaces tokens inside of longer texts: a message of the cluster may quote the value that it refused. */
export function maskText(text: string): string {
  return text.replace(/sealed:v1:[\w+/=-]*/g, MASK);
}

/**
 * Length of the shortest value that is hidden in logs and messages. Shorter values would also hide many harmless words.
 */
export const SHORTEST_HIDDEN = 4;
