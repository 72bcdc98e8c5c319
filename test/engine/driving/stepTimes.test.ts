// Workflows from their documents to their ends: loops without items, calls with their own final steps, outputs of steps
// that are not jobs.
import { describe, expect, it } from "vitest";
import { cancelRun } from "../../../src/engine/steering/cancel.ts";
import type { JsonObject } from "../../../src/model/data/json.ts";
import type { WorkflowDocument } from "../../../src/model/document/document.ts";
import { explainProblem } from "../../../src/model/problems/problem.ts";
import { planWorkflow } from "../../../src/plan/planWorkflow.ts";
import { openStage, type Stage } from "../support/stage.ts";

const from = (pointer: string) => ({ $from: pointer });
const step = (name: string, properties: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  name,
  type: "test",
  properties,
  ...more,
});
const group = (name: string, subSteps: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  name,
  type: "group",
  subSteps,
  ...more,
});
const call = (name: string, application: string, more: JsonObject = {}): JsonObject => ({
  name,
  type: "workflow",
  properties: { application },
  ...more,
});

interface Options {
  readonly called?: Readonly<Record<string, JsonObject>>;
}

async function begin(stage: Stage, document: JsonObject, { called = {} }: Options = {}): Promise<string> {
  const documents = new Map(Object.entries(called).map(([name, one]) => [name, one as unknown as WorkflowDocument])); // as written here
  const { jobs, problems } = planWorkflow({
    document,
    catalog: stage.dependencies.catalog,
    inputs: {},
    called: documents,
  });
  if (problems.length > 0) throw new Error(problems.map((one) => explainProblem(one, "en").message).join("\n"));
  return stage.begin(jobs);
}

/** `name phase` of each job, in the order in which they ended. */
async function ends(stage: Stage, run: string): Promise<readonly string[]> {
  const jobs = await stage.store.runs.jobs(run);
  return [...jobs]
    .sort((one, other) => (one.finishedAt ?? "~").localeCompare(other.finishedAt ?? "~"))
    .map((job) => `${job.name} ${job.phase}`);
}

async function ended(stage: Stage, document: JsonObject, options: Options = {}) {
  const run = await begin(stage, document, options);
  await stage.clock.advance(120_000);
  return { run, phase: (await stage.store.runs.get(run))?.phase, ends: await ends(stage, run) };
}

async function outputOf(stage: Stage, run: string, name: string): Promise<JsonObject | undefined> {
  return (await stage.store.runs.jobs(run)).find((job) => job.name === name)?.output;
}

describe("a loop without items", () => {
  it("has succeeded, and gives an empty list, in groups and in loops too", async () => {
    await using stage = await openStage();
    const steps = [
      step("e", {}, { forEach: [] }),
      group("g", [step("f", {}, { forEach: [] })]),
      group("rounds", [step("h", {}, { forEach: [] })], { forEach: ["a", "b"] }),
      group("none", [step("i")], { forEach: [] }),
      step("o", {
        output: {
          e: from("/steps/e/outputs"),
          phases: [
            from("/steps/e/phase"),
            from("/steps/g/phase"),
            from("/steps/none/phase"),
            from("/steps/rounds/phase"),
          ],
          g: from("/steps/g/outputs"),
          rounds: from("/steps/rounds/outputs"),
          none: from("/steps/none/outputs"),
        },
      }),
      step("if-succeeded", {}, { if: "/steps/e/phase == 'succeeded'" }),
      step("if-skipped", {}, { if: "/steps/e/phase == 'skipped'" }),
    ];
    const { run, phase, ends: all } = await ended(stage, { steps });
    expect(phase).toBe("succeeded");
    expect(all).toEqual(
      expect.arrayContaining(["e succeeded", "none succeeded", "if-succeeded succeeded", "if-skipped skipped"]),
    );
    expect(await outputOf(stage, run, "o")).toEqual({
      e: [],
      phases: ["succeeded", "succeeded", "succeeded", "succeeded"],
      g: { f: [] },
      rounds: [{ h: [] }, { h: [] }],
      none: [],
    });
  });

  it("is skipped when its condition is false, and when a step that it needs failed", async () => {
    await using stage = await openStage();
    const skipped = await ended(stage, {
      steps: [
        step("e", {}, { forEach: [], if: "/run/revision > 5" }),
        step("o", { output: { e: from("/steps/e/phase") } }),
      ],
    });
    expect(await outputOf(stage, skipped.run, "o")).toEqual({ e: "skipped" });
    const failed = await ended(stage, { steps: [step("a", { fails: 9 }), step("e", {}, { forEach: [] }), step("z")] });
    expect(failed.ends).toEqual(expect.arrayContaining(["a failed", "e skipped", "z skipped"]));
  });

  it("differs from a loop with one item, which gives a list of one output", async () => {
    await using stage = await openStage();
    const { run } = await ended(stage, {
      steps: [
        step("e", { output: { n: 1 } }, { forEach: [1] }),
        step("o", { output: { e: from("/steps/e/outputs") } }),
      ],
    });
    expect(await outputOf(stage, run, "o")).toEqual({ e: [{ n: 1 }] });
  });
});

describe("final steps of a called workflow", () => {
  const lib = (fails = 0): JsonObject => ({
    steps: [step("work", { takes: 10_000, fails, output: { n: 7 } })],
    finally: [step("clean", { takes: 1_000 })],
  });

  it("run at the end of the call, before what comes after it", async () => {
    await using stage = await openStage();
    const steps = [call("c", "lib"), step("after", { output: { n: from("/steps/c/outputs/work/n") } })];
    const {
      run,
      phase,
      ends: all,
    } = await ended(stage, { steps, finally: [step("last")] }, { called: { lib: lib() } });
    expect(phase).toBe("succeeded");
    expect(all).toEqual(["c.work succeeded", "c.clean succeeded", "after succeeded", "last succeeded"]);
    expect(await outputOf(stage, run, "after")).toEqual({ n: 7 });
  });

  it("run when the call failed, and before a condition reads the end of the call", async () => {
    await using stage = await openStage();
    const steps = [call("c", "lib"), step("rescue", {}, { if: "/steps/c/phase == 'failed'" }), step("after")];
    const { phase, ends: all } = await ended(stage, { steps }, { called: { lib: lib(9) } });
    expect(phase).toBe("failed");
    expect(all).toEqual(
      ["after skipped", "c.work failed", "c.clean succeeded", "rescue succeeded"].sort((a, b) => order(a) - order(b)),
    );
    function order(text: string): number {
      return ["c.work failed", "after skipped", "c.clean succeeded", "rescue succeeded"].indexOf(text);
    }
  });

  it("make the call failed when they fail", async () => {
    await using stage = await openStage();
    const called = { lib: { steps: [step("work")], finally: [step("clean", { fails: 9 })] } };
    const steps = [call("c", "lib"), step("after")];
    const last = [step("last", { output: { c: from("/steps/c/phase") } })];
    const { run, phase, ends: all } = await ended(stage, { steps, finally: last }, { called });
    expect(phase).toBe("failed");
    expect(all).toEqual(expect.arrayContaining(["c.work succeeded", "c.clean failed", "after skipped"]));
    expect(await outputOf(stage, run, "last")).toEqual({ c: "failed" });
  });

  it("do not run when the call was never reached", async () => {
    await using stage = await openStage();
    const failing = await ended(
      stage,
      { steps: [step("a", { fails: 9 }), call("c", "lib")] },
      { called: { lib: lib() } },
    );
    expect(failing.ends).toEqual(expect.arrayContaining(["a failed", "c.work skipped", "c.clean skipped"]));
    const unwanted = await ended(
      stage,
      { steps: [call("c", "lib", { if: "/run/revision > 5" }), step("z")] },
      { called: { lib: lib() } },
    );
    expect(unwanted.phase).toBe("succeeded");
    expect(unwanted.ends).toEqual(expect.arrayContaining(["c.work skipped", "c.clean skipped", "z succeeded"]));
  });

  it("run after a cancel, the inner call's before the outer one's, and those of a call that was not reached do not", async () => {
    await using stage = await openStage();
    const outer = { steps: [call("in", "lib"), step("more")], finally: [step("tidy", { takes: 1_000 })] };
    const called = { lib: lib(), outer };
    const steps = [call("out", "outer"), call("later", "lib")];
    const run = await begin(stage, { steps, finally: [step("last", { takes: 1_000 })] }, { called });
    await stage.clock.advance(5_000);
    await cancelRun(stage.dependencies, { project: "default", run, actor: "ann" });
    await stage.clock.advance(60_000);
    expect((await stage.store.runs.get(run))?.phase).toBe("cancelled");
    const all = await ends(stage, run);
    expect(all.filter((one) => one.endsWith("succeeded"))).toEqual([
      "out.in.clean succeeded",
      "out.tidy succeeded",
      "last succeeded",
    ]);
    expect(all).toEqual(expect.arrayContaining(["later.work cancelled", "later.clean skipped"]));
  });

  it("run once for each round of a loop, and at the end of a call among the final steps of the run", async () => {
    await using stage = await openStage();
    const called = { lib: lib() };
    const { phase, ends: all } = await ended(
      stage,
      { steps: [call("c", "lib", { forEach: [1, 2] })], finally: [call("z", "lib")] },
      { called },
    );
    expect(phase).toBe("succeeded");
    expect([...all].sort()).toEqual([
      "c[0].clean succeeded",
      "c[0].work succeeded",
      "c[1].clean succeeded",
      "c[1].work succeeded",
      "z.clean succeeded",
      "z.work succeeded",
    ]);
    expect(all.slice(4)).toEqual(["z.work succeeded", "z.clean succeeded"]);
  });
});

describe("loops of many rounds", () => {
  const rounds = (name: string, properties: JsonObject = {}) =>
    step(name, properties, { forEach: Array.from({ length: 120 }, (_, index) => index) });

  it("run one after the other, and the skipped steps name the step that failed in the first", async () => {
    await using stage = await openStage();
    expect((await ended(stage, { steps: [rounds("a"), rounds("b")] })).phase).toBe("succeeded");
    const { run, phase } = await ended(stage, {
      steps: [rounds("a", { fails: 9 }), rounds("b")],
      finally: [step("z")],
    });
    expect(phase).toBe("failed");
    const skipped = (await stage.store.runs.jobs(run)).find((job) => job.name === "b[7]");
    expect(skipped?.reason.params["component"]).toMatch(/^a\[\d+\]$/);
  });
});
