// A secret value never travels in clear behind the front door: it is replaced by a sealed token, which only the vault opens,
// at the moment an object is sent to the cluster. The same value in the same project gives the same token, so that
// plans, hashes and diffs can tell "changed" from "unchanged" without knowing it.
import { isObject, type Json } from "../data/json.ts";

const PREFIX = "sealed:v1:";

/** What people see in place of a secret. */
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

/** A copy in which every string is replaced by what `replace` makes of it. */
export function mapStrings(value: Json, replace: (text: string) => string): Json {
  if (typeof value === "string") return replace(value);
  if (Array.isArray(value)) return value.map((inner: Json) => mapStrings(inner, replace));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, inner]) =>
    inner === undefined ? [] : [[key, mapStrings(inner, replace)] as const],
  );
  return Object.fromEntries(entries);
}

/** For every output that people read: plans, documents, diffs. */
export function maskSealed<T extends Json>(value: T): T {
  return mapStrings(value, (text) => (isSealed(text) ? MASK : text)) as T; // the shape is kept, only strings change
}

/** Also inside of longer texts: a cluster's complaint may quote the value that it refused. */
export function maskText(text: string): string {
  return text.replace(/sealed:v1:[\w+/=-]*/g, MASK);
}

/** Characters of the shortest value that is hidden wherever it stands: shorter ones would hit innocent words everywhere. */
export const SHORTEST_HIDDEN = 4;
