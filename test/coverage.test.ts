// Done means: every component type and every trait is in an example that a test deploys on a real cluster, is explained, is in the schema,
// and every kind that comes of it has recorded states. Looked for by machine, so that a new one cannot be forgotten.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { dig, isObject, type JsonObject } from "../src/model/data/json.ts";
import { objectsIn } from "../src/plan/render/merge/manifestLists.ts";
import { explainDefinition } from "../src/plan/schema/explain.ts";
import { SCENES } from "./kube/corpus/scenes.ts";
import { catalog, goodPlan } from "./plan/planned.ts";

const ROOT = resolve(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const files = (folder: string, end: string): readonly string[] =>
  readdirSync(join(ROOT, folder)).filter((name) => name.endsWith(end));

const E2E = files("test/e2e", ".test.ts")
  .map((name) => read(`test/e2e/${name}`))
  .join("\n");

/** By its file name, or by the short form of the tests that edit examples. */
const isDeployed = (name: string): boolean =>
  E2E.includes(`"${name}.yaml"`) || E2E.includes(`example("${name}"`) || E2E.includes(`example(\n      "${name}"`);

const deployed = files("examples", ".yaml")
  .map((file) => file.replace(/\.yaml$/, ""))
  .filter(isDeployed)
  .map((name) => parse(read(`examples/${name}.yaml`)) as JsonObject); // documents of ours
const components = deployed.flatMap((document) => objectsIn(document["components"]));

describe("every component type", () => {
  it.each([...catalog.components.keys()])("%s is in an example that is deployed on a real cluster", (name) => {
    expect(components.map((one) => one["type"])).toContain(name);
  });
});

describe("every trait", () => {
  it.each([...catalog.traits.keys()])("%s is in an example that is deployed on a real cluster", (name) => {
    const traits = components.flatMap(({ traits: own }) => (isObject(own) ? Object.keys(own) : []));
    expect(traits).toContain(name);
  });
});

describe("every preset of a store", () => {
  it.each(["redis", "postgresql", "mysql"])("%s is in an example that is deployed on a real cluster", (name) => {
    expect(components.map((one) => dig(one, "properties", "preset"))).toContain(name);
  });
});

describe("every definition", () => {
  const all = [...catalog.components.values(), ...catalog.traits.values()];
  const schema = read("docs/reference/application.schema.json");

  it.each(all.map((one) => [one.name, one] as const))(
    "%s is explained, and in the published schema",
    (name, definition) => {
      const fields = explainDefinition(definition, "en");
      expect(fields.length).toBeGreaterThan(0);
      expect(explainDefinition(definition, "zh").map((one) => one.description)).not.toContain("");
      expect(schema).toContain(JSON.stringify(name));
    },
  );
});

describe("every kind that comes of them", () => {
  /** They are there or they are not. */
  const WITHOUT_STATES = new Set([
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "NetworkPolicy",
    "VirtualService",
    "Endpoints",
    "ResourceClaimTemplate",
  ]);
  /** Nobody waits for them, whatever their state is. */
  const NEVER_IN_THE_WAY = new Set(["ConfigMap", "Secret", "PodDisruptionBudget", "HorizontalPodAutoscaler"]);
  // What a chart or raw objects hold is not ours to know the states of.
  const ours = deployed.filter(
    (document) => !objectsIn(document["components"]).some(({ type }) => type === "helm" || type === "objects"),
  );
  const kinds = new Set(
    ours.flatMap((document) =>
      goodPlan(document)
        .jobs.flatMap((job) => job.objects)
        .map(({ manifest }) => manifest.kind),
    ),
  );

  it.each([...kinds].filter((kind) => !WITHOUT_STATES.has(kind)))("%s has recorded states, ready and not", (kind) => {
    const states = new Set(SCENES.filter(({ subject }) => subject.kind === kind).map(({ expected }) => expected.state));
    expect(states, [...states].join(", ")).toContain("ready");
    if (!NEVER_IN_THE_WAY.has(kind)) expect(states.size).toBeGreaterThan(1);
  });
});
