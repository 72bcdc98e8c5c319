// From a workflow to its jobs: which jobs exist, what they wait for, and what input they get.
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/data/json.ts";
import { explainProblem } from "../../../src/model/problems/problem.ts";
import { checkDocument } from "../../../src/plan/check/check.ts";
import { layersOf } from "../../../src/plan/order.ts";
import { planApplication } from "../../../src/plan/plan.ts";
import { printCondition, printPlanned } from "../../../src/plan/workflow/conditions/printCondition.ts";
import { callsOf } from "../../../src/plan/workflow/steps/calls.ts";
import { facts } from "../planned.ts";
import { catalog, graph, jobsOf, planned, step, told, workflow } from "./steps.ts";

const from = (pointer: string, more: object = {}) => ({ $from: pointer, ...more });
const group = (name: string, subSteps: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  name,
  type: "group",
  subSteps,
  ...more,
});

describe("the order of jobs", () => {
  it("is that of the list, one step after the other", () => {
    expect(graph(jobsOf(workflow([step("a"), step("b"), step("c", { dependsOn: ["a"] })])))).toEqual([
      "a:",
      "b: a(order)",
      "c: a(dependsOn) b(order)",
    ]);
  });

  it("follows the needs of the steps in a DAG", () => {
    const steps = [
      step("c", { dependsOn: ["b"], if: "/steps/a/outputs/accuracy > 0.5" }),
      step("b", { properties: { model: from("/steps/a/outputs/model") } }),
      step("a"),
    ];
    expect(graph(jobsOf(workflow(steps, { mode: "DAG" })))).toEqual([
      "c: b(dependsOn) a(reference)",
      "b: a(reference)",
      "a:",
    ]);
  });

  it("lets the steps of a group run at the same time, and orders the group as a whole", () => {
    const steps = [step("a"), group("g", [step("b"), step("c", { dependsOn: ["b"] }), step("d")]), step("e")];
    const jobs = jobsOf(workflow(steps));
    expect(graph(jobs)).toEqual([
      "a:",
      "g.b: a(order)",
      "g.c: g.b(dependsOn)",
      "g.d: a(order)",
      "e: g.c(order) g.d(order)",
    ]);
    expect(jobs.map((job) => job.step?.path)).toEqual([["a"], ["g", "b"], ["g", "c"], ["g", "d"], ["e"]]);
  });

  it("waits for the end only of what a condition looks at, and later steps still wait for success", () => {
    const steps = [step("a"), step("rescue", { if: "/steps/a/phase == 'failed'" }), step("c")];
    expect(graph(jobsOf(workflow(steps)))).toEqual(["a:", "rescue: a(reference, end)", "c: rescue(order) a(order)"]);
  });

  it("puts final steps after everything, whatever the outcome", () => {
    const jobs = jobsOf(
      workflow([step("a"), group("g", [step("b"), step("c")])], {
        finally: [step("y", { properties: { model: from("/steps/a/outputs/model", { default: "none" }) } }), step("z")],
      }),
    );
    expect(graph(jobs).slice(3)).toEqual([
      "y: a(reference, end) g.b(order, end) g.c(order, end)",
      "z: y(order, end) g.b(order, end) g.c(order, end)",
    ]);
    expect(jobs.map((job) => job.final === true)).toEqual([false, false, false, true, true]);
  });
});

describe("a job of a step", () => {
  it("has the defaults of its type where the step sets nothing", () => {
    const [plain, own] = jobsOf(
      workflow([
        step("a"),
        step("b", { timeout: "5m", retry: { attempts: 4, backoff: 0 }, clocks: { start: "1m" }, onShort: "fail" }),
      ]),
    );
    expect(plain).toMatchObject({
      type: "train",
      typeVersion: "1.2.0",
      timeout: 60_000,
      retry: { attempts: 2, backoff: 1_000 },
      clocks: { queue: 5_000 },
      component: null,
      step: { path: ["a"], pointer: "/steps/0" },
    });
    expect(own).toMatchObject({
      timeout: 300_000,
      retry: { attempts: 4, backoff: 0 },
      clocks: { queue: 5_000, start: 60_000 },
      onShort: "fail",
    });
  });

  it("shows that its type does not retry failures, and the plan warns where a step asks for it", () => {
    const value = workflow([{ name: "a", type: "ai-eval", retry: { attempts: 2 } }]);
    const { jobs, problems } = planned(value);
    expect(problems.map((one) => `${one.severity} ${one.code} ${one.pointer}`)).toEqual([
      "warning RetryOfType /steps/0/retry",
    ]);
    expect(jobs[0]).toMatchObject({ retry: { attempts: 2 }, retriesFailures: false });
    expect(told(planned(workflow([{ name: "a", type: "ai-eval", retry: { attempts: 1 } }])).problems)).toEqual([]);
    expect(jobsOf(workflow([step("a", { retry: { attempts: 2 } })]))[0]?.retriesFailures).toBeUndefined();
  });

  it("gets the values of inputs now, and those of other steps when it runs", () => {
    const value = workflow(
      [
        step("a"),
        step("b", {
          if: "/inputs/n > 1 && /steps/a/outputs/accuracy > /inputs/least",
          properties: {
            epochs: from("/inputs/n"),
            model: from("/steps/a/outputs/model"),
            options: {
              deep: [from("/inputs/o/x", { default: "-" }), from("/inputs/o/y", { default: "-" }), from("/run/id")],
            },
          },
        }),
      ],
      {
        inputs: {
          n: { type: "integer" },
          o: { type: "object", default: { x: 1 } },
          least: { type: "number", default: 0.5 },
        },
      },
    );
    const job = jobsOf(value, { inputs: { n: 3 } })[1];
    expect(job?.input).toEqual({
      epochs: 3,
      model: from("/steps/a/outputs/model"),
      options: { deep: [1, "-", from("/run/id")] },
    });
    expect(job?.condition && printCondition(job.condition)).toBe(
      "(/inputs/n > 1) && (/steps/a/outputs/accuracy > /inputs/least)",
    );
    expect(told(planned(value, {}).problems)).toEqual(["MissingInput /inputs/n"]);
    expect(told(planned(value, { inputs: { n: "3", m: 1 } }).problems)).toEqual([
      "UnknownInput /inputs/m ~n",
      "Type /inputs/n",
    ]);
    expect(told(planned(value, { inputs: { n: 0 } }).problems)).toEqual(["OutOfRange /steps/1/properties/epochs"]);
    expect(told(planned(value, { inputs: { n: 1, o: { x: from("/run/id") } } }).problems)).toEqual([
      "ReferenceInInput /inputs/o",
    ]);
  });
});

describe("loops", () => {
  it("become one job for each value", () => {
    const value = workflow(
      [
        step("a", { forEach: from("/inputs/models"), properties: { model: from("/item") } }),
        step("b", { properties: { data: from("/steps/a/outputs") } }),
      ],
      { inputs: { models: { type: "array", default: ["x", "y"] } } },
    );
    const jobs = jobsOf(value);
    expect(graph(jobs)).toEqual(["a[0]:", "a[1]:", "b: a[0](reference) a[1](reference)"]);
    expect(jobs.map((job) => job.input)).toEqual([{ model: "x" }, { model: "y" }, { data: from("/steps/a/outputs") }]);
    expect(jobs[0]?.step?.path).toEqual(["a"]);
    expect(told(planned(value, { inputs: { models: ["x", 7] } }).problems)).toEqual(["Type /steps/0/properties/model"]);
  });

  it("of groups keep each round apart", () => {
    const jobs = jobsOf(
      workflow([
        step("first"),
        group(
          "g",
          [
            step("a", { properties: { model: from("/item/name") } }),
            step("b", {
              if: "/steps/a/outputs/accuracy > /item/least",
              properties: { model: from("/steps/a/outputs/model") },
            }),
          ],
          {
            forEach: [
              { name: "x", least: 0.1 },
              { name: from("/steps/first/outputs/model"), least: 0.2 },
            ],
          },
        ),
        step("last", { if: "/steps/g/phase == 'succeeded'" }),
      ]),
    );
    expect(graph(jobs)).toEqual([
      "first:",
      "g[0].a: first(reference)",
      "g[0].b: g[0].a(reference)",
      "g[1].a: first(reference)",
      "g[1].b: g[1].a(reference)",
      "last: g[0].a(reference, end) g[0].b(reference, end) g[1].a(reference, end) g[1].b(reference, end)",
    ]);
    expect(jobs[4]?.input).toEqual({ model: from("/steps/g[1].a/outputs/model") });
    expect(jobs[4]?.step?.path).toEqual(["g", "g[1]", "g[1].b"]);
    expect(jobs[3]?.input).toEqual({ model: from("/steps/first/outputs/model") });
    expect(jobs[4]?.condition && printPlanned(jobs[4].condition)).toBe(
      "/steps/g[1].a/outputs/accuracy > /item/least (/item/least = 0.2)",
    );
  });

  it("over nothing are one job that does nothing, so that other steps can wait for it like for any other", () => {
    const jobs = jobsOf(
      workflow([
        step("a"),
        step("b", { forEach: [], if: "/steps/a/outputs/accuracy > 1" }),
        group("g", [step("c", { forEach: [], if: "/item > 1" }), group("h", [step("i")], { forEach: [] })]),
        step("d"),
      ]),
    );
    expect(graph(jobs)).toEqual([
      "a:",
      "b: a(reference)",
      "g.c: b(order)",
      "g.h: b(order)",
      "d: g.c(order) g.h(order)",
    ]);
    expect(
      jobs.slice(1, 4).map(({ type, joint, step: at, condition }) => [type, joint, at?.path, at?.loop, condition]),
    ).toEqual([
      ["join", "nothing", ["b"], "nothing", expect.objectContaining({ compare: ">" })],
      ["join", "nothing", ["g", "c"], "nothing", undefined],
      ["join", "nothing", ["g", "h"], "nothing", undefined],
    ]);
  });

  it("end somewhere", () => {
    const many = Array.from({ length: 50 }, (_, index) => index);
    const value = workflow([group("g", [step("a", { forEach: many })], { forEach: many })]);
    expect(told(planned(value).problems)).toEqual(["TooMany /steps/0"]);
    const nothing = Array.from({ length: 30_000 }, () => 1);
    expect(told(planned(workflow([group("g", [step("a", { forEach: [] })], { forEach: nothing })])).problems)).toEqual([
      "TooMany /steps/0",
    ]);
  });

  it("of a thousand rounds are ordered by one job that represents all rounds of the first", () => {
    const wide = (name: string): JsonObject =>
      step(name, { forEach: Array.from({ length: 990 }, (_, index) => index) });
    const jobs = jobsOf(workflow([wide("a"), wide("b"), step("c", { if: "/steps/b/phase != 'failed'" })]));
    expect(jobs).toHaveLength(990 * 2 + 3);
    const named = new Map(jobs.map((job) => [job.name, job] as const));
    expect(named.get("a:succeeded")).toMatchObject({ type: "join", joint: "all" });
    expect(named.get("a:succeeded")?.needs).toHaveLength(990);
    expect(named.get("b[7]")?.needs).toEqual([{ job: "a:succeeded", because: "order" }]);
    expect(graph(jobs.filter((job) => job.name === "c"))).toEqual(["c: b:ended(reference, end)"]);
    expect(named.get("b:ended")?.needs.every((need) => need.on === "end")).toBe(true);
    expect(layersOf(jobs).map((layer) => layer.length)).toEqual([990, 1, 990, 1, 1]);
  });

  it("have few needs without anything in between", () => {
    const wide = (name: string): JsonObject => step(name, { forEach: Array.from({ length: 60 }, (_, index) => index) });
    expect(jobsOf(workflow([wide("a"), wide("b")])).map((job) => job.type)).not.toContain("join");
  });

  it("are refused when there are too many needs even with such a job", () => {
    const names = Array.from({ length: 250 }, (_, index) => `s${index}`);
    const value = workflow(
      [...names.map((name) => step(name)), ...names.map((name) => step(`t${name}`, { dependsOn: names }))],
      { mode: "DAG" },
    );
    expect(planned(value).problems.map((one) => explainProblem(one, "en").message)).toEqual([
      expect.stringContaining("> 50000 dependencies between jobs"),
    ]);
  });

  it("of two thousand steps that wait for nothing, backwards", () => {
    const steps = Array.from({ length: 2_000 }, (_, index) =>
      step(`s${index}`, { forEach: [], ...(index === 1_999 ? {} : { dependsOn: [`s${index + 1}`] }) }),
    );
    expect(jobsOf(workflow([...steps.slice(0, 1_999), step("s1999")], { mode: "DAG" })).length).toBe(2_000);
  });
});

describe("a called workflow", () => {
  const other = workflow(
    [
      step("prepare", { properties: { model: from("/inputs/model") } }),
      group("more", [
        step("split", { if: "/inputs/fast == true", properties: { model: from("/steps/prepare/outputs/model") } }),
      ]),
    ],
    {
      inputs: { model: { type: "string" }, fast: { type: "boolean", default: false } },
      finally: [step("tidy")],
    },
  );
  const call = (name: string, inputs: JsonObject, more: JsonObject = {}): JsonObject => ({
    name,
    type: "workflow",
    properties: { application: "other", inputs },
    ...more,
  });

  it("is put in under the name of the step", () => {
    const value = workflow([
      step("prepare"),
      call("sub", { model: from("/steps/prepare/outputs/model") }),
      step("end"),
    ]);
    const jobs = jobsOf(value, { called: { other } });
    expect(graph(jobs)).toEqual([
      "prepare:",
      "sub.prepare: prepare(reference)",
      "sub.more.split: sub.prepare(reference)",
      "sub.tidy: prepare(reference) sub.prepare(order, end) sub.more.split(order, end)",
      "end: sub.more.split(order) sub.tidy(order)",
    ]);
    expect(jobs[1]?.input).toEqual({ model: from("/steps/prepare/outputs/model") });
    expect(jobs[2]?.input).toEqual({ model: from("/steps/sub.prepare/outputs/model") });
    expect(jobs[2]?.step).toEqual({ path: ["sub", "sub.more", "sub.split"], pointer: "/steps/1" });
    expect(jobs[2]?.condition && printPlanned(jobs[2].condition)).toBe("/inputs/fast == true (/inputs/fast = false)");
    expect(jobs[3]).toMatchObject({ endOf: "sub", step: { path: ["sub", "sub.tidy"] } });
    expect(jobs[3]?.final).toBeUndefined();
  });

  it("runs once for each value of a loop", () => {
    const value = workflow([call("sub", { model: from("/item") }, { forEach: ["x", "y"] })]);
    const jobs = jobsOf(value, { called: { other } });
    expect(jobs.map((job) => job.name)).toEqual([
      "sub[0].prepare",
      "sub[0].more.split",
      "sub[0].tidy",
      "sub[1].prepare",
      "sub[1].more.split",
      "sub[1].tidy",
    ]);
    expect(jobs[3]).toMatchObject({ name: "sub[1].prepare", input: { model: "y" } });
    expect(jobs[5]?.endOf).toBe("sub[1]");
    expect(jobs[4]?.input).toEqual({ model: from("/steps/sub[1].prepare/outputs/model") });
  });

  it("has its final steps at its own end, with its own conditions, the inner call's before the outer one's", () => {
    const outer = workflow([call("in", { model: "m" }), step("work")], {
      finally: [step("tidy"), step("after")],
      mode: "DAG",
    });
    const value = workflow(
      [step("a"), { ...call("out", {}), properties: { application: "outer" }, if: "/run/revision > 1" }, step("z")],
      {
        finally: [{ ...call("end", { model: "m" }), type: "workflow" }],
      },
    );
    const jobs = jobsOf(value, { called: { other, outer } });
    const named = new Map(jobs.map((job) => [job.name, job] as const));
    const needs = (name: string) => named.get(name)?.needs.map((need) => `${need.job}${need.on === "end" ? "!" : ""}`);
    expect(needs("out.in.tidy")).toEqual(["out.in.prepare!", "out.in.more.split!", "a"]);
    expect(needs("out.tidy")).toEqual(["a", "out.in.prepare!", "out.in.more.split!", "out.in.tidy!", "out.work!"]);
    expect(named.get("out.after")?.condition && printCondition(named.get("out.after")?.condition ?? { all: [] })).toBe(
      "/run/revision > 1",
    );
    expect(needs("z")).toEqual(
      expect.arrayContaining(["out.in.more.split", "out.in.tidy", "out.work", "out.tidy", "out.after"]),
    );
    expect([named.get("out.in.tidy")?.endOf, named.get("out.tidy")?.endOf]).toEqual(["out.in", "out"]);
    expect(named.get("end.tidy")).toMatchObject({ final: true, endOf: "end" });
  });

  it("is refused where it cannot be", () => {
    const value = workflow([call("sub", { model: "m" })]);
    const at = "/steps/0/properties/application";
    expect(told(planned(value, { called: { others: other } }).problems)).toEqual([`UnknownCall ${at} ~others`]);
    expect(told(planned(value, { called: { other }, name: "other" }).problems)).toEqual([`CallCircle ${at}`]);
    const again = workflow([{ ...call("sub", {}), properties: { application: "other" } }]);
    const circle = planned(again, { called: { other: again } }).problems;
    expect(told(circle)).toEqual([`CallBroken ${at}`]);
    const deploys = workflow([group("g", [{ name: "d", type: "deploy", properties: { components: "all" } }])]);
    expect(told(planned(value, { called: { other: deploys } }).problems)).toEqual([`CallDeploys ${at}`]);
    expect(told(planned(value, { called: { other: workflow([step("a", { typo: 1 })]) } }).problems)).toEqual([
      `CallBroken ${at}`,
    ]);
    expect(told(planned(workflow([call("sub", { modle: 1 })]), { called: { other } }).problems)).toEqual([
      "MissingInput /steps/0/properties/inputs/model",
      "UnknownInput /steps/0/properties/inputs/modle ~model",
    ]);
  });

  it("is named, so that the caller can provide it", () => {
    const value = workflow([group("g", [call("sub", {})])], {
      finally: [{ ...call("x", {}), properties: { application: "b" } }],
    });
    expect(callsOf(value)).toEqual(["b", "other"]);
  });
});

describe("outputs of steps that are not jobs", () => {
  const made = workflow([step("say", { properties: { model: from("/inputs/v") } })], {
    inputs: { v: { type: "string" } },
    finally: [step("clean")],
  });
  const call = (name: string, more: JsonObject = {}): JsonObject => ({
    name,
    type: "workflow",
    properties: { application: "lib", inputs: { v: "x" } },
    ...more,
  });
  const taking = (pointer: string, more: JsonObject = {}) =>
    step("o", { properties: { options: { l: from(pointer) } }, ...more });
  const taken = (steps: readonly JsonObject[]) => {
    const job = jobsOf(workflow(steps), { called: { lib: made } }).find((one) => one.name === "o");
    return [job?.input["options"], job?.condition && printCondition(job.condition)];
  };
  const rounds = group(
    "g",
    [step("e"), group("h", [step("f", { forEach: [1, 2] })]), { name: "w", type: "wait", properties: { for: "1s" } }],
    {
      forEach: ["a", "b"],
    },
  );
  const round = (index: number) => ({
    e: from(`/steps/g[${index}].e/outputs`),
    h: { f: from(`/steps/g[${index}].f/outputs`) },
    w: from(`/steps/g[${index}].w/outputs`),
  });

  it("are those of their steps by name, and a list for a loop", () => {
    expect(taken([rounds, taking("/steps/g/outputs")])[0]).toEqual({ l: [round(0), round(1)] });
    expect(taken([rounds, taking("/steps/g/outputs/1/h/f/0/model")])[0]).toEqual({
      l: from("/steps/g[1].f/outputs/0/model"),
    });
    expect(taken([call("c"), taking("/steps/c/outputs/say/model")])[0]).toEqual({
      l: from("/steps/c.say/outputs/model"),
    });
    expect(taken([call("c", { forEach: [1, 2] }), taking("/steps/c/outputs")])[0]).toEqual({
      l: [{ say: from("/steps/c[0].say/outputs") }, { say: from("/steps/c[1].say/outputs") }],
    });
    expect(taken([group("g", [call("c")], { forEach: [] }), taking("/steps/g/outputs")])[0]).toEqual({
      l: from("/steps/g/outputs"),
    });
    expect(taken([call("c"), taking("/steps/c/phase", { if: "/steps/c/outputs/say/accuracy > 0.5" })])[1]).toBe(
      "/steps/c.say/outputs/accuracy > 0.5",
    );
  });

  it("are checked like others", () => {
    const problems = (steps: readonly JsonObject[]) =>
      told(planned(workflow(steps), { called: { lib: made } }).problems);
    const model = (pointer: string, more: object = {}) => step("o", { properties: { model: from(pointer, more) } });
    expect(problems([rounds, model("/steps/g/outputs/0/x/model")])).toEqual([
      "NoStepOutput /steps/1/properties/model/$from",
    ]);
    expect(problems([rounds, model("/steps/g/outputs/0/e/accuracy")])).toEqual([
      "TypeMismatch /steps/1/properties/model/$from",
    ]);
    expect(problems([rounds, model("/steps/g/outputs/7/e/model")])).toEqual(["NoStepOutput /steps/1/properties/model"]);
    expect(problems([rounds, model("/steps/g/outputs/7/e/model", { default: "m" })])).toEqual([]);
    expect(problems([call("c"), model("/steps/c/outputs/said/model")])).toEqual([
      "NoStepOutput /steps/1/properties/model",
    ]);
    expect(problems([call("c"), model("/steps/c/outputs/clean/model")])).toEqual([
      "NoStepOutput /steps/1/properties/model",
    ]);
    expect(problems([call("c"), model("/steps/c/outputs/say/modle")])).toEqual([
      "NoStepOutput /steps/1/properties/model",
    ]);
    expect(problems([call("c"), model("/steps/c/outputs/say/accuracy")])).toEqual([
      "TypeMismatch /steps/1/properties/model",
    ]);
    expect(problems([call("c"), step("o", { if: "/steps/c/outputs" })])).toEqual(["NoStepOutput /steps/1/if"]);
    expect(problems([call("c"), group("p", [step("o"), step("q")], { if: "/steps/c/outputs/x == 1" })])).toEqual([
      "NoStepOutput /steps/1/if",
    ]);
  });
});

describe("components in a workflow", () => {
  const web = (name: string, more: JsonObject = {}): JsonObject => ({
    name,
    type: "webservice",
    properties: { image: "nginx", port: 80 },
    ...more,
  });
  const deploy = (name: string, components: readonly string[] | "all", more: JsonObject = {}): JsonObject => ({
    name,
    type: "deploy",
    properties: { components },
    ...more,
  });
  const plan = (components: readonly JsonObject[], value: JsonObject, inputs: JsonObject = {}) => {
    const { application, problems } = checkDocument({ name: "shop", components, workflow: value }, catalog);
    if (application === null) throw new Error(told(problems).join("\n"));
    return planApplication({
      application,
      project: "default",
      facts,
      previous: null,
      owned: [],
      presentOutside: null,
      inputs,
    });
  };

  it("are deployed by their step, in their own order inside it", () => {
    const value = workflow([
      step("a"),
      deploy("d", ["x", "y"], { if: "/run/revision > 1" }),
      step("b"),
      deploy("rest", "all"),
    ]);
    const { plan: made } = plan([web("x", { dependsOn: ["y"] }), web("y"), web("z", { dependsOn: ["x"] })], value);
    expect(graph(made?.jobs ?? [])).toEqual([
      "x: y(dependsOn)",
      "y: a(order)",
      "z: x(dependsOn) b(order)",
      "a:",
      "b: x(order)",
    ]);
    expect(made?.jobs[0]?.condition && printCondition(made.jobs[0].condition)).toBe("/run/revision > 1");
    expect(made?.jobs[0]?.step).toEqual({ path: ["d", "x"], pointer: "/workflow/steps/1" });
    expect(made?.layers).toEqual([["a"], ["y"], ["x"], ["b"], ["z"]]);
  });

  it("come first where no step deploys any", () => {
    const value = workflow([step("a"), step("b")], { mode: "DAG" });
    const { plan: made } = plan([web("x"), web("y", { dependsOn: ["x"] })], value);
    expect(graph(made?.jobs ?? [])).toEqual(["x:", "y: x(dependsOn)", "a: y(order)", "b: y(order)"]);
  });

  it("give their outputs to steps, which then wait for them", () => {
    const value = workflow([
      deploy("d", ["x"]),
      step("a", { properties: { model: from("/components/x/outputs/host") } }),
      deploy("e", ["y"]),
    ]);
    const { plan: made } = plan([web("x"), web("y")], value);
    expect(made?.jobs.find((job) => job.name === "a")).toMatchObject({
      input: { model: "x" },
      needs: [{ job: "x", because: "reference" }],
    });
    const early = workflow([
      step("a", { properties: { model: from("/components/x/outputs/host") } }),
      deploy("d", "all"),
    ]);
    expect(() => plan([web("x")], early)).toThrow("StepLater /workflow/steps/0/properties/model/$from");
  });

  it("report inputs that are missing", () => {
    const value = workflow([step("a")], { inputs: { n: { type: "string" } } });
    expect(plan([web("x")], value)).toMatchObject({
      plan: null,
      problems: [{ code: "MissingInput", pointer: "/workflow/inputs/n" }],
    });
    expect(plan([web("x")], value, { n: "1" }).plan).not.toBeNull();
  });

  it("are pruned before steps that come after all, and never wait for final ones", () => {
    const before = plan([web("x"), web("old")], workflow([step("a")])).plan;
    const { application } = checkDocument(
      { name: "shop", components: [web("x")], workflow: workflow([step("a")], { finally: [step("z")] }) },
      catalog,
    );
    if (application === null || before === null) throw new Error("no plan");
    const { plan: made } = planApplication({
      application,
      project: "default",
      facts,
      previous: before,
      owned: [],
      presentOutside: null,
    });
    expect(graph(made?.jobs ?? [])).toEqual(["x:", "prune: x(order)", "a: prune(order)", "z: a(order, end)"]);
  });
});
