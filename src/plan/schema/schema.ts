// One JSON Schema for the whole document, for editors: completion, hover texts, early red lines. It accepts every
// document that the checks accept. Rules that a schema cannot express (references, quantities, names of images) are
// left to the checks.
import type { Catalog } from "../../catalog/catalog.ts";
import type { ComponentDefinition } from "../../catalog/define.ts";
import type { JsonObject } from "../../model/data/json.ts";
import { API_VERSION, LIMITS, ON_DRIFT, ON_FAILURE } from "../../model/document/document.ts";
import { jsonSchemaOf } from "../fields/jsonSchema.ts";
import { embedSchema } from "./embedSchema.ts";
import { CLOCKS_SCHEMA, DURATION, NAME, ON_SHORT, RETRY } from "./schemaParts.ts";
import { workflowSchemas } from "./workflowSchema.ts";

const SCHEMA_ID = "https://kubemin.dev/schema/v1/application.json";

/** Draft 2020-12. `type` distinguishes the components. */
export function documentSchema(catalog: Catalog): JsonObject {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: SCHEMA_ID,
    title: "kubemin application",
    description: "An application: components with traits, deployed in the order of their needs.",
    type: "object",
    required: ["name"],
    anyOf: [{ required: ["components"], properties: { components: { minItems: 1 } } }, { required: ["workflow"] }],
    additionalProperties: false,
    properties: {
      $schema: { type: "string" },
      apiVersion: { const: API_VERSION, description: "Optional" },
      name: { ...NAME, description: "Name of the application" },
      description: { type: "string", description: "A description for people" },
      namespace: {
        type: ["string", "null"],
        pattern: "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
        description: "Kubernetes namespace; default: default",
      },
      onFailure: {
        enum: [...ON_FAILURE],
        description:
          "What happens when a deploy fails: keep the current state (default), or roll back to the last revision that succeeded",
      },
      drift: {
        enum: [...ON_DRIFT],
        description:
          "What happens when another person or tool changes the objects: report it (default), or repair them",
      },
      components: {
        type: "array",
        maxItems: LIMITS.components,
        items: { $ref: "#/$defs/component" },
        description: "Optional when there is a workflow",
      },
      workflow: { $ref: "#/$defs/workflow" },
    },
    $defs: {
      component: componentSchema(catalog),
      traits: traitsSchema(catalog),
      ...workflowSchemas(catalog.jobs, "editor"),
      ...definitionSchemas(catalog),
    },
  };
}

function componentSchema(catalog: Catalog): JsonObject {
  const types = [...catalog.components.values()];
  return {
    type: "object",
    required: ["name", "type"],
    additionalProperties: false,
    properties: {
      name: { ...NAME, description: "Name of the component, and of its objects on the cluster" },
      type: {
        type: "string",
        description: "Type of the component",
        enum: types.map((type) => type.name),
        // Not part of the standard: editors show these texts next to each entry of the list.
        markdownEnumDescriptions: types.map((type) => `${type.summary.en}\n\n${type.summary.zh}`),
      },
      properties: { type: "object", description: "Properties of the component; see its type" },
      traits: { $ref: "#/$defs/traits" },
      dependsOn: {
        type: "array",
        items: { type: "string" },
        description: "Components that must be ready before this one",
      },
      timeout: { ...DURATION, description: "How long its job may take in total, e.g. 10m" },
      retry: RETRY,
      clocks: { ...CLOCKS_SCHEMA, description: `For a task. ${CLOCKS_SCHEMA.description}` },
      onShort: { ...ON_SHORT, description: `For a task. ${ON_SHORT.description}` },
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
    description: "Traits that are attached to it",
    additionalProperties: false,
    properties: Object.fromEntries(entries),
  };
}

function definitionSchemas(catalog: Catalog): JsonObject {
  const components = [...catalog.components.values()].map((one) =>
    embedSchema(`component.${one.name}`, one, jsonSchemaOf(one.schema, "editor")),
  );
  const traits = [...catalog.traits.values()].map((one) =>
    embedSchema(`trait.${one.name}`, one, jsonSchemaOf(one.schema, "editor")),
  );
  return Object.assign({}, ...components, ...traits);
}
