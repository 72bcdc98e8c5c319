// Shows that a trait of a plug-in is equal to a built-in one: the trait `resources`, written again with the functions
// that authors import, gives byte for byte the same plan.
import { describe, expect, it } from "vitest";
import { builtins } from "../../src/builtins.ts";
import { createCatalog } from "../../src/catalog/catalog.ts";
import { documentSchema } from "../../src/plan/schema/schema.ts";
import { planCase } from "../../src/plugin/planCase.ts";
import {
  canonicalQuantity,
  defineTrait,
  described,
  onlyGiven,
  parseQuantity,
  problem,
  quantity,
  z,
} from "../../src/plugin/plugin.ts";

const amounts = {
  cpu: described(quantity().optional(), "Cores, e.g. 0.5 or 500m", "CPU 核数，如 0.5 或 500m"),
  memory: described(quantity().optional(), "Memory, e.g. 256Mi", "内存，如 256Mi"),
  ephemeralStorage: described(quantity().optional(), "Local disk, e.g. 1Gi", "本地磁盘，如 1Gi"),
};
const schema = z.strictObject({
  ...amounts,
  limits: described(
    z.strictObject(amounts).optional(),
    "The most that it may use; default: no limit",
    "使用上限；不写则不限制",
  ),
});
type Amounts = NonNullable<z.output<typeof schema>["limits"]>;
const FIELDS = ["cpu", "memory", "ephemeralStorage"] as const;

function spelled(given: Amounts) {
  const entries = FIELDS.flatMap((field) => {
    const value = given[field];
    return value === undefined
      ? []
      : [[field === "ephemeralStorage" ? "ephemeral-storage" : field, canonicalQuantity(value)] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

const resources = defineTrait({
  name: "resources",
  summary: { en: "CPU, memory and local disk", zh: "CPU、内存与本地磁盘" },
  schema,
  examples: [
    {
      title: { en: "What it needs, and a limit for memory", zh: "所需资源与内存上限" },
      value: { cpu: 0.25, memory: "256Mi", limits: { memory: "512Mi" } },
    },
  ],
  appliesTo: "pods",
  check: (data) =>
    FIELDS.flatMap((field) => {
      const [request, limit] = [data[field], data.limits?.[field]];
      if (request === undefined || limit === undefined || (parseQuantity(request) ?? 0) <= (parseQuantity(limit) ?? 0))
        return [];
      return [problem("RequestOverLimit", [field], { request, limit })];
    }),
  render: (data) => ({
    container: { resources: onlyGiven({ requests: spelled(data), limits: data.limits && spelled(data.limits) }) },
  }),
});

const builtin = createCatalog(builtins);
const plugged = createCatalog({
  ...builtins,
  traits: (builtins.traits ?? []).map((one) => (one.name === "resources" ? resources : one)),
});

const document = (data: object) => ({
  name: "shop",
  components: [
    {
      name: "web",
      type: "webservice",
      properties: { image: "nginx:1.27", port: 80 },
      traits: { resources: structuredClone(data) as never },
    },
  ],
});

describe("a trait of a plug-in", () => {
  it.each([
    { cpu: 0.25, memory: "256Mi", limits: { memory: "512Mi" } },
    { cpu: "1000m", ephemeralStorage: "1024Mi" },
    { limits: { cpu: 2 } },
    { cpu: 2, limits: { cpu: 1 } },
    { gpu: 1 },
  ])("gives the same bytes as the built-in one: %j", (data) => {
    expect(JSON.stringify(planCase(document(data), plugged))).toBe(JSON.stringify(planCase(document(data), builtin)));
  });

  it("is the same in the schema", () => {
    expect(JSON.stringify(documentSchema(plugged))).toBe(JSON.stringify(documentSchema(builtin)));
  });
});
