// The options that a job type adds to `kubemin run TYPE`, one for each field of its input. They are made from the same
// schema as the type's checks, form and page, so that all of them agree.
import type { Json, JsonObject } from "../../model/data/json.ts";
import { isObject } from "../../model/data/json.ts";
import type { Language, Localized } from "../../model/data/text.ts";
import { explainSchema, type FieldExplanation } from "../../plan/schema/explain.ts";
import { inputSchema } from "../../plan/workflow/steps/jobSchemas.ts";
import { type DeclaredType, valueOf } from "../arguments/givenInputs.ts";
import type { Option, OptionValue, Unparsed } from "../grammar/command.ts";
import { connect } from "../reach/connect.ts";

interface TypeInput {
  readonly name: string;
  readonly summary: string;
  readonly schema: JsonObject;
  readonly examples: readonly { readonly title: string; readonly input: JsonObject }[];
}

/** The input of a built-in job type, otherwise of a type on the server. Rejects with the error of the server. */
export async function typeInputOf(context: Unparsed, name: string, version: string | undefined): Promise<TypeInput> {
  const { language, globals, root } = context;
  const own = root.catalog.jobs.get(name);
  if (own?.step !== undefined)
    return {
      name,
      summary: own.summary[language],
      schema: inputSchema(own),
      examples: own.step.examples.map(({ title, value }) => ({ title: title[language], input: value })),
    };
  const query = version === undefined ? {} : { version };
  const call = { params: { project: globals.project, type: name }, query };
  const type = await connect(context).call("getJobTypeSchema", call);
  return {
    name,
    summary: type.summary,
    schema: type.input as JsonObject, // a JSON Schema, from JSON
    examples: type.examples.map((one) => ({ title: one.title, input: one.input as JsonObject })), // likewise
  };
}

/** One option for each field. Fields whose name is in `taken` get none; they are set with --input. */
export function optionsOf(
  { schema }: Pick<TypeInput, "schema">,
  taken: ReadonlySet<string>,
  language: Language,
): Readonly<Record<string, Option>> {
  const fields = explainSchema(schema, language, []).filter((field) => !taken.has(field.name));
  return Object.fromEntries(fields.map((field) => [field.name, optionOf(field, language)]));
}

function optionOf(field: FieldExplanation, language: Language): Option {
  const choices = field.type === "boolean" ? ["true", "false"] : (field.values ?? []).map(textOf);
  const summary = summaryOf(field, language);
  return {
    type: field.type === "array of string" ? "list" : "text",
    value: field.type.toUpperCase().replaceAll(/[^A-Z]+/g, "-"),
    ...(choices.length === 0 ? {} : { choices }),
    summary: { en: summary, zh: summary },
  };
}

function summaryOf(field: FieldExplanation, language: Language): string {
  const word = (text: Localized): string => text[language];
  return [
    field.description,
    ...(field.required ? [word({ en: "required", zh: "必填" })] : []),
    ...(field.default === undefined ? [] : [`${word({ en: "default", zh: "默认" })} ${textOf(field.default)}`]),
  ]
    .filter((text) => text !== "")
    .join("; ");
}

function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The input from the values of the options. Fields that are not texts in the schema are read as JSON. */
export function inputFrom({ schema }: TypeInput, values: Readonly<Record<string, OptionValue>>): JsonObject {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const given = explainSchema(schema, "en", []).flatMap(({ name, type }) => {
    const value = values[name];
    if (value === undefined || (Array.isArray(value) && value.length === 0) || !(name in properties)) return [];
    // A value that is not a text is a list of texts, which is JSON.
    const read = typeof value === "string" ? valueOf(value, { option: `--${name}`, type }) : (value as Json);
    return [[name, read] as const];
  });
  return Object.fromEntries(given);
}

/** The declared types of the fields, for values that are given with --input. */
export function declaredBy({ schema }: Pick<TypeInput, "schema">): DeclaredType {
  const types = new Map(explainSchema(schema, "en", []).map((field) => [field.name, field.type]));
  return (name) => types.get(name);
}
