import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/model/data/json.ts";
import type { PlannedJob } from "../../src/model/run/plan.ts";
import { layersOf } from "../../src/plan/order.ts";
import { app, goodPlan } from "./planned.ts";

const worker = (name: string, more: JsonObject = {}): JsonObject => ({
  name,
  type: "worker",
  properties: { image: "busybox" },
  ...more,
});
const job = (name: string, needs: readonly string[]): PlannedJob => ({
  name,
  type: "deploy",
  component: name,
  needs: needs.map((need) => ({ job: need, because: "dependsOn" })),
  objects: [],
  input: {},
  timeout: 1,
  retry: { attempts: 1, backoff: 1 },
});

describe("jobs", () => {
  it("have the component's own timeout and retry, or else the defaults", () => {
    const { jobs } = goodPlan(app(worker("a"), worker("b", { timeout: "90s", retry: { attempts: 3, backoff: "1s" } })));
    expect(jobs).toMatchObject([
      { name: "a", type: "deploy", component: "a", timeout: 600_000, retry: { attempts: 1, backoff: 5_000 } },
      { name: "b", timeout: 90_000, retry: { attempts: 3, backoff: 1_000 } },
    ]);
  });

  it("come after what they need, routes after their component, and no job waits for a route", () => {
    const web = { name: "web", type: "webservice", properties: { image: "nginx", port: 80 }, traits: { route: {} } };
    const plan = goodPlan(app(worker("late", { dependsOn: ["web"] }), web));
    expect(plan.layers).toEqual([["web"], ["late", "web:route"]]);
    expect(plan.jobs.find((one) => one.name === "web:route")).toMatchObject({ type: "deploy", component: "web" });
  });
});

describe("layers", () => {
  it("put each job after all of its needs, as early as possible, in the order of the document", () => {
    const edges = fc.array(fc.tuple(fc.nat(19), fc.nat(19)), { maxLength: 60 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const jobs = Array.from({ length: 20 }, (_, index) =>
          job(`j${index}`, [...new Set(pairs.filter(([a, b]) => a === index && b < a).map(([, b]) => `j${b}`))]),
        );
        const layers = layersOf(jobs);
        const layer = new Map(layers.flatMap((names, depth) => names.map((name) => [name, depth] as const)));
        expect(layer.size).toBe(20);
        for (const one of jobs) {
          const before = one.needs.map((need) => layer.get(need.job) ?? 99);
          expect(layer.get(one.name)).toBe(Math.max(-1, ...before) + 1);
        }
        for (const names of layers) {
          const numbers = names.map((name) => Number(name.slice(1)));
          expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        }
      }),
    );
  });
});
