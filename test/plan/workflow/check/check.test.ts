// The check of workflows: every mistake with its code, its pointer and, where there is a near name, the suggestion.
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/model/data/json.ts";
import { checkDocument } from "../../../../src/plan/check/check.ts";
import { catalog, planned, problemsOf, step, workflow } from "../steps.ts";

const from = (pointer: string, more: object = {}) => ({ $from: pointer, ...more });

describe("a workflow that is right", () => {
  it("finds no problem in", () => {
    const value = workflow(
      [
        step("a", { properties: { model: from("/inputs/model"), epochs: from("/inputs/n", { default: 3 }) } }),
        step("b", {
          if: "/steps/a/outputs/accuracy > 0.5 && /run/revision > 1",
          properties: { model: from("/steps/a/outputs/model"), options: { x: from("/steps/a/outputs/extra/deep/er") } },
          timeout: "2h",
          retry: { attempts: 3 },
          clocks: { queue: "5m", attempt: 60 },
          onShort: "wait-then-fail(30m)",
        }),
        {
          name: "g",
          type: "group",
          forEach: ["x", { y: 1 }],
          subSteps: [
            step("c", { properties: { model: from("/item/y", { default: "z" }) } }),
            step("d", { properties: { model: from("/steps/c/outputs/files/0/name") }, dependsOn: ["c", "a"] }),
          ],
        },
        { name: "e", type: "ai-eval", properties: { model: "m", limit: from("/steps/b/outputs/accuracy") } },
      ],
      {
        inputs: { model: { type: "string", default: "m", description: "which" }, n: { type: "integer", default: 1 } },
        finally: [step("z", { if: "/steps/g/phase == 'failed'", properties: { model: from("/run/id") } })],
      },
    );
    expect(problemsOf(value)).toEqual([]);
    expect(checkDocument({ name: "alone", workflow: value }, catalog).application?.document.components).toEqual([]);
  });
});

describe("locks on one thing", () => {
  const locked = (name: string, lock: JsonObject): JsonObject => step(name, { locks: [lock] });

  it("with different limits are warned of", () => {
    const all = workflow([
      locked("a", { key: "d", limit: 2 }),
      locked("b", { key: "d", limit: 2 }),
      locked("c", { key: "d", limit: 4 }),
      locked("d", { host: "d" }),
      locked("e", { key: "d", shared: true }),
      locked("f", { key: { $from: "/run/id" }, limit: 2 }),
      locked("g", { key: { $from: "/run/id" } }),
    ]);
    expect(problemsOf(all)).toEqual([
      "LimitsDiffer /workflow/steps/2/locks/0",
      "LimitsDiffer /workflow/steps/6/locks/0",
    ]);
    expect(planned(all).jobs).toHaveLength(7);
  });
});

describe("mistakes in a workflow", () => {
  const one = (more: object, type = "train"): readonly string[] =>
    problemsOf(workflow([{ name: "a", type, ...more }, step("other")]));

  it.each([
    ["workflow", 3, ["Type /workflow"]],
    ["no steps", {}, ["Required /workflow/steps"]],
    ["empty steps", { steps: [] }, ["Empty /workflow/steps"]],
    ["unknown field", { steps: [step("a")], mod: "DAG" }, ["UnknownField /workflow/mod ~mode"]],
    ["mode", { steps: [step("a")], mode: "dag" }, ["NotOneOf /workflow/mode ~DAG"]],
    ["step", { steps: ["a"] }, ["Type /workflow/steps/0"]],
    ["step without anything", { steps: [{}] }, ["Required /workflow/steps/0/type", "Required /workflow/steps/0/name"]],
    [
      "input",
      { steps: [step("a")], inputs: { n: { type: "int", defaul: 1 } } },
      ["NotOneOf /workflow/inputs/n/type", "UnknownField /workflow/inputs/n/defaul ~default"],
    ],
    [
      "input default",
      { steps: [step("a")], inputs: { n: { type: "integer", default: 1.5 } } },
      ["Type /workflow/inputs/n/default"],
    ],
    [
      "reference as default",
      { steps: [step("a")], inputs: { n: { type: "object", default: from("/run/id") } } },
      ["ReferenceInInput /workflow/inputs/n/default"],
    ],
  ] as const)("%s", (_what, value, expected) => {
    expect([...problemsOf(value as never)].sort()).toEqual([...expected].sort());
  });

  it("in a step's own fields", () => {
    expect(one({}, "trian")).toEqual(["UnknownStepType /workflow/steps/0/type ~train"]);
    expect(one({}, "prune")).toEqual(["UnknownStepType /workflow/steps/0/type"]);
    expect(one({ dependsON: [] })).toEqual(["UnknownField /workflow/steps/0/dependsON ~dependsOn"]);
    expect(one({ subSteps: [] })).toEqual(["StepField /workflow/steps/0/subSteps"]);
    expect(one({ clocks: {}, subSteps: [step("b")] }, "group")).toEqual(["StepField /workflow/steps/0/clocks"]);
    expect(one({}, "group")).toEqual(["Required /workflow/steps/0/subSteps"]);
    expect(one({ onShort: "wait-then-fail(soon)" })).toEqual(["NotOneOf /workflow/steps/0/onShort"]);
    expect(one({ clocks: { que: "1m", start: "x" } })).toEqual([
      "UnknownField /workflow/steps/0/clocks/que ~queue",
      "Duration /workflow/steps/0/clocks/start",
    ]);
    expect(one({ timeout: 0, retry: { attempts: 0 } })).toEqual([
      "OutOfRange /workflow/steps/0/timeout",
      "OutOfRange /workflow/steps/0/retry/attempts",
    ]);
    const locks = (...all: object[]) => one({ locks: all });
    expect(locks({}, { host: "a", key: "b" })).toEqual([
      "LockKind /workflow/steps/0/locks/0",
      "LockKind /workflow/steps/0/locks/1",
    ]);
    expect(locks({ component: "web" }, { component: "web", application: "shop" })).toEqual([
      "UnknownReference /workflow/steps/0/locks/0/component",
    ]);
    expect(locks({ host: 3 }, { key: "", onLimit: "wait" }, { key: "k", shared: true, limit: 2 })).toEqual([
      "Type /workflow/steps/0/locks/0/host",
      "OutOfRange /workflow/steps/0/locks/1/key",
      "NotOneOf /workflow/steps/0/locks/1/onLimit",
      "OutOfRange /workflow/steps/0/locks/2/limit",
    ]);
    expect(locks({ host: { $from: "/inputs/no" } })).toEqual(["UnknownInput /workflow/steps/0/locks/0/host/$from"]);
    expect(one({ if: "/steps/other/phase = 'x'" })).toEqual(["Condition /workflow/steps/0/if"]);
    expect(one({ forEach: 3 })).toEqual(["Type /workflow/steps/0/forEach"]);
    expect(one({ dependsOn: "b" })).toEqual(["Type /workflow/steps/0/dependsOn"]);
    expect(one({ properties: { epochs: 0, modle: "x" } })).toEqual([
      "OutOfRange /workflow/steps/0/properties/epochs",
      "UnknownField /workflow/steps/0/properties/modle ~model",
    ]);
    expect(problemsOf(workflow([step("prune")]))).toEqual(["ReservedStep /workflow/steps/0/name"]);
    expect(problemsOf(workflow([step("Bad Name")]))).toEqual(["Name /workflow/steps/0/name ~bad-name"]);
  });

  it("in names", () => {
    const nested = { name: "g", type: "group", subSteps: [step("a")] };
    expect(problemsOf(workflow([step("a"), nested]))).toEqual(["DuplicateStep /workflow/steps/1/subSteps/0/name"]);
    const web = { name: "web", type: "webservice", properties: { image: "nginx", port: 80 } };
    expect(problemsOf(workflow([step("web")]), [web])).toEqual(["StepIsComponent /workflow/steps/0/name"]);
    expect(problemsOf(workflow([step("train"), step("b", { dependsOn: ["trian", "b"] })]))).toEqual([
      "UnknownStep /workflow/steps/1/dependsOn/0 ~train",
      "StepItself /workflow/steps/1/dependsOn/1",
    ]);
  });

  it("in the order", () => {
    const circle = [step("a", { dependsOn: ["b"] }), step("b", { dependsOn: ["c"] }), step("c", { dependsOn: ["a"] })];
    expect(problemsOf(workflow(circle, { mode: "DAG" }))).toEqual(["Cycle /workflow/steps/0/dependsOn/0"]);
    const { problems } = checkDocument({ name: "x", workflow: workflow(circle, { mode: "DAG" }) }, catalog);
    expect(problems[0]?.params).toMatchObject({ path: "a → b → c → a" });
    expect(problemsOf(workflow([step("a", { dependsOn: ["b"] }), step("b")]))).toEqual([
      "StepLater /workflow/steps/0/dependsOn/0",
    ]);
    expect(
      problemsOf(workflow([step("a", { properties: { model: from("/steps/b/outputs/model") } }), step("b")])),
    ).toEqual(["StepLater /workflow/steps/0/properties/model/$from"]);
    expect(problemsOf(workflow([step("a", { if: "/steps/b/phase == 'failed'" }), step("b")]))).toEqual([
      "StepLater /workflow/steps/0/if",
    ]);
    expect(problemsOf(workflow([step("a", { dependsOn: ["z"] })], { finally: [step("z")] }))).toEqual([
      "StepLater /workflow/steps/0/dependsOn/0",
    ]);
    const group = { name: "g", type: "group", subSteps: [step("a", { dependsOn: ["g"] })] };
    expect(problemsOf(workflow([group]))).toEqual(["StepItself /workflow/steps/0/subSteps/0/dependsOn/0"]);
  });

  it("in references", () => {
    const second = (properties: object, more: object = {}): readonly string[] =>
      problemsOf(
        workflow([step("a"), step("loop", { forEach: [1, 2] }), step("b", { properties, ...more } as never)], {
          inputs: { n: { type: "integer", default: 1 }, o: { type: "object", default: {} } },
        }),
      );
    const at = "/workflow/steps/2/properties/model/$from";
    expect(second({ model: from("/steps/a/outputs/modle") })).toEqual([`NoStepOutput ${at} ~model`]);
    expect(second({ model: from("/steps/x/outputs/model") })).toEqual([`UnknownStep ${at} ~a`]);
    expect(second({ model: from("/steps/b/outputs/model") })).toEqual([`StepItself ${at}`]);
    expect(second({ model: from("/steps/a/output/model") })).toEqual([`UnknownPointer ${at}`]);
    expect(second({ model: from("/env/HOME") })).toEqual([`UnknownPointer ${at}`]);
    expect(second({ model: from("steps/a") })).toEqual([`UnknownPointer ${at}`]);
    expect(second({ model: { $from: 3 } })).toEqual([`UnknownPointer ${at}`]);
    expect(second({ model: from("/inputs/m") })).toEqual([`UnknownInput ${at} ~n`]);
    expect(second({ model: from("/item") })).toEqual([`ItemOutsideLoop ${at}`]);
    expect(second({ model: from("/run/token") })).toEqual([`UnknownPointer ${at}`]);
    expect(second({ model: from("/inputs/o/constructor") })).toEqual([]);
    expect(second({ model: from("/run/id", { defalt: 1 }) })).toEqual([
      "UnknownField /workflow/steps/2/properties/model/defalt",
    ]);
    expect(second({ model: from("/steps/a/outputs/accuracy") })).toEqual([`TypeMismatch ${at}`]);
    expect(second({ model: from("/inputs/n") })).toEqual([`TypeMismatch ${at}`]);
    expect(second({ model: from("/steps/loop/outputs/model") })).toEqual([`NoStepOutput ${at}`]);
    expect(second({ model: from("/steps/loop/outputs/0/model") })).toEqual([]);
    expect(second({ model: from("/steps/loop/outputs/0") })).toEqual([`TypeMismatch ${at}`]);
    expect(second({ model: from("/run/id", { default: 3 }) })).toEqual(["Type /workflow/steps/2/properties/model"]);
    expect(second({ data: from("/steps/a/outputs/model") })).toEqual([
      "TypeMismatch /workflow/steps/2/properties/data/$from",
    ]);
    expect(second({}, { if: "/inputs/m" })).toEqual(["UnknownInput /workflow/steps/2/if ~n"]);
    expect(second({}, { forEach: from("/steps/a/outputs/files") })).toEqual([
      "LoopOverOutput /workflow/steps/2/forEach",
    ]);
    expect(second({}, { forEach: from("/inputs/n") })).toEqual(["TypeMismatch /workflow/steps/2/forEach/$from"]);
  });

  it("in types of registered job types", () => {
    const value = workflow([
      { name: "e", type: "ai-eval" },
      step("t", { properties: { model: from("/steps/e/outputs/score") } }),
      step("u", { properties: { model: from("/steps/e/outputs/report") } }),
      step("v", { properties: { model: from("/steps/e/outputs/scor") } }),
    ]);
    expect(problemsOf(value)).toEqual([
      "TypeMismatch /workflow/steps/1/properties/model/$from",
      "NoStepOutput /workflow/steps/3/properties/model/$from ~score",
    ]);
  });

  it("in loops", () => {
    const loop = { name: "g", type: "group", forEach: [1], subSteps: [step("in")] };
    const value = workflow([loop, step("out", { if: "/steps/in/phase == 'failed'", dependsOn: ["in", "g"] })]);
    expect(problemsOf(value)).toEqual(["StepInLoop /workflow/steps/1/if", "StepInLoop /workflow/steps/1/dependsOn/0"]);
  });

  it("in what is deployed", () => {
    const web = (name: string, more: object = {}) =>
      ({ name, type: "webservice", properties: { image: "nginx", port: 80 }, ...more }) as const;
    const deploy = (name: string, components: unknown) =>
      ({ name, type: "deploy", properties: { components } }) as never;
    const all = [web("a"), web("b", { dependsOn: ["c"] }), web("c")] as never[];
    expect(problemsOf(workflow([deploy("x", ["a", "bb"]), deploy("y", ["a"])]), all)).toEqual([
      "NotDeployed /components/1/name",
      "NotDeployed /components/2/name",
      "UnknownReference /workflow/steps/0/properties/components/1 ~b",
      "DeployedTwice /workflow/steps/1/properties/components/0",
    ]);
    expect(problemsOf(workflow([deploy("x", "all"), deploy("y", "all")]), all)).toEqual([
      "NothingToDeploy /workflow/steps/1/properties/components",
    ]);
    expect(problemsOf(workflow([deploy("x", ["b"]), deploy("y", ["a", "c"])]), all)).toEqual([
      "StepLater /components/1/dependsOn/0",
    ]);
    const policies = { name: "x", type: "deploy", properties: { policies: ["a"], components: ["b", "c"] } } as never;
    expect(problemsOf(workflow([policies, deploy("y", ["a"])]), all)).toEqual([
      "UnknownField /workflow/steps/0/properties/policies",
    ]);
    expect(problemsOf(workflow([deploy("a", ["b", "c"]), deploy("y", ["a"])]), all)).toEqual([
      "StepIsComponent /workflow/steps/0/name",
    ]);
    expect(problemsOf(workflow([step("s")], { finally: [deploy("x", "all")] }), all)).toEqual([
      "DeployFinally /workflow/finally/0",
    ]);
  });
});

describe("a workflow that is too large", { timeout: 120_000 }, () => {
  it("is answered soon, whatever is wrong with it", () => {
    const names = Array.from({ length: 100 }, (_, index) => `nothing-${index}`);
    const steps = Array.from({ length: 2_000 }, (_, index) => step(`step-${index}`, { dependsOn: names }));
    const started = performance.now();
    expect(problemsOf(workflow(steps)).length).toBe(100);
    expect(problemsOf(workflow([...steps, step("more")]))).toEqual(["TooMany /workflow/steps"]);
    const list = Array.from({ length: 200_000 }, () => "x");
    expect(problemsOf(workflow([{ name: "d", type: "deploy", properties: { components: list } }]))).toEqual([
      "TooManyComponents /workflow/steps/0/properties/components",
    ]);
    expect(problemsOf(workflow([step("a", { dependsOn: list })])).length).toBe(100);
    // This is about 2 s of work; without limits it would take an hour.
    expect(performance.now() - started).toBeLessThan(100_000);
  });
});
