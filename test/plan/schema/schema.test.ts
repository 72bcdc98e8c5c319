import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createCatalog } from "../../../src/catalog/catalog.ts";
import { defineComponent } from "../../../src/catalog/define.ts";
import type { JsonObject } from "../../../src/model/data/json.ts";
import { explainDefinition } from "../../../src/plan/schema/explain.ts";
import { documentSchema } from "../../../src/plan/schema/schema.ts";
import { catalog } from "../fixtures.ts";

type Validate = (value: unknown) => boolean;
// ajv is a dependency of fastify. Its types are CommonJS, and this is all that the test uses of it.
const Ajv2020 = createRequire(import.meta.url)("ajv/dist/2020").default as new (
  options: object,
) => {
  compile(schema: JsonObject): Validate;
};

function validator(schema: JsonObject): Validate {
  return new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
}

const component = { name: "web", type: "web", properties: { image: "nginx" } };

describe("the published schema", () => {
  const accepts = validator(documentSchema(catalog));

  it("accepts a valid document", () => {
    const full = {
      ...component,
      traits: { volumes: [{ type: "memory", path: "/x" }], pull: { password: "12345678" } },
      timeout: "1h30m",
      retry: { attempts: 2 },
      dependsOn: ["db"],
    };
    expect(accepts({ $schema: "x", name: "shop", namespace: null, components: [full] })).toBe(true);
  });

  it.each([
    { name: "shop" },
    { name: "Shop", components: [component] },
    { name: "shop", components: [component], typo: 1 },
    { name: "shop", components: [{ ...component, type: "wep" }] },
    { name: "shop", components: [{ name: "web", type: "web" }] },
    { name: "shop", components: [{ ...component, properties: { image: "nginx", imge: 1 } }] },
    { name: "shop", components: [{ ...component, properties: { image: "nginx", port: 70_000 } }] },
    { name: "shop", components: [{ ...component, traits: { volume: [] } }] },
    { name: "shop", components: [{ ...component, traits: { volumes: [{ type: "disk", path: "/x" }] } }] },
    { name: "shop", components: [{ ...component, timeout: "soon" }] },
  ])("refuses %j", (value) => {
    expect(accepts(value)).toBe(false);
  });

  it("keeps references inside of a definition's schema whole", () => {
    const tree: z.ZodType = z.lazy(() => z.strictObject({ name: z.string(), children: z.array(tree).optional() }));
    const definition = defineComponent({
      name: "tree",
      summary: { en: "a tree", zh: "树" },
      schema: z.strictObject({ root: tree }),
      examples: [],
      job: "deploy",
      render: () => ({ pod: null, objects: [] }),
    });
    const check = validator(documentSchema(createCatalog({ name: "t", components: [definition] })));
    const at = (root: unknown): unknown => ({
      name: "a",
      components: [{ name: "a", type: "tree", properties: { root } }],
    });
    expect(check(at({ name: "x", children: [{ name: "y" }] }))).toBe(true);
    expect(check(at({ name: "x", children: [{ nam: "y" }] }))).toBe(false);
    expect(explainDefinition(definition, "en", ["root", "children", "name"])[0]).toMatchObject({ type: "string" });
  });
});

describe("explain", () => {
  const web = catalog.components.get("web");
  const volumes = catalog.traits.get("volumes");

  it("shows type, whether it is required, default, values and both languages", () => {
    const fields = web ? explainDefinition(web, "zh") : [];
    const by = Object.fromEntries(fields.map((one) => [one.name, one]));
    expect(by["image"]).toMatchObject({ type: "string", required: true });
    expect(by["port"]).toMatchObject({ type: "integer", required: false, description: "监听端口" });
    expect(by["replicas"]).toMatchObject({ default: 1, required: false });
    expect(by["policy"]).toMatchObject({ values: ["Always", "Never"] });
    expect(by["env"]).toMatchObject({ type: "map of string | object" });
    expect(by["from"]).toMatchObject({ type: "array of object" });
    expect(web && explainDefinition(web, "en", ["port"])[0]?.description).toBe("Where it listens");
  });

  it("follows lists and alternatives", () => {
    expect(volumes && explainDefinition(volumes, "en", ["size"])).toEqual([
      { name: "size", type: "string", required: true, description: "How large", fields: [], when: ["type: disk"] },
    ]);
    expect(volumes && explainDefinition(volumes, "en", ["type"])[0]).toMatchObject({
      values: ["disk", "memory"],
      description: "disk: Kept; memory: Gone",
    });
    expect(volumes && explainDefinition(volumes, "en", ["nothing"])).toEqual([]);
  });
});
