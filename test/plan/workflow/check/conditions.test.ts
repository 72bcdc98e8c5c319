// Conditions that can be judged before anything runs: those that are never true, and gates that are always open.
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/model/data/json.ts";
import { explainProblem } from "../../../../src/model/problems/problem.ts";
import { planned, problemsOf, step, told, workflow } from "../steps.ts";

const AT = "/workflow/steps/1/if";
const inputs = {
  stage: { type: "string" },
  n: { type: "integer" },
  x: { type: "number" },
  yes: { type: "boolean" },
  list: { type: "array" },
};
const second = (condition: string): readonly string[] =>
  problemsOf(workflow([step("a"), step("b", { if: condition })], { inputs }));

describe("two values that are never equal and in no order", () => {
  it.each([
    "/inputs/stage == 1",
    "/inputs/n == '1'",
    "/inputs/n != '1'",
    "/inputs/yes == 'true'",
    "/inputs/list == 'a'",
    "/inputs/stage < 3",
    "/inputs/yes > /inputs/yes",
    "/inputs/stage == /inputs/n",
    "/steps/a/outputs/accuracy == 'high'",
    "/steps/a/phase == 1",
    "/run/revision == '3'",
    "!(/run/revision == '3')",
    "1 == '1'",
  ])("%s", (condition) => {
    expect(second(condition)).toEqual([`CannotCompare ${AT}`]);
  });

  it("are compared where they may be equal", () => {
    for (const condition of [
      "/inputs/n == 1.0",
      "/inputs/n < /inputs/x",
      "/inputs/stage != null",
      "/steps/a/outputs/extra/any == 'x'",
      "/steps/a/outputs/extra/any == 1",
      "/steps/a/outputs/model < 'b'",
      "/inputs/list == null || /inputs/stage == 'x'",
    ])
      expect(second(condition)).toEqual([]);
  });
});

describe("a value that a place never has", () => {
  it("is reported with the values that it may have", () => {
    expect(second("/steps/a/phase == 'succeded'")).toEqual([`NeverSo ${AT} ~succeeded`]);
    expect(second("/steps/a/phase != 'running'")).toEqual([`NeverSo ${AT}`]);
    expect(second("/steps/a/phase == 'skipped' || /steps/a/phase == 'timed-out'")).toEqual([]);
    const asked = (condition: string) =>
      problemsOf(
        workflow([{ name: "ask", type: "approve", properties: { message: "?" } }, step("b", { if: condition })]),
      );
    expect(asked("/steps/ask/outputs/decision == 'deny'")).toEqual([`NeverSo ${AT}`]);
    expect(asked("/steps/ask/outputs/decision == 'approve'")).toEqual([]);
  });
});

describe("a condition that cannot be true when it is evaluated", () => {
  const group = (name: string, subSteps: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
    name,
    type: "group",
    subSteps,
    ...more,
  });
  const problems = (value: JsonObject) => told(planned(value).problems);

  it("is reported: it looks for the failure of a step whose success a step in between needs", () => {
    const value = workflow([step("a"), step("m"), step("b", { if: "/steps/a/phase == 'failed'" })]);
    expect(problems(value)).toEqual(["NeverHolds /steps/2/if"]);
    expect(planned(value).problems.map((one) => explainProblem(one, "en").message)).toEqual([
      "this is never true: b begins only when a succeeded or was skipped by its own condition",
    ]);
    const dag = workflow(
      [
        step("a"),
        step("m", { dependsOn: ["a"] }),
        step("b", { dependsOn: ["m"], if: "/steps/a/phase != 'succeeded' && /steps/a/phase != 'skipped'" }),
      ],
      { mode: "DAG" },
    );
    expect(problems(dag)).toEqual(["NeverHolds /steps/2/if"]);
    const inside = workflow(
      [step("a"), step("m"), group("g", [step("b", { if: "/steps/a/phase == 'failed' && /inputs/x > 1" })])],
      {
        inputs: { x: { type: "number", default: 1 } },
      },
    );
    expect(problems(inside)).toEqual(["NeverHolds /steps/2/subSteps/0/if"]);
  });

  it("is not reported when it can be true: directly after the step, parallel to it, at the end, or after a step that was skipped", () => {
    const failed = "/steps/a/phase == 'failed'";
    expect(problems(workflow([step("a"), step("b", { if: failed })]))).toEqual([]);
    expect(problems(workflow([step("a"), step("m"), step("b", { if: failed })], { mode: "DAG" }))).toEqual([]);
    expect(problems(workflow([step("a"), step("m")], { finally: [step("b", { if: failed })] }))).toEqual([]);
    expect(problems(workflow([step("a"), step("m"), step("b", { if: "/steps/a/phase == 'skipped'" })]))).toEqual([]);
    expect(problems(workflow([step("a"), step("m"), step("b", { if: `${failed} || /run/revision > 1` })]))).toEqual([]);
    expect(problems(workflow([group("g", [step("a"), step("c")]), step("b", { if: failed })]))).toEqual([]);
  });

  it("is found soon in a long list", () => {
    const steps = Array.from({ length: 1_500 }, (_, index) =>
      step(`s${index}`, index < 2 ? {} : { if: "/steps/s0/phase == 'failed'" }),
    );
    expect([...new Set(planned(workflow(steps)).problems.map((one) => one.code))]).toEqual([
      "NeverHolds",
      "MoreProblems",
    ]);
  });
});
