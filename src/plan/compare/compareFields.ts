// Which fields differ between two versions of an object. Paths are readable:
// `spec.template.spec.containers[web].image`. Values of secrets are never shown, only the fact that they changed.
import { isDeepStrictEqual } from "node:util";
import { dig, isObject, type Json } from "../../model/data/json.ts";
import { MASK, maskSealed } from "../../model/document/sealed.ts";
import type { FieldChange } from "../../model/run/plan.ts";

/** The field that names the items of a list: the first one that all items have, each with a different value. */
const NAMES: readonly (readonly string[])[] = [
  ["name"],
  ["mountPath"],
  ["containerPort"],
  ["port"],
  ["key"],
  ["type"],
  ["metadata", "name"],
];

/** Paths below which every value is masked, sealed or not. */
interface Masking {
  readonly masked: readonly string[];
}

export function compareFields(
  before: Json | undefined,
  after: Json | undefined,
  masking: Masking,
): readonly FieldChange[] {
  return differences(before, after, { ...masking, path: "" });
}

interface At extends Masking {
  readonly path: string;
}

function differences(before: Json | undefined, after: Json | undefined, at: At): readonly FieldChange[] {
  if (before === after || isDeepStrictEqual(before, after)) return [];
  const pairs = childrenOf(before, after);
  // An object that was added or removed as a whole is one change, not one change for each of its fields.
  if (pairs === undefined) return [changeOf(before, after, at)];
  return pairs.flatMap(([key, left, right]) => differences(left, right, { ...at, path: at.path + step(key, at.path) }));
}

type Pair = readonly [key: string, before: Json | undefined, after: Json | undefined];

function childrenOf(before: Json | undefined, after: Json | undefined): readonly Pair[] | undefined {
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].map((key) => [key, before[key], after[key]]);
  }
  if (!Array.isArray(before) || !Array.isArray(after)) return undefined;
  const [left, right] = [keyed(before), keyed(after)];
  if (left === undefined || right === undefined || left.name !== right.name) return undefined;
  const keys = new Set([...left.items.keys(), ...right.items.keys()]);
  const sameOrder = isDeepStrictEqual([...left.items.keys()], [...right.items.keys()]);
  const pairs = [...keys].map((key): Pair => [`[${key}]`, left.items.get(key), right.items.get(key)]);
  // Without this, items that only changed their order would not count as a difference.
  const moved = !sameOrder && pairs.every(([, one, other]) => isDeepStrictEqual(one, other));
  return moved ? undefined : pairs;
}

function keyed(
  list: readonly Json[],
): { readonly name: string; readonly items: ReadonlyMap<string, Json> } | undefined {
  const objects = list.filter(isObject);
  if (objects.length !== list.length) return undefined;
  const path = NAMES.find(
    (one) => new Set(objects.map((item) => dig(item, ...one)).filter(isPlain)).size === objects.length,
  );
  if (path === undefined) return undefined;
  return { name: path.join("."), items: new Map(objects.map((item) => [String(dig(item, ...path)), item])) };
}

function isPlain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}

function step(key: string, path: string): string {
  if (key.startsWith("[")) return key;
  if (/[./[\]]/.test(key)) return `[${key}]`;
  return path === "" ? key : `.${key}`;
}

function changeOf(before: Json | undefined, after: Json | undefined, at: At): FieldChange {
  const hidden = at.masked.some(
    (root) => at.path === root || at.path.startsWith(`${root}.`) || at.path.startsWith(`${root}[`),
  );
  const shown = (value: Json): Json => (hidden ? MASK : maskSealed(value));
  return {
    path: at.path,
    ...(before === undefined ? {} : { before: shown(before) }),
    ...(after === undefined ? {} : { after: shown(after) }),
  };
}
