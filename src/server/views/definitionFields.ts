// The fields of a definition as a flat list: `ports[].name`, `labels.*`. Their texts come from
// src/plan/schema/explain.ts, as for `kubemin explain`.
import type { z } from "zod";
import type { FieldView } from "../../api/views.ts";
import type { Language } from "../../model/data/text.ts";
import { explainDefinition, type FieldExplanation } from "../../plan/schema/explain.ts";

type Field = z.output<typeof FieldView>;

export function fieldsOf(definition: Parameters<typeof explainDefinition>[0], language: Language): Field[] {
  return explainDefinition(definition, language).flatMap((field) => flatten(field, ""));
}

export function flatten(field: FieldExplanation, prefix: string): Field[] {
  const path = prefix + field.name;
  return [fieldView(field, path), ...field.fields.flatMap((inner) => flatten(inner, `${path}${step(field.type)}.`))];
}

/** The part of the path between a field and the fields inside it: `[]` for a list, `.*` for a map. */
function step(type: string): string {
  if (/\barray of/.test(type)) return "[]";
  return /\bmap of/.test(type) ? ".*" : "";
}

function fieldView(
  { type, required, description, default: preset, values, when }: FieldExplanation,
  path: string,
): Field {
  const condition = when === undefined ? "" : ` (${when.join("; ")})`;
  return {
    path,
    type,
    required,
    ...(preset === undefined ? {} : { default: preset }),
    description: `${description}${condition}`.trim(),
    ...(values === undefined
      ? {}
      : { values: values.map((value) => (typeof value === "string" ? value : JSON.stringify(value))) }),
  };
}
