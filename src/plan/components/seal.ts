// Seals secret values before any other code sees the document. It copies only what it changes and never throws: a
// malformed document still reaches the checks, which report what is wrong, without its secrets.
import type { Catalog } from "../../catalog/catalog.ts";
import type { JobDefinition } from "../../catalog/define.ts";
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { LIMITS } from "../../model/document/document.ts";
import { isSealed, MASK, mapStrings } from "../../model/document/sealed.ts";
import { secretPaths } from "../fields/secrets.ts";
import { STEP_LISTS, secretInputPaths, stepDefinition } from "../workflow/check/secretInputs.ts";

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

/** Seals the secret properties of steps, and the defaults of secret inputs. */
export function sealWorkflow(value: JsonObject, catalog: Catalog, seal: Seal): JsonObject {
  const sealed = sealSteps(value, catalog, seal);
  const { inputs } = sealed;
  if (!isObject(inputs)) return sealed;
  const paths = secretInputPaths(value, catalog.jobs).map(([name = "", ...rest]) => [name, "default", ...rest]);
  return { ...sealed, inputs: sealPaths(inputs, paths, seal) };
}

/** Seals the input of one job type that is run alone. */
export function sealJobInput(definition: JobDefinition, input: JsonObject, seal: Seal): JsonObject {
  const sealed = sealPaths(input, secretPaths(definition, input), seal);
  return isObject(sealed) ? sealed : input;
}

/** Seals the values that are given for the inputs of a workflow. */
export function sealWorkflowInputs(
  inputs: JsonObject,
  { workflow, catalog, seal }: { readonly workflow: Json; readonly catalog: Catalog; readonly seal: Seal },
): JsonObject {
  const sealed = sealPaths(inputs, secretInputPaths(workflow, catalog.jobs), seal);
  return isObject(sealed) ? sealed : inputs;
}

/** Seals the parts of a job's output that its type declares secret. */
export function sealOutput(
  definition: Pick<JobDefinition, "outputSecrets">,
  output: JsonObject,
  seal: Seal,
): JsonObject {
  return mapOutputSecrets(definition, output, (text) => (isSealed(text) ? text : seal(text)));
}

/**
 * Applies `change` to every secret text of an output. Values that are not text are left to the checks: a secret is a
 * text.
 */
export function mapOutputSecrets(
  { outputSecrets }: Pick<JobDefinition, "outputSecrets">,
  output: JsonObject,
  change: (text: string) => string,
): JsonObject {
  const mapped = (outputSecrets?.(output) ?? []).reduce<Json>((at, path) => changedAt(at, path, change), output);
  return isObject(mapped) ? mapped : output;
}

function changedAt(value: Json, [key, ...rest]: Path, change: (text: string) => string): Json {
  if (key === undefined) return mapStrings(value, change);
  if (Array.isArray(value))
    return value.map((inner: Json, index) => (index === Number(key) ? changedAt(inner, rest, change) : inner));
  if (!isObject(value)) return value;
  const inner = Object.hasOwn(value, String(key)) ? value[String(key)] : undefined;
  return inner === undefined ? value : { ...value, [String(key)]: changedAt(inner, rest, change) };
}

/** Seals a workflow, or a step together with the steps inside it. */
function sealSteps(value: JsonObject, catalog: Catalog, seal: Seal): JsonObject {
  const lists = STEP_LISTS.flatMap((name) => {
    const steps = value[name];
    if (!Array.isArray(steps)) return [];
    return [[name, steps.map((step: Json) => (isObject(step) ? sealSteps(step, catalog, seal) : step))] as const];
  });
  const { properties } = value;
  const definition = stepDefinition(value, catalog.jobs);
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

/** The paths as a tree, so that an object with thousands of secrets is sealed in one pass. */
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

/** A value deeper than any valid document is replaced by a mask. */
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
