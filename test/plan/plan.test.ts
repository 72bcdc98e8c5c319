import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/model/data/json.ts";
import { shortRef } from "../../src/model/kubernetes/manifest.ts";
import type { OwnedObject } from "../../src/model/run/revision.ts";
import { checkDocument } from "../../src/plan/check/check.ts";
import { planApplication } from "../../src/plan/plan.ts";
import { planRemoval } from "../../src/plan/removal.ts";
import { app, catalog, facts, goodPlan, planOf } from "./planned.ts";

const redis = { name: "redis", type: "store", properties: { preset: "redis" } };
const migrate = { name: "migrate", type: "task", properties: { image: "busybox" }, dependsOn: ["redis"] };
const web = {
  name: "web",
  type: "webservice",
  properties: { image: "nginx", port: 80 },
  dependsOn: ["migrate"],
  traits: { route: {}, storage: [{ type: "persistent", mountPath: "/data", size: 1 }] },
};
const owned = (name: string, component: string, keep = false): OwnedObject => ({
  project: "default",
  application: "shop",
  component,
  cluster: "test",
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace: "default",
  name,
  uid: "u",
  keep,
});

describe("a plan", () => {
  it("reports all problems together, and does not exist when there is an error", () => {
    const broken = {
      ...web,
      traits: { route: {}, storage: [{ type: "persistent", mountPath: "/data", size: 1, storageClass: "none" }] },
    };
    const neither = { ...facts, gateways: [], ingressClasses: [] };
    const { plan, problems } = planOf(app(redis, migrate, broken), { facts: neither });
    expect(plan).toBeNull();
    expect(problems.map((one) => one.code).toSorted()).toEqual(["NoRouteKind", "NoStorageClass"]);
  });

  it("has the same hash for the same content, whatever the previous revision was", () => {
    const document = app(redis, migrate, web);
    const first = goodPlan(document);
    const more = goodPlan(app(redis, migrate, web, { name: "extra", type: "config", properties: { data: {} } }));
    expect(goodPlan(document, { previous: first }).hash).toBe(first.hash);
    expect(goodPlan(document, { previous: more }).hash).toBe(first.hash);
    expect(goodPlan(document, { previous: more }).jobs.at(-1)?.name).toBe("prune");
    expect(more.hash).not.toBe(first.hash);
  });

  it("prunes owned objects that no revision contains", () => {
    const plan = goodPlan(app(redis), { previous: goodPlan(app(redis)), owned: [owned("left", "gone")] });
    expect(plan.changes.filter((one) => one.action === "delete").map((one) => shortRef(one.object))).toEqual([
      "ConfigMap/left",
    ]);
    expect(plan.layers).toEqual([["redis"], ["prune"]]);
    const kept = goodPlan(app(redis), { previous: goodPlan(app(redis)), owned: [owned("left", "gone", true)] });
    expect(kept.layers).toEqual([["redis"]]);
  });

  it("of 200 components takes less than 100 ms", () => {
    const many = Array.from(
      { length: 200 },
      (_, index): JsonObject => ({
        name: `web-${index}`,
        type: "webservice",
        properties: { image: "nginx", port: 80 },
        traits: { env: { A: "1", B: "2" }, storage: [{ type: "config", name: `c-${index}`, data: { a: "b" } }] },
        ...(index === 0 ? {} : { dependsOn: [`web-${index - 1}`] }),
      }),
    );
    const { application } = checkDocument(app(...many), catalog);
    if (application === null) throw new Error("the document is valid");
    const input = { application, project: "default", facts, owned: [], presentOutside: null };
    const { plan: previous } = planApplication({ ...input, previous: null });
    // The best of several runs, because the machine may be busy with something else.
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      planApplication({ ...input, previous });
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(100);
  });
});

describe("the plan of a removal", () => {
  const base = {
    application: "shop",
    namespace: "default",
    cluster: "test",
    previous: goodPlan(app(redis, migrate, web)),
    types: catalog.jobs,
  };

  it("follows the dependencies backwards, routes before their components", () => {
    const plan = planRemoval({ ...base, volumes: false });
    expect(plan.layers).toEqual([["web"], ["migrate"], ["redis"]]);
    expect(plan.jobs[0]).toMatchObject({ name: "web", type: "remove", input: { component: "web", volumes: false } });
    expect(plan.jobs[0]?.objects.map((one) => one.manifest.kind)).toEqual([
      "HTTPRoute",
      "Deployment",
      "Service",
      "PersistentVolumeClaim",
    ]);
    expect(plan.jobs[2]?.needs).toEqual([{ job: "migrate", because: "order" }]);
  });

  it("keeps volumes unless the user asks for their removal", () => {
    const action = (volumes: boolean) =>
      planRemoval({ ...base, volumes }).changes.find((one) => one.object.kind === "PersistentVolumeClaim")?.action;
    expect([action(false), action(true)]).toEqual(["keep", "delete"]);
  });

  it("also removes what earlier revisions left behind", () => {
    const plan = planRemoval({ ...base, volumes: false, owned: [owned("left", "gone")] });
    expect(plan.jobs.map((job) => job.name)).toEqual(["gone", "web", "migrate", "redis"]);
  });
});
