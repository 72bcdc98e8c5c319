// How values are written in problems. Types have JSON's own names, which are the same in both languages. Text is cut,
// so that a megabyte of text in a wrong place does not become a megabyte of message.
import type { Json } from "../../model/data/json.ts";
import { isSealed, MASK } from "../../model/document/sealed.ts";

const SHOWN = 80;

export function typeWord(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

export function showValue(value: unknown): string {
  if (typeof value === "string") return isSealed(value) ? MASK : JSON.stringify(clip(value));
  return typeof value === "object" && value !== null ? typeWord(value) : String(value);
}

export function clip(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`;
}

/** Names for a hint: all of them, or the first twenty. */
export function listNames(names: Iterable<string>): string {
  const all = [...names].map(clip);
  if (all.length === 0) return "–";
  return all.length <= 20 ? all.join(", ") : `${all.slice(0, 20).join(", ")}, …`;
}

/** The value at a path, by own keys only: `constructor` is not a field of a document. */
export function valueAt(root: Json | undefined, path: readonly PropertyKey[]): Json | undefined {
  let current: unknown = root;
  for (const key of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = Reflect.get(current, key);
  }
  return current as Json | undefined; // part of a Json value is Json
}
