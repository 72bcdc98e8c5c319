import { describe, expect, it } from "vitest";
import { dig, type JsonObject } from "../../../src/model/data/json.ts";
import { explainProblem } from "../../../src/model/problems/problem.ts";
import { app, find, goodPlan, planOf } from "../../plan/planned.ts";
import { GPU_ROWS } from "./gpuRows.ts";

const task = (traits: JsonObject, properties: JsonObject = {}): JsonObject => ({
  name: "train",
  type: "task",
  properties: { image: "busybox:1.36", ...properties },
  traits,
});
const template = (gpu: JsonObject) => dig(find(goodPlan(app(task({ gpu }))), "Job"), "spec", "template");

describe("gpu", () => {
  it.each(Object.entries(GPU_ROWS))("%s", (_name, row) => {
    const rendered = template(row.gpu);
    const resources = dig(rendered, "spec", "containers", 0, "resources");
    expect(resources).toEqual({ requests: row.limits, limits: row.limits });
    expect(dig(rendered, "metadata", "annotations") ?? {}).toEqual(row.annotations ?? {});
    expect(dig(rendered, "spec", "schedulerName")).toBe(row.scheduler);
    const path = ["nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"] as const;
    expect(dig(rendered, "spec", "affinity", ...path)).toEqual(
      row.label === undefined ? undefined : [{ matchExpressions: row.label }],
    );
    if (row.taints === undefined) return;
    const tolerations = row.taints.map((key) => ({ key, operator: "Exists", effect: "NoSchedule" }));
    expect(dig(rendered, "spec", "tolerations")).toEqual(tolerations);
  });

  it("tolerates nothing when the user says so", () => {
    expect(dig(template({ profile: "1g.10gb", tolerate: false }), "spec", "tolerations")).toBeUndefined();
  });
});

/** What is wrong -> the pointers below the trait, and what the first sentence says that would be right. */
const WRONG: readonly (readonly [JsonObject, readonly string[], RegExp])[] = [
  [{ memoryPercent: 0 }, ["error OutOfRange /memoryPercent"], /≥ 1/],
  [{ memoryPercent: 101 }, ["error OutOfRange /memoryPercent"], /≤ 100/],
  [{ cores: 0 }, ["error OutOfRange /cores"], /≥ 1/],
  [{ cores: 120 }, ["error OutOfRange /cores"], /≤ 100/],
  [{ cores: 12.5 }, ["error Type /cores"], /integer/],
  [{ memory: "8Gi", memoryPercent: 50 }, ["error Rule /memoryPercent"], /memory.*remove one/],
  [{ profile: "1g.10gb", memory: "8Gi" }, ["error Rule /memory"], /profile/],
  [{ profile: "1g.10gb", cores: 10, shared: true }, ["error Rule /cores", "error Rule /shared"], /profile/],
  [{ shared: true, memory: "8Gi" }, ["error Rule /memory"], /shared/],
  [{ resource: "nvidia.com/gpu", memory: "8Gi" }, ["error Rule /memory"], /resource/],
  [{ vendor: "amd", resource: "nvidia.com/gpu" }, ["error Rule /resource"], /amd\.com\//],
  [{ memory: 8000 }, ["error Rule /memory"], /did you mean 8000Mi\?/],
  [{ memory: "0" }, ["error Rule /memory"], /8Gi/],
  [{ memory: "lots" }, ["error Quantity /memory"], /512Mi/],
  [
    { vendor: "intel", memory: "8Gi" },
    ["error Rule /memory"],
    /intel has no memory; vendors that have it: nvidia, amd/,
  ],
  [{ vendor: "biren", cores: 10 }, ["error Rule /cores"], /nvidia, amd/],
  [{ vendor: "amd", memoryPercent: 10 }, ["error Rule /memoryPercent"], /have it: nvidia$/],
  [
    { vendor: "cambricon", memory: "1Gi", middleware: "volcano" },
    ["error Rule /memory", "error Rule /middleware"],
    /huawei/,
  ],
  [{ vendor: "amd", shared: true }, ["error Rule /shared"], /nvidia/],
  [{ vendor: "huawei", profile: "vir02" }, ["error Rule /profile"], /nvidia, amd/],
  [{ profile: "mig-1g.10gb" }, ["error Rule /profile"], /did you mean 1g\.10gb\?/],
  [{ profile: "1g.10gb+me" }, ["error Rule /profile"], /did you mean 1g\.10gb\.me\?/],
  [{ vendor: "hygon", count: 2, memory: "2Gi" }, ["error Rule /count"], /count: 1.*without memory/],
  [{ vendor: "huawei", memory: "2Gi" }, ["error Rule /product"], /Ascend910B3/],
  [{ vendor: "huawei", product: ["Ascend910A", "Ascend910B3"] }, ["error Rule /product"], /one model/],
  [{ vendor: "metax", product: "C500" }, ["error Rule /product"], /productLabel/],
  [{ product: ["T4"], avoid: ["T4", "A10"] }, ["error Rule /avoid"], /T4/],
  [{ product: ["T4"], avoid: "T4", memory: "1Gi" }, ["error Rule /avoid"], /T4/],
  [{ vendor: "nvida" }, ["error NotOneOf /vendor"], /did you mean nvidia\?/],
  [{ shared: true, count: 2 }, ["warning SlicesNoFaster /count"], /count: 1/],
  [{ resource: "nvidia.com/gpu.shared", count: 2 }, ["warning SlicesNoFaster /count"], /count: 1/],
  [
    { memoryPercent: 0, cores: 200, count: 0 },
    ["error OutOfRange /count", "error OutOfRange /cores", "error OutOfRange /memoryPercent"],
    /≥ 1/,
  ],
  [
    { vendor: "intel", resource: "nvidia.com/gpu", memory: "8Gi", memoryPercent: 50, product: "A10", avoid: "A10" },
    [
      "error Rule /resource",
      "error Rule /memory",
      "error Rule /memoryPercent",
      "error Rule /memoryPercent",
      "error Rule /avoid",
    ],
    /./,
  ],
];

describe("gpu, refused before anything runs", () => {
  it.each(WRONG)("%j", (gpu, expected, sentence) => {
    const { problems } = planOf(app(task({ gpu })));
    const told = problems.map((one) => `${one.severity} ${one.code} ${one.pointer.replace(/^.*traits\/gpu/, "")}`);
    expect(told.toSorted()).toEqual([...expected].toSorted());
    const [first] = problems;
    const english = first === undefined ? "" : sayAll(first, "en");
    expect(english).toMatch(sentence);
    const chinese = first === undefined ? "" : sayAll(first, "zh");
    expect(chinese).toMatch(/\p{Script=Han}/u);
  });
});

function sayAll(problem: Parameters<typeof explainProblem>[0], language: "en" | "zh"): string {
  const { message, hint } = explainProblem(problem, language);
  return [message, hint ?? ""].join(" ").trim();
}
