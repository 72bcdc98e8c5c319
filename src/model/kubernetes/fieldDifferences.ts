// Finds the fields of an object on the cluster that differ from the wanted object, and the field managers that own
// them. Paths are written for people: `spec.template.spec.containers[web].image`. The API server reports the owners in
// trees of the form FieldsV1: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
import { isDeepStrictEqual } from "node:util";
import { isObject, type Json, type JsonObject } from "../data/json.ts";

/** A field manager and the fields that it owns, in the form `fieldsV1`. */
export interface FieldManager {
  readonly manager: string;
  readonly fields: Json | undefined;
}

interface ManagedDifference {
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  /** Managers that own the field on the cluster. */
  readonly managers: readonly string[];
}

/** Fields that may identify the items of a list, in the order in which they are tried. */
const NAMES = ["name", "mountPath", "containerPort", "port", "key", "type", "ip"];

export function heldDifferences(
  before: Json | undefined,
  after: Json | undefined,
  holders: readonly FieldManager[],
): readonly ManagedDifference[] {
  return differ({ before, after, path: "", holders });
}

interface At {
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly path: string;
  readonly holders: readonly FieldManager[];
}

/** A value that was added or removed as a whole is one difference, not one for each of its fields. */
function differ({ before, after, path, holders }: At): readonly ManagedDifference[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      differ({
        before: before[key],
        after: after[key],
        path: path + step(key, path),
        holders: into(holders, (tree) => tree[`f:${key}`]),
      }),
    );
  }
  const items = itemsOf(before, after);
  if (items === undefined) {
    const managers = new Set(holders.map((one) => one.manager));
    return [{ path, before, after, managers: [...managers] }];
  }
  return items.flatMap(([name, left, right]) =>
    differ({
      before: left,
      after: right,
      path: `${path}[${name}]`,
      holders: into(holders, (tree) => itemTree(tree, left ?? right ?? {})),
    }),
  );
}

/** A tree without children stands for everything below it. */
function into(
  holders: readonly FieldManager[],
  child: (tree: JsonObject) => Json | undefined,
): readonly FieldManager[] {
  return holders.flatMap(({ manager, fields }) => {
    if (!isObject(fields)) return [];
    if (Object.keys(fields).length === 0) return [{ manager, fields }];
    const next = child(fields);
    return next === undefined ? [] : [{ manager, fields: next }];
  });
}

/** Finds the subtree of an item, whose key looks like `k:{"name":"web"}`. */
function itemTree(tree: JsonObject, item: JsonObject): Json | undefined {
  for (const [key, value] of Object.entries(tree)) {
    if (!key.startsWith("k:")) continue;
    const wanted: unknown = JSON.parse(key.slice(2));
    if (isObject(wanted) && Object.entries(wanted).every(([name, one]) => isDeepStrictEqual(item[name], one)))
      return value;
  }
  return undefined;
}

type Item = readonly [name: string, before: JsonObject | undefined, after: JsonObject | undefined];

function itemsOf(before: Json | undefined, after: Json | undefined): readonly Item[] | undefined {
  const [left, right] = [objectList(before), objectList(after)];
  if (left === undefined || right === undefined) return undefined;
  const name = NAMES.find((one) => isKey(left, one) && isKey(right, one));
  if (name === undefined) return undefined;
  const names = [...new Set([...left, ...right].map((item) => textOf(item[name])))];
  const find = (list: readonly JsonObject[], value: string): JsonObject | undefined =>
    list.find((item) => textOf(item[name]) === value);
  const items = names.map((value): Item => [value, find(left, value), find(right, value)]);
  // When only the order of the items differs, comparing item by item would find nothing.
  return items.every(([, one, other]) => isDeepStrictEqual(one, other)) ? undefined : items;
}

function objectList(value: Json | undefined): readonly JsonObject[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const objects = value.filter(isObject);
  return objects.length === value.length ? objects : undefined;
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function isKey(list: readonly JsonObject[], name: string): boolean {
  const values = list.map((item) => item[name]);
  return values.every((value) => textOf(value) !== "") && new Set(values).size === values.length;
}

function step(key: string, path: string): string {
  if (/[./[\]]/.test(key)) return `[${key}]`;
  return path === "" ? key : `.${key}`;
}
