// What an import makes, while it is being made: the document's head and its components, as plain JSON that still changes.
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { isComponentName, suggestName } from "../../model/kubernetes/name.ts";

type Growing = { [key: string]: Json };

export interface Draft {
  readonly body: Growing;
}

export function newDraft(fields: JsonObject = {}): Draft {
  return { body: structuredClone(fields) as Growing }; // a clone may change, what it was made from may not
}

export function nameOf(draft: Draft): string {
  const name = draft.body["name"];
  return typeof name === "string" ? name : "";
}

/** Makes the objects and lists on the way as they are needed: a list where the next part is a number. */
export function place(draft: Draft, path: Path, value: Json): void {
  let current: Growing | Json[] = draft.body;
  for (const [index, part] of path.slice(0, -1).entries()) {
    const next: Json | undefined = at(current, part);
    const missing: Growing | Json[] = typeof path[index + 1] === "number" ? [] : {};
    // Only this function makes the objects and lists of a draft, and they may change.
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
  // A key such as __proto__ is a key like any other.
  else Object.defineProperty(holder, part, { value, enumerable: true, writable: true, configurable: true });
}

/** The next free place of a list, made if it does not exist: `nextOf(draft, ["traits", "storage"])`. */
export function nextOf(draft: Draft, list: Path): Path {
  const present = valueAt(draft, list);
  return [...list, Array.isArray(present) ? present.length : 0];
}

export function valueAt(draft: Draft, path: Path): Json | undefined {
  let current: Json | undefined = draft.body;
  for (const part of path) {
    if (current === null || typeof current !== "object") return undefined;
    // What is here was made by place(): lists and objects of ours.
    current = at(current as Growing | Json[], part);
  }
  return current;
}

/** Takes a value out; an object or list that has nothing left goes with it, but never one of the component's own fields. */
export function cut(draft: Draft, path: Path): void {
  const holder = valueAt(draft, path.slice(0, -1));
  const last = path.at(-1);
  if (last === undefined || holder === null || typeof holder !== "object") return;
  if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete (holder as Growing)[last]; // ours
  if (path.length > 2 && Object.keys(holder).length === 0) cut(draft, path.slice(0, -1));
}

/** A name that Kubernetes takes and that nobody has yet: the wanted one where that is possible. */
export function freeName(wanted: string, taken: ReadonlySet<string>, otherwise: string): string {
  const base = isComponentName(wanted) ? wanted : (suggestName(wanted) ?? otherwise);
  if (!taken.has(base)) return base;
  for (let count = 2; ; count++) {
    const suffix = `-${count}`;
    const name = `${base.slice(0, 40 - suffix.length).replace(/-+$/, "")}${suffix}`;
    if (!taken.has(name)) return name;
  }
}
