// What a plug-in package exports by default, and the check of it at load. Job types are not part of it: they run inside the engine, and
// what they may do there is not settled for third parties.
import type { ComponentDefinition, TraitDefinition } from "../catalog/define.ts";
import { isObject } from "../model/data/json.ts";
import type { Localized, Params } from "../model/data/text.ts";
import { VERSION } from "../model/data/version.ts";
import { satisfies } from "./range.ts";

export interface Plugin {
  /** Of the package; it is named in errors as the owner of its definitions. */
  readonly name: string;
  readonly version: string;
  /** The versions of kubemin that it was made for, e.g. "^0.1". */
  readonly kubemin: string;
  readonly components?: readonly ComponentDefinition[];
  readonly traits?: readonly TraitDefinition[];
}

/** Gives the type; changes nothing. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}

/** Something is wrong with a plug-in, and its author or the operator can mend it. */
export interface Fault {
  readonly text: Localized;
  readonly params: Params;
}

export function fault(en: string, zh: string, params: Params = {}): Fault {
  return { text: { en, zh }, params };
}

const FIELDS = ["name", "version", "kubemin", "components", "traits"];
const TEXTS = ["name", "version", "kubemin"] as const;
const LISTS = ["components", "traits"] as const;

/** Faults of the default export; none means that it is a Plugin, as far as its own shape goes. */
export function checkContract(value: unknown, version: string = VERSION): readonly Fault[] {
  if (!isObject(value))
    return [
      fault(
        "it has no default export that is an object: export default { name, version, kubemin, components, traits }",
        "没有默认导出对象：应为 export default { name, version, kubemin, components, traits }",
      ),
    ];
  const faults = Object.keys(value)
    .filter((key) => !FIELDS.includes(key))
    .map((key) =>
      fault("unknown field {key}; known: {known}", "未知字段 {key}；可用：{known}", { key, known: FIELDS.join(", ") }),
    );
  for (const key of TEXTS)
    if (typeof value[key] !== "string" || value[key] === "")
      faults.push(fault("{key} is missing or no text", "{key} 缺失或不是文本", { key }));
  for (const key of LISTS) faults.push(...checkList(key, value[key]));
  const wanted = value["kubemin"];
  if (typeof wanted === "string" && wanted !== "") faults.push(...checkVersion(wanted, version));
  return faults;
}

function checkVersion(wanted: string, version: string): readonly Fault[] {
  const fits = satisfies(version, wanted);
  if (fits === true) return [];
  const params = { wanted, version };
  return fits === undefined
    ? [
        fault(
          'kubemin: "{wanted}" is no range of versions; write it like "^0.1"',
          'kubemin: "{wanted}" 不是版本范围；写法如 "^0.1"',
          params,
        ),
      ]
    : [
        fault(
          "it was made for kubemin {wanted}, and this is {version}",
          "它面向 kubemin {wanted}，当前为 {version}",
          params,
        ),
      ];
}

function checkList(key: string, value: unknown): readonly Fault[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [fault("{key} is no list", "{key} 不是列表", { key })];
  return value.flatMap((one: unknown, index) =>
    isObject(one) && typeof one["name"] === "string" && typeof one["render"] === "function" && isObject(one["schema"])
      ? []
      : [
          fault("{key}[{index}] is not made by {maker}", "{key}[{index}] 不是由 {maker} 定义的", {
            key,
            index,
            maker: key === "traits" ? "defineTrait" : "defineComponent",
          }),
        ],
  );
}
