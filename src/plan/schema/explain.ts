// The fields of a definition as data, for `kubemin explain`, the console's help and the reference pages. They are
// derived from the definition's schema, so that they always agree with the checks.
import type { ComponentDefinition, JobDefinition, TraitDefinition } from "../../catalog/define.ts";
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import type { Language } from "../../model/data/text.ts";
import { jsonSchemaOf } from "../fields/jsonSchema.ts";
import type { StepTypes } from "../workflow/steps/stepKinds.ts";
import { workflowSchemas } from "./workflowSchema.ts";

export interface FieldExplanation {
  readonly name: string;
  /** The type in JSON's words: `string`, `string | number`, `array of object`, `map of string`. */
  readonly type: string;
  readonly required: boolean;
  /** The description; empty when the definition has none. */
  readonly description: string;
  readonly default?: Json;
  /** The only values that are accepted. */
  readonly values?: readonly Json[];
  /** The alternatives to which the field belongs, when it is not part of all of them, e.g. `type: persistent`. */
  readonly when?: readonly string[];
  /** The fields of an object, or of the items of a list or map. */
  readonly fields: readonly FieldExplanation[];
}

type Explained = ComponentDefinition | TraitDefinition | JobDefinition;

/** All fields; with a path, the one field at its end (including its own fields). Empty when there is no such field. */
export function explainDefinition(
  definition: Explained,
  language: Language,
  path: readonly string[] = [],
): readonly FieldExplanation[] {
  return explainSchema(schemaOf(definition), language, path);
}

function schemaOf(definition: Explained): JsonObject {
  if ("schema" in definition) return jsonSchemaOf(definition.schema, "explain");
  return definition.schemas?.input ?? jsonSchemaOf(definition.input, "explain");
}

/** The type of the whole value in JSON's words: `array of object` for storage, `map of …` for env. */
export function typeOfDefinition(definition: Explained): string {
  const root = schemaOf(definition);
  return typeOf(follow(root, { root, language: "en", depth: 0 }), { root, language: "en", depth: 0 });
}

/** Parts of the document itself that do not come from definitions. */
export const DOCUMENT_PARTS = [
  { name: "workflow", summary: { en: "Your own order of execution", zh: "自定的执行顺序" } },
  { name: "step", summary: { en: "One step of a workflow", zh: "工作流中的一个步骤" } },
] as const;

/** Like explainDefinition, for one of DOCUMENT_PARTS. */
export function explainPart(
  types: StepTypes,
  name: string,
  { language, path = [] }: { readonly language: Language; readonly path?: readonly string[] },
): readonly FieldExplanation[] {
  const $defs = workflowSchemas(types, "explain");
  const part = $defs[name];
  return isObject(part) ? explainSchema({ ...part, $defs }, language, path) : [];
}

/** Like explainDefinition, for any JSON Schema. */
export function explainSchema(
  root: JsonObject,
  language: Language,
  path: readonly string[],
): readonly FieldExplanation[] {
  let fields: readonly FieldExplanation[] = fieldsOf(root, { root, language, depth: 0 });
  for (const [index, name] of path.entries()) {
    const found = fields.find((one) => one.name === name);
    if (!found) return [];
    if (index === path.length - 1) return [found];
    fields = found.fields;
  }
  return fields;
}

interface Reader {
  readonly root: JsonObject;
  readonly language: Language;
  readonly depth: number;
}

/** A limit, because a schema may contain itself. */
const DEPTH_LIMIT = 8;

function fieldsOf(schema: JsonObject, reader: Reader): FieldExplanation[] {
  if (reader.depth >= DEPTH_LIMIT) return [];
  const node = follow(schema, reader);
  const branches = branchesOf(node, reader);
  if (branches.length > 0) return mergeBranches(branches, reader);
  const { items, additionalProperties, properties } = node;
  if (isObject(items)) return fieldsOf(items, deeper(reader));
  if (isObject(properties)) return objectFields(properties, node, reader);
  return isObject(additionalProperties) ? fieldsOf(additionalProperties, deeper(reader)) : [];
}

function objectFields(properties: JsonObject, node: JsonObject, reader: Reader): FieldExplanation[] {
  const required = Array.isArray(node["required"]) ? node["required"] : [];
  return Object.entries(properties).flatMap(([name, schema]) =>
    isObject(schema) ? [explainField(name, schema, required.includes(name), reader)] : [],
  );
}

function explainField(name: string, schema: JsonObject, required: boolean, reader: Reader): FieldExplanation {
  const node = { ...follow(schema, reader), ...schema };
  const values = valuesOf(node, reader);
  return {
    name,
    type: typeOf(node, reader),
    required,
    description: describe(node, reader.language),
    ...(node["default"] === undefined ? {} : { default: node["default"] }),
    ...(values.length === 0 ? {} : { values }),
    fields: fieldsOf(node, deeper(reader)),
  };
}

function describe(node: JsonObject, language: Language): string {
  const { description, zh, title } = node;
  if (language === "zh" && typeof zh === "string") return zh;
  const other = translated(node["x-i18n"], language);
  if (other !== undefined) return other;
  if (description === undefined && typeof title === "string") return title;
  return typeof description === "string" ? description : "";
}

/** Reads `x-i18n: {zh: {description}}`, or the text itself, in schemas that registered types contain. */
function translated(texts: Json | undefined, language: Language): string | undefined {
  const own = isObject(texts) ? texts[language] : undefined;
  const text = isObject(own) ? (own["description"] ?? own["title"]) : own;
  return typeof text === "string" ? text : undefined;
}

function branchesOf(node: JsonObject, reader: Reader): JsonObject[] {
  const list = node["oneOf"] ?? node["anyOf"];
  return Array.isArray(list) ? list.filter(isObject).map((branch) => follow(branch, reader)) : [];
}

/** The fields of all alternatives, each once. `when` names the alternatives when not all of them have the field. */
function mergeBranches(branches: readonly JsonObject[], reader: Reader): FieldExplanation[] {
  const sets = branches
    .map((branch) => ({ fields: fieldsOf(branch, reader), when: mark(branch, branches) }))
    .filter((set) => set.fields.length > 0);
  const names = [...new Set(sets.flatMap((set) => set.fields.map((one) => one.name)))];
  return names.flatMap((name) => {
    const holders = sets.flatMap((set) => {
      const own = set.fields.find((one) => one.name === name);
      return own ? [{ own, when: set.when }] : [];
    });
    return mergeField(holders, sets.length) ?? [];
  });
}

interface ExplainedParent {
  readonly own: FieldExplanation;
  readonly when: string;
}

function mergeField(holders: readonly ExplainedParent[], alternatives: number): FieldExplanation | undefined {
  const first = holders[0]?.own;
  if (!first) return undefined;
  const all = holders.map((holder) => holder.own);
  const values = all.every((one) => one.values) ? [...new Set(all.flatMap((one) => one.values ?? []))] : [];
  const when = holders.map((holder) => holder.when).filter((text) => text !== "");
  const { values: _own, ...rest } = first;
  // A field that distinguishes an alternative gets no `when` and is not required, because another alternative may be
  // chosen.
  const itself = when.length === 1 && when[0] === first.name;
  return {
    ...rest,
    type: [...new Set(all.flatMap((one) => one.type.split(" | ")))].join(" | "),
    required: !itself && all.every((one) => one.required),
    description: mergeDescriptions(holders),
    ...(values.length === 0 ? {} : { values }),
    ...(itself || holders.length === alternatives || when.length === 0 ? {} : { when }),
  };
}

/**
 * When each alternative has its own constant, each constant is listed with its meaning. When a field has another
 * meaning in some alternatives, each meaning is listed with its alternatives.
 */
function mergeDescriptions(holders: readonly ExplainedParent[]): string {
  const told = holders.filter(({ own }) => own.description !== "");
  const constants = new Set(
    told.map(({ own }) => (own.values?.length === 1 ? JSON.stringify(own.values[0]) : undefined)),
  );
  if (told.length > 1 && constants.size === told.length && !constants.has(undefined))
    return told.map(({ own }) => `${(own.values ?? []).map(String).join(", ")}: ${own.description}`).join("; ");
  const meanings = new Map<string, string[]>();
  for (const { own, when } of told) meanings.set(own.description, [...(meanings.get(own.description) ?? []), when]);
  const [[first] = [""], ...others] = [...meanings];
  return [first, ...others.map(([text, when]) => `${when.join(" / ")}: ${text}`)].join("; ");
}

/**
 * What distinguishes an alternative: its constants (`type: persistent`), or else the field that only it has and
 * requires (`secret`).
 */
function mark(branch: JsonObject, all: readonly JsonObject[]): string {
  const constants = constantsOf(branch);
  if (constants !== "") return constants;
  const required = Array.isArray(branch["required"]) ? branch["required"].map(String) : [];
  const others = all.filter((one) => one !== branch);
  const own = (name: string): boolean =>
    !others.some(({ properties }) => isObject(properties) && properties[name] !== undefined);
  return required.find(own) ?? "";
}

function constantsOf(branch: JsonObject): string {
  const properties = isObject(branch["properties"]) ? Object.entries(branch["properties"]) : [];
  return properties
    .flatMap(([name, schema]) =>
      isObject(schema) && schema["const"] !== undefined
        ? [`${name}: ${JSON.stringify(schema["const"]).replaceAll('"', "")}`]
        : [],
    )
    .join(", ");
}

function typeOf(node: JsonObject, above: Reader): string {
  const reader = deeper(above);
  if (reader.depth > DEPTH_LIMIT) return "any";
  const branches = branchesOf(node, reader);
  if (branches.length > 0) return [...new Set(branches.map((branch) => typeOf(branch, reader)))].join(" | ");
  const { type, items, additionalProperties, properties } = node;
  if (type === "array") return isObject(items) ? `array of ${typeOf(follow(items, reader), reader)}` : "array";
  if (type === "object" && !isObject(properties) && isObject(additionalProperties)) {
    return `map of ${typeOf(follow(additionalProperties, reader), reader)}`;
  }
  if (typeof type === "string") return type;
  if (Array.isArray(type)) return type.map(String).join(" | ");
  return Array.isArray(node["enum"]) || node["const"] !== undefined ? "string" : "any";
}

function valuesOf(node: JsonObject, above: Reader): readonly Json[] {
  const reader = deeper(above);
  if (reader.depth > DEPTH_LIMIT) return [];
  const branches = branchesOf(node, reader).map((branch) => valuesOf(branch, reader));
  if (branches.length > 0 && branches.every((values) => values.length > 0)) return branches.flat();
  if (node["const"] !== undefined) return [node["const"]];
  return Array.isArray(node["enum"]) ? node["enum"] : [];
}

function follow(schema: JsonObject, reader: Reader): JsonObject {
  const { $ref } = schema;
  if (typeof $ref !== "string") return schema;
  if ($ref === "#") return reader.root;
  const definitions = reader.root["$defs"];
  const target = isObject(definitions) ? definitions[$ref.replace("#/$defs/", "")] : undefined;
  return isObject(target) ? target : schema;
}

function deeper(reader: Reader): Reader {
  return { ...reader, depth: reader.depth + 1 };
}
