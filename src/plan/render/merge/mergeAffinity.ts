// Joins the affinities of several traits: the requirements of each must hold. checkNodes.ts finds those that contradict
// each other.
import { isDeepStrictEqual } from "node:util";
import { dig, isObject, type Json, type JsonObject } from "../../../model/data/json.ts";
import { objectsIn } from "./manifestLists.ts";

const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

export function joinAffinity(first: Json, second: Json): JsonObject {
  const parts = [first, second].filter(isObject);
  const kinds = ["nodeAffinity", "podAffinity", "podAntiAffinity"].filter((kind) =>
    parts.some((part) => part[kind] !== undefined),
  );
  return Object.fromEntries(kinds.map((kind) => [kind, joinKind(kind, parts)]));
}

function joinKind(kind: string, parts: readonly JsonObject[]): JsonObject {
  const given = parts.map((part) => part[kind]).filter(isObject);
  const preferred = distinct(given.flatMap((one) => objectsIn(one[PREFERRED])));
  const required =
    kind === "nodeAffinity" ? nodeTerms(given) : distinct(given.flatMap((one) => objectsIn(one[REQUIRED])));
  const list = kind === "nodeAffinity" ? { nodeSelectorTerms: required } : required;
  return {
    ...(required.length === 0 ? {} : { [REQUIRED]: list }),
    ...(preferred.length === 0 ? {} : { [PREFERRED]: preferred }),
  };
}

/**
 * The terms of one list are alternatives. So two lists become each term of the first combined with each term of the
 * second.
 */
function nodeTerms(given: readonly JsonObject[]): readonly JsonObject[] {
  const lists = given
    .map((one) => dig(one, REQUIRED, "nodeSelectorTerms"))
    .map((terms) => (Array.isArray(terms) ? terms.filter(isObject) : []))
    .filter((terms) => terms.length > 0);
  return lists.reduce<readonly JsonObject[]>(
    (before, terms) =>
      before.length === 0 ? terms : before.flatMap((left) => terms.map((right) => both(left, right))),
    [],
  );
}

function both(left: JsonObject, right: JsonObject): JsonObject {
  const fields = ["matchExpressions", "matchFields"].map((field) => {
    const items = distinct([...objectsIn(left[field]), ...objectsIn(right[field])]);
    return [field, items] as const;
  });
  return Object.fromEntries(fields.filter(([, items]) => items.length > 0));
}

function distinct(items: readonly JsonObject[]): readonly JsonObject[] {
  return items.filter((item, index) => items.findIndex((other) => isDeepStrictEqual(item, other)) === index);
}
