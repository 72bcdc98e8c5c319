// Writes the paths of a route: a single path, for which all paths below it lead to the component too, or a list of
// paths.
import { type ImportDraft, place, valueAt } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import { advised, type Words, words } from "../mapping/reportWords.ts";
import type { InputPart } from "../mapping/rules.ts";

export interface ImportedPath {
  readonly path: { readonly value: string; readonly from: InputPart<unknown> | undefined };
  readonly type: InputPart<unknown> | undefined;
  readonly port: { readonly value: unknown; readonly from: InputPart<unknown>; readonly words?: Words } | undefined;
}

export const ONE_ROUTE = advised(
  ["a component has only one route, with one host", "一个组件只有一条路由与一个主机"],
  ["create a second component, or use component type objects", "请再建一个组件，或使用 objects 组件"],
);
const BELOW = words("not needed: a path also matches all paths below it", "无需填写：路径默认匹配其下的所有路径");
const MATCH = words("became match: exact", "改为 match: exact");
const PATH = words("became a path of the route", "改为 route 的一个路径");

const isExact = ({ type }: ImportedPath): boolean => type?.value === "Exact";

/** Writes the paths; returns false and writes nothing when the component already has a route. */
export function writePaths(draft: ImportDraft, paths: readonly ImportedPath[]): boolean {
  if (valueAt(draft, ["traits", "route"]) !== undefined) return false;
  place(draft, ["traits", "route", "kind"], "ingress");
  const several = paths.length > 1 || paths.some(isExact);
  for (const [index, one] of paths.entries()) {
    const to = several ? ["traits", "route", "paths", index] : ["traits", "route"];
    writePath(draft, one, to);
  }
  return true;
}

function writePath(draft: ImportDraft, one: ImportedPath, to: readonly (string | number)[]): void {
  const { path, type, port } = one;
  const target = (key: string) => ({ draft, path: [...to, key] });
  if (path.from?.value === path.value) put(path.from.importing.ledger, target("path"), path.value, path.from.at);
  else {
    place(draft, [...to, "path"], path.value);
    if (path.from) say(path.from.importing.ledger, path.from.at, "changed", PATH, target("path"));
  }
  if (isExact(one)) place(draft, [...to, "match"], "exact");
  if (type) {
    const [told, where] = isExact(one) ? [MATCH, "match"] : [BELOW, "path"];
    say(type.importing.ledger, type.at, "changed", told, target(where));
  }
  if (typeof port?.value === "number")
    put(port.from.importing.ledger, target("port"), port.value, port.from.at, port.words);
}
