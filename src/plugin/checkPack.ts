// Applies the tests of the built-in definitions to the definitions of a plug-in. They run when a server starts with the
// plug-in, and when its author uses the test kit (testKit.ts). All faults are reported together.
import { builtins } from "../builtins.ts";
import { type Catalog, createCatalog } from "../catalog/catalog.ts";
import type { ComponentDefinition, TraitDefinition } from "../catalog/define.ts";
import { isObject, type Json, type JsonObject } from "../model/data/json.ts";
import type { Localized } from "../model/data/text.ts";
import { jsonSchemaOf } from "../plan/fields/jsonSchema.ts";
import { checkContract, fault, type Plugin, type PluginFault } from "./contract.ts";
import { type Case, casesOf } from "./exampleCases.ts";
import { planCase } from "./planCase.ts";

const NAME = /^[a-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$/;

/**
 * All faults of the pack; an empty list when it is fit for use. `others` are packs that are loaded together with it.
 */
export function checkPack(pack: unknown, others: readonly Plugin[] = []): readonly PluginFault[] {
  const contract = checkContract(pack);
  if (contract.length > 0) return contract;
  const plugin = pack as Plugin; // checkContract found no fault.
  const catalog = catalogOf([...others, plugin]);
  if (typeof catalog === "string") return [fault("{detail}", "{detail}", { detail: catalog })];
  const components = (plugin.components ?? []).map((definition) => ({ kind: "component type", definition }) as const);
  const traits = (plugin.traits ?? []).map((definition) => ({ kind: "trait", definition }) as const);
  return [...components, ...traits].flatMap(({ kind, definition }) => [
    ...checkWords(kind, definition),
    ...checkSchema(kind, definition),
    ...casesOf(kind, definition, catalog).flatMap((one) => checkCase(one, catalog)),
  ]);
}

/**
 * The catalog of the built-in definitions and the plug-ins, or the error message, which names both owners of a
 * duplicate definition.
 */
function catalogOf(plugins: readonly Plugin[]): Catalog | string {
  try {
    return createCatalog(builtins, ...plugins);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

type Definition = ComponentDefinition | TraitDefinition;

function checkWords(kind: string, definition: Definition): readonly PluginFault[] {
  const { name, summary, examples } = definition;
  const params = { kind, name };
  const faults: PluginFault[] = [];
  if (!NAME.test(name))
    faults.push(
      fault(
        "{kind} {name}: a name consists of letters, digits and '-', and starts with a lower case letter",
        "{kind} {name}：名称仅限字母、数字和“-”，以小写字母开头",
        params,
      ),
    );
  if (!inBoth(summary))
    faults.push(
      fault("{kind} {name}: its summary is not in both languages", "{kind} {name}：summary 缺少一种语言", params),
    );
  if (!Array.isArray(examples) || examples.length === 0)
    faults.push(fault("{kind} {name}: it has no example", "{kind} {name}：没有示例", params));
  else if (!examples.every(({ title }) => inBoth(title)))
    faults.push(
      fault(
        "{kind} {name}: the title of an example is not in both languages",
        "{kind} {name}：示例标题缺少一种语言",
        params,
      ),
    );
  return faults;
}

function inBoth(text: Localized | undefined): boolean {
  return text !== undefined && text.en !== "" && /\p{Script=Han}/u.test(text.zh ?? "");
}

/**
 * Checks that every field is described in both languages, and that unknown fields are refused: a misspelt field would
 * be lost silently.
 */
function checkSchema(kind: string, definition: Definition): readonly PluginFault[] {
  const found: string[] = [];
  try {
    visit(jsonSchemaOf(definition.schema, "explain"), "", (at, node) => found.push(...undescribed(at, node)));
  } catch (error) {
    found.push(error instanceof Error ? error.message : String(error));
  }
  const { name } = definition;
  return found.map((detail) => fault("{kind} {name}: {detail}", "{kind} {name}：{detail}", { kind, name, detail }));
}

function visit(node: Json, at: string, see: (at: string, node: JsonObject) => void): void {
  if (Array.isArray(node)) for (const inner of node) visit(inner, at, see);
  if (!isObject(node)) return;
  see(at, node);
  for (const [key, inner] of Object.entries(node))
    if (inner !== undefined) visit(inner, key === "properties" ? at : `${at}.${key}`.replace(/^\./, ""), see);
}

function undescribed(at: string, node: JsonObject): readonly string[] {
  const { properties } = node;
  if (!isObject(properties) || node["type"] !== "object") return [];
  const open =
    node["additionalProperties"] === false ? [] : [`${at || "its schema"} accepts unknown fields: use z.strictObject`];
  const silent = Object.entries(properties).filter(
    ([, field]) => !isObject(field) || typeof field["description"] !== "string" || typeof field["zh"] !== "string",
  );
  return [
    ...open,
    ...silent.map(([name]) => `field ${at ? `${at}.` : ""}${name} is not described in both languages: use described()`),
  ];
}

function checkCase(one: Case, catalog: Catalog): readonly PluginFault[] {
  const { kind, name, title } = one;
  const say = (details: readonly string[]): readonly PluginFault[] =>
    details.map((detail) =>
      fault("{kind} {name}, example “{title}”: {detail}", "{kind} {name}，示例“{title}”：{detail}", {
        kind,
        name,
        title,
        detail,
      }),
    );
  const first = planCase(one.document, catalog);
  if (!first.ok) return say(first.problems);
  const second = planCase(one.document, catalog);
  const faults: string[] = [];
  if (!second.ok || second.plan.hash !== first.plan.hash)
    faults.push("it renders different objects the second time: render must be pure");
  if (one.bare !== undefined) {
    const bare = planCase(one.bare, catalog);
    if (bare.ok && bare.plan.hash === first.plan.hash) faults.push("the trait changes nothing");
  }
  return say([...faults, ...first.leaks]);
}
