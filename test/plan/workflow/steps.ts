// Shared by the tests of workflows: their own job types, and functions from a document to its problems and jobs.
import { z } from "zod";
import { builtins } from "../../../src/builtins.ts";
import { createCatalog } from "../../../src/catalog/catalog.ts";
import { defineJob } from "../../../src/catalog/define.ts";
import type { Json, JsonObject } from "../../../src/model/data/json.ts";
import type { WorkflowDocument } from "../../../src/model/document/document.ts";
import { explainProblem, type Problem } from "../../../src/model/problems/problem.ts";
import type { PlannedJob } from "../../../src/model/run/plan.ts";
import { checkDocument } from "../../../src/plan/check/check.ts";
import { planWorkflow } from "../../../src/plan/planWorkflow.ts";

const summary = { en: "a test", zh: "测试" };

const train = defineJob({
  name: "train",
  summary,
  input: z.strictObject({
    model: z.string().default("m"),
    epochs: z.int().min(1).optional(),
    data: z.array(z.string()).min(1).optional(),
    options: z.record(z.string(), z.json()).optional(),
  }),
  output: z.strictObject({
    model: z.string(),
    accuracy: z.number(),
    files: z.array(z.strictObject({ name: z.string(), size: z.int() })),
    extra: z.record(z.string(), z.json()),
  }),
  step: { examples: [] },
  timeout: 60_000,
  clocks: { queue: 5_000 },
  retry: { attempts: 2, backoff: 1_000 },
  version: "1.2.0",
  run: () => Promise.reject(new Error("not here")),
});

/** Like a registered type, whose schemas come from a document. */
const evaluateModel = defineJob({
  name: "ai-eval",
  summary,
  input: z.any(),
  schemas: {
    input: { type: "object", properties: { model: { type: "string" }, limit: { type: ["number", "null"] } } },
    output: { type: "object", properties: { score: { type: "number" }, report: {} } },
  },
  step: { examples: [] },
  retriesFailures: false,
  timeout: 1_000,
  run: () => Promise.reject(new Error("not here")),
});

export const catalog = createCatalog(builtins, { name: "test", jobs: [train, evaluateModel] });

export function step(name: string, more: JsonObject = {}): JsonObject {
  return { name, type: "train", ...more };
}

export function workflow(steps: readonly Json[], more: JsonObject = {}): JsonObject {
  return { steps, ...more };
}

/** The problems, as `code pointer`, of a document that contains only this workflow. */
export function problemsOf(value: Json, components: readonly Json[] = []): readonly string[] {
  const document: Json = { name: "app", components, workflow: value };
  return told(checkDocument(document, catalog).problems);
}

export function told(problems: readonly Problem[]): readonly string[] {
  for (const one of problems) {
    const texts = [explainProblem(one, "en"), explainProblem(one, "zh")].flatMap(({ message, hint = "" }) => [
      message,
      hint,
    ]);
    // This sentence has a placeholder that was not filled.
    if (texts.some((text) => /\{[a-z]+\}/.test(text))) throw new Error(`${one.code}: ${texts.join(" | ")}`);
  }
  return problems.map((one) => `${one.code} ${one.pointer}${one.nearest === undefined ? "" : ` ~${one.nearest}`}`);
}

interface Options {
  readonly inputs?: JsonObject;
  readonly called?: Readonly<Record<string, JsonObject>>;
  readonly name?: string;
}

export function planned(document: Json, options: Options = {}): ReturnType<typeof planWorkflow> {
  const { inputs = {}, called = {}, name = "app" } = options;
  const documents = new Map(Object.entries(called).map(([key, one]) => [key, one as unknown as WorkflowDocument]));
  return planWorkflow({ document, catalog, inputs, called: documents, name });
}

export function jobsOf(document: Json, options: Options = {}): readonly PlannedJob[] {
  const { jobs, problems } = planned(document, options);
  if (problems.length > 0) throw new Error(told(problems).join("\n"));
  return jobs;
}

/** The needs of each job, as `b: a(order) c(reference, end)`. */
export function graph(jobs: readonly PlannedJob[]): readonly string[] {
  return jobs.map((job) => {
    const needs = job.needs.map((need) => `${need.job}(${need.because}${need.on === undefined ? "" : ", end"})`);
    return `${job.name}: ${needs.join(" ")}`.trim();
  });
}
