// Keeps the sizes of volumes in a rollback, because a volume can grow but never shrink. A rollback to a revision from
// before a volume grew takes everything else from the old document, and keeps the present sizes, also in the stored
// document, so that its next deploy does not fail either.
import { listAt, textAt } from "../../model/data/fieldReaders.ts";
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import type { ApplicationDocument } from "../../model/document/document.ts";
import { parseQuantity, storageSize } from "../../model/kubernetes/quantity.ts";
import type { Problem } from "../../model/problems/problem.ts";
import { CLAIM_SIZE } from "../../plan/compare/compareClaims.ts";

interface KeptSizes {
  readonly document: JsonObject;
  /** Components whose volumes stay larger. */
  readonly components: readonly string[];
}

/**
 * The old document with the present sizes. `null` when its problems have other errors than volumes that would shrink.
 */
export function keepSizes(
  old: ApplicationDocument,
  now: ApplicationDocument,
  problems: readonly Problem[],
): KeptSizes | null {
  const errors = problems.filter((one) => one.severity === "error");
  if (errors.length === 0 || !errors.every(isShrinking)) return null;
  const pointers = new Set(errors.map((one) => one.pointer));
  const shrinking = old.components.filter((_, index) => pointers.has(`/components/${index}`)).map((one) => one.name);
  // Documents are what was read as JSON.
  const [before, present] = [old, now] as unknown as readonly [JsonObject, JsonObject];
  const kept = listAt(before, "components").map((component) => {
    const name = textAt(component, "name");
    const same = listAt(present, "components").find((one) => textAt(one, "name") === name);
    return shrinking.includes(name) ? larger(component, same) : component;
  });
  return { document: { ...before, components: kept }, components: shrinking };
}

function isShrinking({ code, params }: Problem): boolean {
  const [from, to] = [parseQuantity(String(params["before"])), parseQuantity(String(params["after"]))];
  return (
    code === "VolumeShrinks" && params["field"] === CLAIM_SIZE && from !== undefined && to !== undefined && to < from
  );
}

/**
 * The old value with each size that is larger now. Items of lists belong together when their types and mount paths are
 * equal.
 */
function larger(old: Json, now: Json | undefined): Json {
  if (Array.isArray(old)) return old.map((item: Json) => larger(item, sameItem(item, now)));
  if (!isObject(old) || !isObject(now)) return old;
  const changed = Object.entries(old).map(([key, value = null]) => {
    return [key, key === "size" ? largerSize(value, now[key]) : larger(value, now[key])] as const;
  });
  return Object.fromEntries(changed);
}

function sameItem(item: Json, list: Json | undefined): Json | undefined {
  if (!isObject(item) || !Array.isArray(list)) return undefined;
  return list.find(
    (one: Json) => isObject(one) && one["type"] === item["type"] && one["mountPath"] === item["mountPath"],
  );
}

function largerSize(old: Json, now: Json | undefined): Json {
  const [before, present] = [bytes(old), bytes(now)];
  return now !== undefined && before !== undefined && present !== undefined && present > before ? now : old;
}

function bytes(value: Json | undefined): number | undefined {
  return typeof value === "string" || typeof value === "number" ? parseQuantity(storageSize(value)) : undefined;
}
