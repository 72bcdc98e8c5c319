// One JSON Schema for the whole document, for editors: completion, hover texts, early red lines. It accepts every document that the
// checks accept; rules that a schema cannot say (references, quantities, names of images) stay with the checks.
import type { Catalog } from "../catalog/catalog.ts";
import type { ComponentDefinition, TraitDefinition } from "../catalog/define.ts";
import { API_VERSION, LIMITS, ON_DRIFT, ON_FAILURE } from "../model/document.ts";
import { isObject, type Json, type JsonObject } from "../model/json.ts";
import { COMPONENT_NAME_MAX } from "../model/name.ts";
import { jsonSchemaOf } from "./jsonSchema.ts";

export const SCHEMA_ID = "https://kubemin.dev/schema/v1/application.json";

const NAME = { type: "string", pattern: "^[a-z]([-a-z0-9]*[a-z0-9])?$", maxLength: COMPONENT_NAME_MAX } as const;
const DURATION = {
  anyOf: [
    { type: "string", pattern: "^\\s*(\\d+(\\.\\d+)?|(\\d+(\\.\\d+)?(ms|s|m|h|d))+)\\s*$" },
    { type: "number", minimum: 0 },
  ],
};

/** Draft 2020-12. Components are told apart by `type`. */
export function documentSchema(catalog: Catalog): JsonObject {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: SCHEMA_ID,
    title: "kubemin application",
    description: "An application: components with traits, deployed in the order of what needs what.",
    type: "object",
    required: ["name", "components"],
    additionalProperties: false,
    properties: {
      $schema: { type: "string" },
      apiVersion: { const: API_VERSION, description: "May be left out" },
      name: { ...NAME, description: "Name of the application" },
      description: { type: "string", description: "For people" },
      namespace: {
        type: ["string", "null"],
        pattern: "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
        description: "Kubernetes namespace; default: default",
      },
      onFailure: {
        enum: [...ON_FAILURE],
        description:
          "When a deploy fails: keep what is there (default), or roll back to the last revision that succeeded",
      },
      drift: {
        enum: [...ON_DRIFT],
        description: "When somebody else changes the objects: report it (default), or repair them",
      },
      components: { type: "array", minItems: 1, maxItems: LIMITS.components, items: { $ref: "#/$defs/component" } },
    },
    $defs: { component: componentSchema(catalog), traits: traitsSchema(catalog), ...definitionSchemas(catalog) },
  };
}

function componentSchema(catalog: Catalog): JsonObject {
  const types = [...catalog.components.values()];
  return {
    type: "object",
    required: ["name", "type"],
    additionalProperties: false,
    properties: {
      name: { ...NAME, description: "Also the name of its objects on the cluster" },
      type: {
        type: "string",
        description: "What it is",
        enum: types.map((type) => type.name),
        // Not part of the standard; what editors show beside each entry of the list.
        markdownEnumDescriptions: types.map((type) => `${type.summary.en}\n\n${type.summary.zh}`),
      },
      properties: { type: "object", description: "What it is made of; see its type" },
      traits: { $ref: "#/$defs/traits" },
      dependsOn: { type: "array", items: { type: "string" }, description: "Components that must be ready before" },
      timeout: { ...DURATION, description: "How long its job may take in all, e.g. 10m" },
      retry: {
        type: "object",
        additionalProperties: false,
        properties: {
          attempts: { type: "integer", minimum: 1, maximum: 100, description: "In all, the first included" },
          backoff: { ...DURATION, description: "Wait before the second attempt; doubles each time" },
        },
      },
    },
    allOf: types.map(typeRule),
  };
}

function typeRule(type: ComponentDefinition): JsonObject {
  const needs = type.schema.safeParse({}).success ? [] : ["properties"];
  return {
    if: { properties: { type: { const: type.name } }, required: ["type"] },
    // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's keyword; nothing awaits a schema
    then: { properties: { properties: { $ref: `#/$defs/component.${type.name}` } }, required: needs },
  };
}

function traitsSchema(catalog: Catalog): JsonObject {
  const entries = [...catalog.traits.keys()].map((name) => [name, { $ref: `#/$defs/trait.${name}` }] as const);
  return {
    type: "object",
    description: "What is attached to it",
    additionalProperties: false,
    properties: Object.fromEntries(entries),
  };
}

function definitionSchemas(catalog: Catalog): JsonObject {
  const components = [...catalog.components.values()].map((one) => embed(`component.${one.name}`, one));
  const traits = [...catalog.traits.values()].map((one) => embed(`trait.${one.name}`, one));
  return Object.assign({}, ...components, ...traits);
}

/** The definition's schema under `key`, its own definitions beside it, and its references pointing there. */
function embed(key: string, definition: ComponentDefinition | TraitDefinition): JsonObject {
  const { $schema: _dropped, $defs, ...schema } = jsonSchemaOf(definition.schema, "editor");
  const inner = isObject($defs) ? Object.entries($defs) : [];
  const own = { title: definition.name, description: definition.summary.en, ...schema };
  return Object.fromEntries([
    [key, moveReferences(own, key)],
    ...inner.map(([name, value]) => [`${key}.${name}`, moveReferences(value ?? {}, key)]),
  ]);
}

function moveReferences(value: Json, key: string): Json {
  if (Array.isArray(value)) return value.map((inner: Json) => moveReferences(inner, key));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, inner]) => {
    if (name !== "$ref" || typeof inner !== "string") return [name, moveReferences(inner ?? null, key)];
    return [name, inner.replace(/^#(\/\$defs\/(.*))?$/, (_all, _path, local?: string) => target(key, local))];
  });
  return Object.fromEntries(entries);
}

function target(key: string, local: string | undefined): string {
  return local === undefined ? `#/$defs/${key}` : `#/$defs/${key}.${local}`;
}
