// The default timeout of a job is in the definition of its job type and nowhere else: a changed number there changes
// the plan.
import { describe, expect, it } from "vitest";
import { createCatalog } from "../../src/catalog/catalog.ts";
import type { OwnedObject } from "../../src/model/run/revision.ts";
import { checkDocument } from "../../src/plan/check/check.ts";
import { planApplication } from "../../src/plan/plan.ts";
import { planRemoval } from "../../src/plan/removal.ts";
import { app, catalog, facts } from "./planned.ts";

const image = "busybox:1.36";
const crowd = (letter: string) =>
  Array.from({ length: 80 }, (_, index) => ({
    name: `${letter}${index}`,
    type: "wait",
    properties: { for: "1s" },
  }));
const document = {
  ...app(
    { name: "web", type: "webservice", properties: { image, port: 80 }, traits: { route: {} } },
    { name: "own", type: "webservice", properties: { image, port: 80 }, timeout: "7s" },
    { name: "job", type: "task", properties: { image } },
    { name: "db", type: "external", properties: { host: "db.example.com", port: 5432 } },
  ),
  // Two loops of many jobs, one after the other, are joined by a job of their own.
  workflow: {
    mode: "DAG",
    steps: [
      { name: "one", type: "group", mode: "DAG", subSteps: crowd("a") },
      { name: "two", type: "group", mode: "DAG", subSteps: crowd("b"), dependsOn: ["one"] },
      { name: "none", type: "wait", forEach: [], properties: { for: "1s" } },
    ],
  },
};
const left: OwnedObject = {
  project: "default",
  application: "shop",
  component: "gone",
  cluster: "test",
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace: "default",
  name: "left",
  uid: "u",
  keep: false,
};

/** The timeouts of the plan by job type, when `numberOf` sets the default of each type. */
function planned(numberOf: (type: string, own: number) => number): Readonly<Record<string, readonly number[]>> {
  const jobs = [...catalog.jobs.values()].map((one) => ({ ...one, timeout: numberOf(one.name, one.timeout) }));
  const changed = createCatalog({
    name: "kubemin",
    components: [...catalog.components.values()],
    traits: [...catalog.traits.values()],
    jobs,
  });
  const { application, problems } = checkDocument(document, changed);
  if (application === null) throw new Error(JSON.stringify(problems));
  const base = { project: "default", facts, previous: null, owned: [left], presentOutside: null };
  const { plan, problems: wrong } = planApplication({ ...base, application });
  if (plan === null) throw new Error(JSON.stringify(wrong));
  const removal = planRemoval({ ...plan, previous: plan, volumes: false, types: changed.jobs });
  const found: Record<string, number[]> = {};
  for (const { type, timeout } of [...plan.jobs, ...removal.jobs]) (found[type] ??= []).push(timeout);
  return Object.fromEntries(
    Object.entries(found).map(([type, all]) => [type, [...new Set(all)].toSorted((a, b) => a - b)]),
  );
}

describe("a timeout that the document does not set", () => {
  const types = ["check", "deploy", "join", "prune", "remove", "task", "wait"];

  it("is that of the job type", () => {
    const plan = planned((_, own) => own);
    expect(Object.keys(plan).toSorted()).toEqual(types);
    for (const type of types) expect(plan[type], type).toContain(catalog.jobs.get(type)?.timeout);
  });

  it("changes with the definition of the type, for every job that the planner makes", () => {
    const numbers = new Map(types.map((type, index) => [type, 1_000 + index]));
    const plan = planned((type, own) => numbers.get(type) ?? own);
    for (const type of types)
      expect(plan[type], type).toEqual([numbers.get(type), ...(type === "deploy" ? [7_000] : [])]);
  });
});
