// Plans every example. The results are stored in __snapshots__, so that a review shows every change of rendering.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { maskSealed } from "../../src/model/document/sealed.ts";
import type { Plan } from "../../src/model/run/plan.ts";
import { printCondition } from "../../src/plan/workflow/conditions/printCondition.ts";
import { goodPlan, planOf, readExample } from "./planned.ts";

const folder = new URL("../../examples/", import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));

describe("examples", () => {
  it.each(files)("%s", async (file) => {
    const document = readExample(readFileSync(new URL(file, folder), "utf8"));
    expect(planOf(document).problems.filter((one) => one.severity === "error")).toEqual([]);
    await expect(readable(goodPlan(document))).toMatchFileSnapshot(`__snapshots__/${file}`);
  });
});

function readable(plan: Plan): string {
  const head = { layers: plan.layers, warnings: plan.warnings.map((one) => `${one.code} ${one.pointer}`) };
  const jobs = plan.jobs.flatMap((job) => {
    const needs = job.needs.map((need) => `${need.job} (${need.because}${need.on === "end" ? ", its end" : ""})`);
    const about = {
      job: job.name,
      type: job.type,
      ...(job.step === undefined ? {} : { step: job.step.path }),
      ...(job.condition === undefined ? {} : { if: printCondition(job.condition) }),
      ...(job.final === true ? { final: true } : {}),
      needs,
      input: job.input,
      timeout: job.timeout,
      retry: job.retry,
    };
    return [
      about,
      ...job.objects.map((object) => (object.keep ? { keep: true, ...object.manifest } : object.manifest)),
    ];
  });
  const text = (value: object): string =>
    stringify(maskSealed(structuredClone(value) as never), { aliasDuplicateObjects: false, lineWidth: 0 });
  return [head, ...jobs].map(text).join("---\n");
}
