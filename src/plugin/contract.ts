// The default export of a plug-in package, and the check of its shape when it is loaded. A plug-in cannot contain job
// types: they run inside the engine, and there is no stable contract for third parties yet.
import type { ComponentDefinition, TraitDefinition } from "../catalog/define.ts";
import { isObject } from "../model/data/json.ts";
import type { Localized, Params } from "../model/data/text.ts";
import { VERSION } from "../model/data/version.ts";
import { satisfies } from "./range.ts";

export interface Plugin {
  /** Name of the package. Errors name it as the owner of its definitions. */
  readonly name: string;
  readonly version: string;
  /** Range of the versions of kubemin that the plug-in is written for, e.g. "^0.1". */
  readonly kubemin: string;
  readonly components?: readonly ComponentDefinition[];
  readonly traits?: readonly TraitDefinition[];
}

/** Returns the plug-in unchanged; it only gives the literal its type. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}

/** A mistake in a plug-in, which its author or the operator can fix. */
export interface PluginFault {
  readonly text: Localized;
  readonly params: Params;
}

export function fault(en: string, zh: string, params: Params = {}): PluginFault {
  return { text: { en, zh }, params };
}

const FIELDS = ["name", "version", "kubemin", "components", "traits"];
const TEXTS = ["name", "version", "kubemin"] as const;
const LISTS = ["components", "traits"] as const;

/**
 * Faults in the shape of the default export. Without faults, the value is a Plugin; its definitions are checked in
 * checkPack.ts.
 */
export function checkContract(value: unknown, version: string = VERSION): readonly PluginFault[] {
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
      fault("unknown field {key}; known fields: {known}", "未知字段 {key}；可用字段：{known}", {
        key,
        known: FIELDS.join(", "),
      }),
    );
  for (const key of TEXTS)
    if (typeof value[key] !== "string" || value[key] === "")
      faults.push(fault("{key} is missing or not a text", "{key} 缺失或不是文本", { key }));
  for (const key of LISTS) faults.push(...checkList(key, value[key]));
  const wanted = value["kubemin"];
  if (typeof wanted === "string" && wanted !== "") faults.push(...checkVersion(wanted, version));
  return faults;
}

function checkVersion(wanted: string, version: string): readonly PluginFault[] {
  const fits = satisfies(version, wanted);
  if (fits === true) return [];
  const params = { wanted, version };
  return fits === undefined
    ? [
        fault(
          'kubemin: "{wanted}" is not a range of versions; write it like "^0.1"',
          'kubemin: "{wanted}" 不是版本范围；写法如 "^0.1"',
          params,
        ),
      ]
    : [
        fault(
          "it is written for kubemin {wanted}, but this is kubemin {version}",
          "该插件适用于 kubemin {wanted}，当前版本为 {version}",
          params,
        ),
      ];
}

function checkList(key: string, value: unknown): readonly PluginFault[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [fault("{key} is not a list", "{key} 不是列表", { key })];
  return value.flatMap((one: unknown, index) =>
    isObject(one) && typeof one["name"] === "string" && typeof one["render"] === "function" && isObject(one["schema"])
      ? []
      : [
          fault("{key}[{index}] is not defined with {maker}", "{key}[{index}] 不是由 {maker} 定义的", {
            key,
            index,
            maker: key === "traits" ? "defineTrait" : "defineComponent",
          }),
        ],
  );
}
