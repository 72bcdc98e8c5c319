// The input and output schemas of a job type as JSON Schema, from zod or from a registration.
import type { JobDefinition } from "../../../catalog/define.ts";
import type { JsonObject } from "../../../model/data/json.ts";
import { jsonSchemaOf, outputSchemaOf } from "../../fields/jsonSchema.ts";

const inputs = new WeakMap<JobDefinition, JsonObject>();
const outputs = new WeakMap<JobDefinition, JsonObject>();

export function inputSchema(definition: JobDefinition): JsonObject {
  return kept(inputs, definition, () => definition.schemas?.input ?? jsonSchemaOf(definition.input, "editor"));
}

/** `null` when the type has no output to which others may refer. */
export function outputSchema(definition: JobDefinition): JsonObject | null {
  const { output, schemas } = definition;
  if (output === undefined && schemas === undefined) return null;
  return kept(outputs, definition, () => schemas?.output ?? (output === undefined ? {} : outputSchemaOf(output)));
}

/** Computed once: definitions are frozen values. */
function kept(
  known: WeakMap<JobDefinition, JsonObject>,
  definition: JobDefinition,
  make: () => JsonObject,
): JsonObject {
  const found = known.get(definition);
  if (found !== undefined) return found;
  const made = make();
  known.set(definition, made);
  return made;
}
