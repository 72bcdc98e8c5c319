// Turns a definition into the view of the API: its summary, fields, outputs and examples.
import type { z } from "zod";
import type { DefinitionView } from "../../api/views.ts";
import type { ComponentDefinition, Example, JobDefinition, TraitDefinition } from "../../catalog/define.ts";
import type { Json } from "../../model/data/json.ts";
import type { Language } from "../../model/data/text.ts";
import type { Frozen } from "../shared/contract.ts";
import { fieldsOf } from "./definitionFields.ts";

type ApiDefinition = Frozen<z.output<typeof DefinitionView>>;

export function componentView(definition: ComponentDefinition, language: Language): ApiDefinition {
  const outputs = outputNames(definition);
  return {
    kind: "component",
    name: definition.name,
    summary: definition.summary[language],
    fields: fieldsOf(definition, language),
    ...(outputs.length === 0 ? {} : { outputs }),
    examples: examples(definition.examples, language),
  };
}

export function traitView(definition: TraitDefinition, language: Language): ApiDefinition {
  return {
    kind: "trait",
    name: definition.name,
    summary: definition.summary[language],
    fields: fieldsOf(definition, language),
    examples: examples(definition.examples, language),
  };
}

export function jobView(definition: JobDefinition, language: Language): ApiDefinition {
  const { name, summary, step } = definition;
  return {
    kind: "job",
    name,
    summary: summary[language],
    fields: fieldsOf(definition, language),
    examples: examples(step?.examples ?? [], language),
  };
}

function examples(all: readonly Example<Json>[], language: Language): ApiDefinition["examples"] {
  return all.map(({ title, value }) => ({ title: title[language], value }));
}

/** Names of outputs. They depend on the properties, so the examples are used to find the common ones. */
function outputNames({ outputs, examples, schema }: ComponentDefinition): string[] {
  if (outputs === undefined) return [];
  const names = examples.flatMap(({ value }) => {
    const parsed = schema.safeParse(value);
    return parsed.success ? Object.keys(outputs("name", parsed.data, { namespace: "default" })) : [];
  });
  return [...new Set(names)];
}
