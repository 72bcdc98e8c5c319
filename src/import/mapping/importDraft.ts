// Drafts: the parts of the new document while an import writes them, as plain JSON that may change. One draft is the
// head of the document; each component is a draft.
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { isComponentName, suggestName } from "../../model/kubernetes/name.ts";

type Growing = { [key: string]: Json };

export interface ImportDraft {
  readonly body: Growing;
}

export function newDraft(fields: JsonObject = {}): ImportDraft {
  return { body: structuredClone(fields) as Growing }; // The clone may be changed; the original is read-only.
}

export function nameOf(draft: ImportDraft): string {
  const name = draft.body["name"];
  return typeof name === "string" ? name : "";
}

/**
 * Writes a value at a path, and creates missing objects and lists on the way: a list where the next part is a number.
 */
export function place(draft: ImportDraft, path: Path, value: Json): void {
  let current: Growing | Json[] = draft.body;
  for (const [index, part] of path.slice(0, -1).entries()) {
    const next: Json | undefined = at(current, part);
    const missing: Growing | Json[] = typeof path[index + 1] === "number" ? [] : {};
    // The cast is safe: only this function creates the objects and lists of a draft, and they may be changed.
    const fresh = isObject(next) || Array.isArray(next) ? (next as Growing | Json[]) : missing;
    if (fresh !== next) write(current, part, fresh);
    current = fresh;
  }
  const last = path.at(-1);
  if (last !== undefined) write(current, last, structuredClone(value));
}

function at(holder: Growing | Json[], part: string | number): Json | undefined {
  return Array.isArray(holder) ? holder[Number(part)] : Object.hasOwn(holder, part) ? holder[part] : undefined;
}

function write(holder: Growing | Json[], part: string | number, value: Json): void {
  if (Array.isArray(holder)) holder[Number(part)] = value;
  // defineProperty also writes keys such as __proto__ as ordinary keys.
  else Object.defineProperty(holder, part, { value, enumerable: true, writable: true, configurable: true });
}

/** The path of the next item of a list, as in `nextOf(draft, ["traits", "storage"])`. The list need not exist yet. */
export function nextOf(draft: ImportDraft, list: Path): Path {
  const present = valueAt(draft, list);
  return [...list, Array.isArray(present) ? present.length : 0];
}

export function valueAt(draft: ImportDraft, path: Path): Json | undefined {
  let current: Json | undefined = draft.body;
  for (const part of path) {
    if (current === null || typeof current !== "object") return undefined;
    // The cast is safe: place() created everything in a draft.
    current = at(current as Growing | Json[], part);
  }
  return current;
}

/** Removes a value, and the objects and lists that become empty by it, except the fields of the component itself. */
export function cut(draft: ImportDraft, path: Path): void {
  const holder = valueAt(draft, path.slice(0, -1));
  const last = path.at(-1);
  if (last === undefined || holder === null || typeof holder !== "object") return;
  if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete (holder as Growing)[last]; // The cast is safe: place() created everything in a draft.
  if (path.length > 2 && Object.keys(holder).length === 0) cut(draft, path.slice(0, -1));
}

/**
 * A valid component name that is not in `taken`: the wanted one if possible, else a similar one, else one from
 * `otherwise`.
 */
export function freeName(wanted: string, taken: ReadonlySet<string>, otherwise: string): string {
  const base = isComponentName(wanted) ? wanted : (suggestName(wanted) ?? otherwise);
  if (!taken.has(base)) return base;
  for (let count = 2; ; count++) {
    const suffix = `-${count}`;
    const name = `${base.slice(0, 40 - suffix.length).replace(/-+$/, "")}${suffix}`;
    if (!taken.has(name)) return name;
  }
}
