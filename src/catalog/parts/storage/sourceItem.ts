// Items of the storage trait that contain configuration: config (ConfigMap) and secret (Secret). With `data` they
// create the object; without it they use an object that a component creates or that exists already.
import { z } from "zod";
import type { Path } from "../../../model/data/pointer.ts";
import { shortRef } from "../../../model/kubernetes/manifest.ts";
import { nearest, suggestName } from "../../../model/kubernetes/name.ts";
import { brokenRule, type Problem, problem, warning } from "../../../model/problems/problem.ts";
import type { Contribution, Reference } from "../../define.ts";
import { described, mountPath, objectName } from "../../sharedFields.ts";
import { onlyGiven } from "../objects/onlyGiven.ts";
import { binaryKeys, checkDataSize, configMapData, type Data, dataField, secretData } from "./data.ts";

const KINDS = { config: "ConfigMap", secret: "Secret" } as const;
type SourceType = keyof typeof KINDS;

const EXTERNAL_DATA = {
  en: "an object that is created elsewhere cannot have its data here",
  zh: "由外部创建的对象不能在此提供数据",
};

const file = z.strictObject({
  key: described(z.string().min(1), "Key of the data", "数据的键"),
  path: described(
    z.string().regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$)).+$/, "a relative path without '..'"),
    "File in which the key appears",
    "对应的文件",
  ),
});

export function sourceItem<T extends SourceType>(type: T) {
  const kind = KINDS[type];
  return z.strictObject({
    type: described(z.literal(type), `Data of a ${kind}`, `${kind} 的数据`),
    name: described(objectName(), `Name of the ${kind}`, `${kind} 名`),
    data: described(
      dataField().optional(),
      `Creates the ${kind}: key -> text, or {base64: …}`,
      `创建该 ${kind}：键 -> 文本，或 {base64: …}`,
    ),
    mountPath: described(
      mountPath().optional(),
      "Path at which its keys are mounted as read-only files; without it, the keys become environment variables",
      "将各键以只读文件挂载的路径；不写则各键成为环境变量",
    ),
    subPath: described(
      z.string().min(1).optional(),
      "One key, mounted as the file mountPath; running pods do not see later changes",
      "只挂载一个键为 mountPath 文件，运行中的 Pod 看不到之后的变化",
    ),
    items: described(z.array(file).min(1).optional(), "Only these keys, with these file names", "仅这些键及其文件名"),
    external: described(
      z.boolean().optional(),
      "Something outside this document creates it, perhaps later",
      "由本文档之外创建，可能稍后才有",
    ),
  });
}

type SourceItem = z.output<ReturnType<typeof sourceItem<"config">>> | z.output<ReturnType<typeof sourceItem<"secret">>>;

export function sourceReferences(item: SourceItem, index: number): readonly Reference[] {
  if (item.data !== undefined) return [];
  const external = item.external === undefined ? {} : { external: item.external };
  const variables = item.mountPath === undefined ? { asVariables: true } : {};
  const keys = keysOf(item, index);
  return [{ kind: KINDS[item.type], name: item.name, path: [index, "name"], keys, ...external, ...variables }];
}

/** Keys that must exist: those that `items` picks, or else the one that `subPath` mounts by itself. */
function keysOf(
  { items, subPath }: SourceItem,
  index: number,
): readonly { readonly key: string; readonly path: Path }[] {
  const picked = (items ?? []).map(({ key }, at) => ({ key, path: [index, "items", at, "key"] }));
  return items === undefined && subPath !== undefined ? [{ key: subPath, path: [index, "subPath"] }] : picked;
}

export function checkSource(item: SourceItem, index: number): readonly Problem[] {
  const problems: Problem[] = [];
  if (item.data !== undefined) problems.push(...checkDataSize(item.name, item.data, [index, "data"]));
  if (item.data !== undefined && item.external === true) problems.push(brokenRule([index, "external"], EXTERNAL_DATA));
  if (item.data !== undefined)
    problems.push(...checkKeys(item, item.data, index), ...checkVariables(item, item.data, index));
  problems.push(...checkSubPath(item, index));
  if (item.mountPath !== undefined) return problems;
  if (item.subPath !== undefined) problems.push(problem("Required", [index], { field: "mountPath" }));
  else if (item.items !== undefined) problems.push(problem("Required", [index], { field: "mountPath" }));
  return problems;
}

function checkKeys(item: SourceItem, data: Data, index: number): readonly Problem[] {
  const object = shortRef({ kind: KINDS[item.type], name: item.name });
  const known = Object.keys(data);
  return keysOf(item, index)
    .filter(({ key }) => !known.includes(key))
    .map(({ key, path }) => problem("UnknownKey", path, { object, key, known: known.join(", ") }, nearest(key, known)));
}

/** Checks that `subPath` names one of the files of `items`. */
function checkSubPath({ items, subPath }: SourceItem, index: number): readonly Problem[] {
  if (items === undefined || subPath === undefined) return [];
  const files = items.map((one) => one.path);
  if (files.some((path) => path === subPath || path.startsWith(`${subPath}/`))) return [];
  const params = { value: subPath, known: files.join(", ") };
  return [problem("NotOneOf", [index, "subPath"], params, nearest(subPath, files))];
}

function checkVariables(item: SourceItem, data: Data, index: number): readonly Problem[] {
  if (item.mountPath !== undefined) return [];
  return binaryKeys(data).map((key) => warning("BinaryVariable", [index, "data", key], { key }));
}

export function renderSource(item: SourceItem, index: number): Contribution {
  const kind = KINDS[item.type];
  const objects =
    item.data === undefined
      ? []
      : [{ manifest: { apiVersion: "v1", kind, metadata: { name: item.name }, ...dataOf(item) } }];
  const { mountPath, subPath } = item;
  if (mountPath === undefined) {
    const source = { name: item.name };
    return { objects, envFrom: [item.type === "config" ? { configMapRef: source } : { secretRef: source }] };
  }
  // Names of objects may contain dots and be long; names of volumes may not.
  const name = suggestName(item.name) ?? item.type;
  const files = item.items === undefined ? {} : { items: item.items };
  const volume =
    item.type === "config"
      ? { name, configMap: { name: item.name, ...files } }
      : { name, secret: { secretName: item.name, ...files } };
  return {
    objects,
    volumes: [volume],
    mounts: [onlyGiven({ name, mountPath, subPath, readOnly: true })],
    warnings: subPath === undefined ? [] : [warning("SubPathStale", [index, "subPath"], { name: item.name })],
  };
}

function dataOf(item: SourceItem) {
  if (item.type === "config") return configMapData(item.data ?? {});
  return { type: "Opaque", ...secretData(item.data ?? {}) };
}
