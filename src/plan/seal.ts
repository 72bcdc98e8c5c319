// Seals secret values before anything else sees the document. Copies only what it changes, and never throws: a malformed document
// goes on to the checks, which say what is wrong, without its secrets.
import type { Catalog } from "../catalog/catalog.ts";
import { LIMITS } from "../model/document.ts";
import { isObject, type Json, type JsonObject } from "../model/json.ts";
import type { Path } from "../model/pointer.ts";
import { isSealed, MASK } from "../model/sealed.ts";
import { secretPaths } from "./secrets.ts";

type Seal = (text: string) => string;

export function sealDocument(value: JsonObject, catalog: Catalog, seal: Seal): JsonObject {
  const { components, workflow } = value;
  return {
    ...value,
    ...(Array.isArray(components)
      ? { components: components.map((one: Json) => sealComponent(one, catalog, seal)) }
      : {}),
    ...(isObject(workflow) ? { workflow: sealWorkflow(workflow, catalog, seal) } : {}),
  };
}

const STEP_LISTS = ["steps", "finally", "subSteps"] as const;

/** A workflow, or a step with further ones inside: what its job types call secret. */
export function sealWorkflow(value: JsonObject, catalog: Catalog, seal: Seal): JsonObject {
  const lists = STEP_LISTS.flatMap((name) => {
    const steps = value[name];
    if (!Array.isArray(steps)) return [];
    return [[name, steps.map((step: Json) => (isObject(step) ? sealWorkflow(step, catalog, seal) : step))] as const];
  });
  const { type, properties } = value;
  const definition = typeof type === "string" ? catalog.jobs.get(type.replace(/@.*$/, "")) : undefined;
  const sealed =
    definition === undefined || properties === undefined
      ? {}
      : { properties: sealPaths(properties, secretPaths(definition, properties), seal) };
  return { ...value, ...Object.fromEntries(lists), ...sealed };
}

function sealComponent(component: Json, catalog: Catalog, seal: Seal): Json {
  if (!isObject(component)) return component;
  const definition = typeof component["type"] === "string" ? catalog.components.get(component["type"]) : undefined;
  const { properties, traits } = component;
  const changed: Record<string, Json> = {};
  if (definition && properties !== undefined) {
    changed["properties"] = sealPaths(properties, secretPaths(definition, properties), seal);
  }
  if (isObject(traits)) changed["traits"] = sealTraits(traits, catalog, seal);
  return { ...component, ...changed };
}

function sealTraits(traits: JsonObject, catalog: Catalog, seal: Seal): JsonObject {
  const entries = Object.entries(traits).map(([name, data]) => {
    const definition = catalog.traits.get(name);
    if (!definition || data === undefined) return [name, data] as const;
    return [name, sealPaths(data, secretPaths(definition, data), seal)] as const;
  });
  return Object.fromEntries(entries);
}

/** The paths as a tree, so that thousands of secrets in one object are one pass over it. */
interface Marks {
  whole: boolean;
  readonly inner: Map<string, Marks>;
}

function sealPaths(data: Json, paths: readonly Path[], seal: Seal): Json {
  if (paths.length === 0) return data;
  const root: Marks = { whole: false, inner: new Map() };
  for (const path of paths) {
    let marks = root;
    for (const key of path) {
      const next = marks.inner.get(String(key)) ?? { whole: false, inner: new Map() };
      marks.inner.set(String(key), next);
      marks = next;
    }
    marks.whole = true;
  }
  return sealMarked(data, root, seal);
}

function sealMarked(data: Json, marks: Marks | undefined, seal: Seal): Json {
  if (marks === undefined) return data;
  if (marks.whole) return sealLeaves(data, seal, 0);
  if (Array.isArray(data))
    return data.map((inner: Json, index) => sealMarked(inner, marks.inner.get(String(index)), seal));
  if (!isObject(data)) return data;
  const entries = Object.entries(data).map(([key, inner]) => {
    return [key, inner === undefined ? inner : sealMarked(inner, marks.inner.get(key), seal)] as const;
  });
  return Object.fromEntries(entries);
}

/** Deeper than any valid document there is nothing worth keeping. */
function sealLeaves(value: Json, seal: Seal, depth: number): Json {
  if (value === null || isSealed(value)) return value;
  if (typeof value !== "object") return seal(String(value));
  if (depth > LIMITS.depth) return MASK;
  if (Array.isArray(value)) return value.map((inner: Json) => sealLeaves(inner, seal, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      inner === undefined ? inner : sealLeaves(inner, seal, depth + 1),
    ]),
  );
}
