// Small definitions, so that these tests depend on the checks and not on the built-in types.
import { z } from "zod";
import { createCatalog } from "../../src/catalog/catalog.ts";
import { type ComponentDefinition, defineComponent, defineTrait } from "../../src/catalog/define.ts";
import { image, port, quantity } from "../../src/catalog/sharedFields.ts";
import { deploy } from "../../src/jobs/deploy.ts";
import { isObject, type Json } from "../../src/model/data/json.ts";
import { brokenRule, type Problem, problem } from "../../src/model/problems/problem.ts";
import { checkDocument } from "../../src/plan/check/check.ts";
import { withPositions } from "../../src/plan/read/locate.ts";
import { readDocument } from "../../src/plan/read/read.ts";

const nothing = { pod: null, objects: [] };
const summary = { en: "a test", zh: "测试" };
const head = { summary, examples: [], job: "deploy", render: () => nothing } as const;

const web = defineComponent({
  ...head,
  name: "web",
  schema: z.strictObject({
    image: image(),
    port: port().optional().meta({ description: "Where it listens", zh: "监听端口" }),
    replicas: z.int().min(0).max(5).default(1),
    policy: z.enum(["Always", "Never"]).optional(),
    host: z
      .string()
      .regex(/^[a-z]+$/, "small letters")
      .optional(),
    from: z.array(z.strictObject({ component: z.string(), output: z.string().optional() })).optional(),
    env: z
      .record(z.string().regex(/^[A-Z]+$/), z.union([z.string(), z.strictObject({ secret: z.string() })]))
      .optional(),
    memory: quantity().optional(),
  }),
  outputs: (name, properties) => (properties.port ? { host: name, port: String(properties.port) } : {}),
  references: (properties) => [
    ...(properties.from ?? []).map(({ component, output }, index) => ({
      kind: "component" as const,
      name: component,
      path: ["from", index],
      ...(output === undefined ? {} : { output }),
    })),
    ...Object.entries(properties.env ?? {}).flatMap(([name, value]) =>
      typeof value === "string" ? [] : [{ kind: "Secret" as const, name: value.secret, path: ["env", name, "secret"] }],
    ),
  ],
  check: (properties) => (properties.port === 13 ? [brokenRule(["port"], { en: "unlucky", zh: "不吉利" })] : []),
});

const data = (properties: Json): Json => (isObject(properties) ? (properties["data"] ?? null) : null);

const secret: ComponentDefinition = defineComponent({
  ...head,
  name: "secret",
  schema: z.strictObject({ data: z.record(z.string(), z.enum(["only", "these"])) }),
  secrets: (properties) => Object.keys(data(properties) ?? {}).map((key) => ["data", key]),
});

const config = defineComponent({
  ...head,
  name: "config",
  schema: z.strictObject({ data: z.record(z.string(), z.string()) }),
});

const broken = defineComponent({
  ...head,
  name: "broken",
  schema: z.strictObject({}),
  check: () => {
    throw new Error("hunter2hunter2");
  },
});

const volume = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("disk").meta({ description: "Kept", zh: "保留" }),
    size: z.string().meta({ description: "How large", zh: "大小" }),
    path: z.string().min(1),
  }),
  z.strictObject({ type: z.literal("memory").meta({ description: "Gone", zh: "消失" }), path: z.string().min(1) }),
]);

const volumes = defineTrait({
  name: "volumes",
  summary,
  examples: [],
  schema: z.array(volume).min(1),
  appliesTo: ["web", "broken"],
  check: (items) => {
    const first = items.findIndex((one) => items.filter((other) => other.path === one.path).length > 1);
    return first < 0 ? [] : [problem("MountPathTwice", [first, "path"], { path: items[first]?.path ?? "", first: "" })];
  },
  render: () => ({}),
});

const pull = defineTrait({
  name: "pull",
  summary,
  examples: [],
  schema: z.strictObject({
    password: z.string().min(8),
    secret: z.string().optional(),
    external: z.boolean().optional(),
  }),
  appliesTo: "pods",
  secrets: (value) => (isObject(value) ? [["password"]] : []),
  references: (value) =>
    value.secret === undefined
      ? []
      : [{ kind: "Secret", name: value.secret, path: ["secret"], external: value.external === true }],
  render: () => ({}),
});

export const catalog = createCatalog({
  name: "test",
  components: [web, secret, config, broken],
  traits: [volumes, pull],
  jobs: [deploy],
});

/** The problems as `code pointer`, in order. */
export function problemsOf(value: Json): string[] {
  return checkDocument(value, catalog).problems.map((one) => `${one.code} ${one.pointer}`);
}

export function documentOf(...components: readonly Json[]): Json {
  return { name: "shop", components };
}

/** The problems with positions, as a user sees them for a text. */
export function problemsOfText(text: string, format: "json" | "yaml" | "auto" = "auto"): readonly Problem[] {
  const read = readDocument(text, format);
  if (!read.ok) return read.problems;
  return withPositions(checkDocument(read.value, catalog).problems, read.locate);
}
