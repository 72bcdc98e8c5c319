// Drift: whether an object that kubemin applied was changed by another person or tool. The answer comes from the shared
// watches, so it costs no request.
// The content annotation shows which content was applied last, and a subset comparison shows whether its fields still
// have those values. The watches do not contain the contents of ConfigMaps and Secrets, so for those only the field
// managers of each key are checked. The exact comparison is `compare` (dryRunDifference.ts), which costs one dry run
// per object.
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import { heldDifferences } from "../../model/kubernetes/fieldDifferences.ts";
import { ANNOTATIONS, type Manifest, refOf } from "../../model/kubernetes/manifest.ts";
import { type Drift, WATCHED_WITHOUT_DATA } from "../../ports/cluster.ts";
import { containsFields } from "../objects/containsFields.ts";
import { contentHash, withoutBookkeeping } from "../objects/contentAnnotation.ts";
import { fieldManagersOf } from "../objects/fieldManagers.ts";
import type { Cache } from "../watches/cache.ts";
import { asStored } from "./reveal.ts";

/**
 * `null` when the object is as it was applied, when it is being deleted, or when the watch of its kind is not current.
 */
export function driftOf(cache: Cache, wanted: Manifest): Drift | null {
  const ref = refOf(wanted);
  if (cache.state(ref).phase !== "live") return null;
  const live = cache.get(ref);
  if (live === undefined) return { ref, gone: true, fields: [], managers: [] };
  if (live.metadata.deletionTimestamp !== undefined) return null;
  const hash = live.metadata.annotations?.[ANNOTATIONS.content];
  const stored = asStored(withoutBookkeeping(wanted));
  const holders = fieldManagersOf(live);
  const changed = WATCHED_WITHOUT_DATA.has(wanted.kind)
    ? keysOfOthers(stored, holders)
    : lostFields(live, stored, holders);
  const other =
    hash === contentHash(wanted) ? [] : [{ path: `metadata.annotations[${ANNOTATIONS.content}]`, managers: [] }];
  const all = [...changed, ...other];
  if (all.length === 0) return null;
  return {
    ref,
    gone: false,
    fields: all.map((one) => one.path),
    managers: [...new Set(all.flatMap((one) => one.managers))],
  };
}

interface Changed {
  readonly path: string;
  readonly managers: readonly string[];
}

type ManagersByPath = ReturnType<typeof fieldManagersOf>;

/** Only fields that `wanted` sets count. Fields that others added are not drift. */
function lostFields(live: Manifest, wanted: JsonObject, holders: ManagersByPath): readonly Changed[] {
  if (containsFields(live, wanted)) return [];
  return heldDifferences(pruned(live, wanted), wanted, holders).map(({ path, managers }) => ({ path, managers }));
}

/**
 * The part of `live` that `wanted` sets. Where both are equal as Kubernetes compares them (quantities, empty values),
 * the value of `wanted`.
 */
function pruned(live: Json | undefined, wanted: Json | undefined): Json | undefined {
  if (containsFields(live, wanted)) return wanted;
  if (isObject(live) && isObject(wanted))
    return Object.fromEntries(
      Object.entries(wanted).flatMap(([key, value]) => {
        const part =
          key === "resources" || key === "requests" || key === "limits"
            ? amounts(live[key], value)
            : pruned(live[key], value);
        return part === undefined ? [] : [[key, part] as const];
      }),
    );
  if (!Array.isArray(live) || !Array.isArray(wanted)) return live;
  const key = ["name", "containerPort", "mountPath", "port"].find((one) =>
    wanted.every((item) => isObject(item) && item[one] !== undefined),
  );
  if (key === undefined) return live;
  return wanted.flatMap((item: Json) => {
    const found = live.find((other: Json) => isObject(other) && isObject(item) && other[key] === item[key]);
    return found === undefined ? [] : [pruned(found, item) ?? null];
  });
}

function amounts(live: Json | undefined, wanted: Json | undefined): Json | undefined {
  return containsFields(live, wanted, true) ? wanted : live;
}

function keysOfOthers(wanted: JsonObject, holders: ManagersByPath): readonly Changed[] {
  return ["data", "binaryData"].flatMap((field) => {
    const data = wanted[field];
    if (!isObject(data)) return [];
    return Object.keys(data).flatMap((key): Changed[] => {
      const managers = holders.filter(({ fields }) => holdsKey(fields, field, key)).map((one) => one.manager);
      return managers.length === 0 ? [] : [{ path: `${field}.${key}`, managers }];
    });
  });
}

function holdsKey(fields: Json | undefined, field: string, key: string): boolean {
  const data = isObject(fields) ? fields[`f:${field}`] : undefined;
  return isObject(data) && data[`f:${key}`] !== undefined;
}
