import { describe, expect, it } from "vitest";
import { z } from "zod";
import { isObject, type Json, type JsonObject } from "../../src/model/data/json.ts";
import { app, catalog, codes, goodPlan, manifests, planOf } from "../plan/planned.ts";

const REDIS = { name: "redis", type: "store", properties: { preset: "redis" } };
const components = [...catalog.components.values()].flatMap((definition) =>
  definition.examples.map((example) => ({ definition, example, label: `${definition.name}: ${example.title.en}` })),
);
const traits = [...catalog.traits.values()].flatMap((definition) =>
  definition.examples.map((example) => ({ definition, example, label: `${definition.name}: ${example.title.en}` })),
);

describe("every definition", () => {
  it("has a summary and an example, in both languages", () => {
    for (const definition of [...catalog.components.values(), ...catalog.traits.values()]) {
      expect(definition.summary.en).not.toBe("");
      expect(definition.summary.zh).toMatch(/\p{Script=Han}/u);
      expect(definition.examples.length).toBeGreaterThan(0);
      for (const { title } of definition.examples) expect(title.zh).toMatch(/\p{Script=Han}/u);
    }
  });

  it("describes every field in both languages and refuses unknown ones", () => {
    const missing: string[] = [];
    for (const { name, schema } of [...catalog.components.values(), ...catalog.traits.values()]) {
      const described = z.toJSONSchema(schema, { io: "input" });
      // zod returns plain JSON.
      visit(described as unknown as Json, name, (at, node) => {
        // This place contains Kubernetes objects, whose fields are not described here.
        if (!at.startsWith("objects/properties/objects/items")) missing.push(...undescribed(at, node));
      });
    }
    expect(missing).toEqual([]);
  });

  it.each(components)("component $label is valid and renders", ({ definition, example }) => {
    const plan = goodPlan(app({ name: "one", type: definition.name, properties: example.value }));
    // A chart is rendered by another program: see test/engine/planning/charts.test.ts.
    if (definition.chart === undefined) expect(manifests(plan).length).toBeGreaterThan(0);
  });

  it.each(traits)("trait $label is valid and renders", ({ definition, example }) => {
    const properties = { image: "busybox:1.36", port: 8080 };
    const web = { name: "web", type: "webservice", properties, traits: { [definition.name]: example.value } };
    const bare = goodPlan(app(REDIS, { name: "web", type: "webservice", properties }));
    expect(goodPlan(app(REDIS, web)).hash).not.toBe(bare.hash);
  });

  it("is refused where it cannot be attached", () => {
    const config = { name: "one", type: "config", properties: { data: {} } };
    expect(codes(planOf(app({ ...config, traits: { env: { A: "1" } } })))).toEqual([
      "error TraitNotApplicable /components/0/traits/env",
    ]);
    const worker = { name: "one", type: "worker", properties: { image: "busybox" } };
    expect(codes(planOf(app({ ...worker, traits: { route: {} } })))).toContain(
      "error TraitNotApplicable /components/0/traits/route",
    );
  });
});

function visit(node: Json, at: string, see: (at: string, node: JsonObject) => void): void {
  if (Array.isArray(node)) for (const [index, inner] of node.entries()) visit(inner, `${at}/${index}`, see);
  if (!isObject(node)) return;
  see(at, node);
  for (const [key, inner] of Object.entries(node)) if (inner !== undefined) visit(inner, `${at}/${key}`, see);
}

function undescribed(at: string, node: JsonObject): readonly string[] {
  const { properties } = node;
  if (!isObject(properties) || node["type"] !== "object") return [];
  const open = node["additionalProperties"] === false ? [] : [`${at} takes unknown fields`];
  const silent = Object.entries(properties).filter(
    ([, field]) => !isObject(field) || typeof field["description"] !== "string" || typeof field["zh"] !== "string",
  );
  return [...open, ...silent.map(([name]) => `${at}.${name}`)];
}
