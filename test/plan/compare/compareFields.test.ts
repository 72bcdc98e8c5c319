import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../src/model/data/json.ts";
import { MASK } from "../../../src/model/document/sealed.ts";
import { shortRef } from "../../../src/model/kubernetes/manifest.ts";
import type { ObjectChange } from "../../../src/model/run/plan.ts";
import { compareFields } from "../../../src/plan/compare/compareFields.ts";
import { app, codes, facts, goodPlan, planOf } from "../planned.ts";

const one = (type: string, properties: JsonObject, traits: JsonObject = {}): JsonObject =>
  app({ name: "one", type, properties, traits });
const web = (properties: JsonObject = {}, traits: JsonObject = {}): JsonObject =>
  one("webservice", { image: "nginx:1", port: 80, ...properties }, traits);
const changesOf = (before: JsonObject, after: JsonObject): readonly ObjectChange[] =>
  goodPlan(after, { previous: goodPlan(before) }).changes;
const told = (changes: readonly ObjectChange[]): readonly string[] =>
  changes
    .filter((change) => change.action !== "unchanged")
    .map((change) => `${change.action} ${change.class} ${shortRef(change.object)}`);

describe("what an update means", () => {
  it("nothing, when nothing changed", () => {
    const changes = changesOf(web(), web());
    expect(changes.map((change) => [change.action, change.class])).toEqual([
      ["unchanged", "none"],
      ["unchanged", "none"],
    ]);
  });

  it("first time: everything is created", () => {
    expect(told(goodPlan(web()).changes)).toEqual(["create create Service/one", "create create Deployment/one"]);
  });

  it("an image rolls the pods and is shown as one field", () => {
    const [change] = changesOf(web(), web({ image: "nginx:2" })).filter((one) => one.action === "update");
    expect(change).toMatchObject({
      component: "one",
      class: "rolling",
      fields: [{ path: "spec.template.spec.containers[one].image", before: "nginx:1", after: "nginx:2" }],
    });
  });

  it("says what users notice", () => {
    const disruption = (before: JsonObject, after: JsonObject): readonly unknown[] =>
      changesOf(before, after).flatMap((change) => (change.action === "update" ? [change.disruption] : []));
    const image = { image: "nginx:2" };
    expect(disruption(web(), web(image))).toEqual(["rolling"]);
    expect(disruption(web(), web({ replicas: 3 }))).toEqual(["none"]);
    expect(disruption(web({ replicas: 0 }), web({ replicas: 0, ...image }))).toEqual(["none"]);
    const recreate = { update: { strategy: "recreate" } };
    expect(disruption(web(recreate), web({ ...recreate, ...image }))).toEqual(["interruption"]);
    const store = (more: JsonObject): JsonObject => one("store", { preset: "redis", ...more });
    expect(disruption(store({}), store(image))).toEqual(["interruption"]);
    expect(disruption(store({ replicas: 2 }), store({ replicas: 2, ...image }))).toEqual(["restart"]);
    expect(disruption(store({ volume: { size: "1Gi" } }), store({ volume: { size: "2Gi" } }))).toEqual(["none"]);
  });

  it("replicas change in place", () => {
    expect(told(changesOf(web(), web({ replicas: 2 })))).toEqual(["update in-place Deployment/one"]);
  });

  it("a ConfigMap changes in place, and what reads it rolls", () => {
    const config = (value: string): JsonObject =>
      web({}, { storage: [{ type: "config", name: "c", data: { key: value } }] });
    expect(told(changesOf(config("a"), config("b")))).toEqual([
      "update in-place ConfigMap/c",
      "update rolling Deployment/one",
    ]);
  });

  it("a changed task is a Job with another name; the old one is removed", () => {
    const task = (word: string): JsonObject => one("task", { image: "busybox", command: ["echo", word] });
    const changes = changesOf(task("a"), task("b"));
    expect(changes.map((change) => [change.action, change.class])).toEqual([
      ["create", "new-name"],
      ["delete", "delete"],
    ]);
    expect(changes[0]?.fields).toContainEqual({
      path: "spec.template.spec.containers[one].command",
      before: ["echo", "a"],
      after: ["echo", "b"],
    });
  });

  it("a store: pods roll, but what a StatefulSet cannot change makes a new one around the running pods", () => {
    const store = (properties: JsonObject): JsonObject => one("store", { preset: "redis", ...properties });
    const volume = { size: "1Gi" };
    expect(told(changesOf(store({ volume }), store({ volume, image: "redis:8" })))).toEqual([
      "update rolling StatefulSet/one",
    ]);
    expect(told(changesOf(store({ volume }), store({ volume: { size: "2Gi" } })))).toEqual([
      "update orphan-recreate StatefulSet/one",
    ]);
  });

  it("a Secret of another type must be created again", () => {
    const secret = (type: string): JsonObject => one("secret", { type, data: { a: "b" } });
    expect(told(changesOf(secret("Opaque"), secret("example.com/token")))).toEqual(["update recreate Secret/one"]);
  });

  it("a removed store keeps the volume of each replica, and the plan shows it", () => {
    const before = one("store", { preset: "redis", replicas: 2 });
    expect(told(changesOf(before, app({ name: "two", type: "config", properties: { data: {} } })))).toEqual([
      "create create ConfigMap/two",
      "keep none PersistentVolumeClaim/data-one-0",
      "keep none PersistentVolumeClaim/data-one-1",
      "delete delete Service/one-pods",
      "delete delete Service/one",
      "delete delete StatefulSet/one",
    ]);
  });

  it("removed objects are deleted, those that hold data are kept, and a prune job comes last", () => {
    const volume = web({}, { storage: [{ type: "persistent", mountPath: "/data", size: 1 }], route: {} });
    const plan = goodPlan(web(), { previous: goodPlan(volume) });
    expect(told(plan.changes)).toEqual([
      "update rolling Deployment/one",
      "keep none PersistentVolumeClaim/one-data",
      "delete delete HTTPRoute/one",
    ]);
    expect(plan.jobs.at(-1)).toMatchObject({
      name: "prune",
      type: "prune",
      needs: [{ job: "one", because: "order" }],
      input: { present: ["/Service/default/one", "apps/Deployment/default/one"] },
    });
    expect(goodPlan(web(), { previous: goodPlan(web()) }).jobs.map((job) => job.name)).toEqual(["one"]);
  });
});

describe("volumes", () => {
  const app_ = (size: string, more: JsonObject = {}): JsonObject =>
    web({}, { storage: [{ type: "persistent", mountPath: "/data", size, ...more }] });
  const result = (before: JsonObject, after: JsonObject): readonly string[] =>
    codes(planOf(after, { previous: goodPlan(before) }));

  it("grow in place", () => {
    expect(told(changesOf(app_("1Gi"), app_("1500Mi")))).toEqual(["update in-place PersistentVolumeClaim/one-data"]);
  });

  it("never shrink, never change class or mode, and grow only where the class can", () => {
    const refused = ["error Immutable /components/0"];
    expect(result(app_("2Gi"), app_("1Gi"))).toEqual(["error VolumeShrinks /components/0"]);
    expect(result(app_("1Gi"), app_("1Gi", { storageClass: "fixed" }))).toEqual(refused);
    expect(result(app_("1Gi"), app_("1Gi", { accessModes: ["ReadWriteMany"] }))).toEqual(refused);
    const fixed = { storageClass: "fixed" };
    expect(result(app_("1Gi", fixed), app_("2Gi", fixed))).toEqual(["error VolumeCannotGrow /components/0"]);
    expect(facts.storageClasses.map((one) => one.expandable)).toEqual([true, false]);
  });

  it("of a store obey the same rules", () => {
    const store = (size: string): JsonObject => one("store", { preset: "redis", volume: { size } });
    expect(result(store("2Gi"), store("1Gi"))).toEqual(["error VolumeShrinks /components/0"]);
  });
});

describe("fields", () => {
  const paths = (before: Json, after: Json): readonly string[] =>
    compareFields(before, after, { masked: [] }).map((field) => field.path);

  it("have readable paths", () => {
    expect(paths({ a: { "x.y/z": 1 } }, { a: { "x.y/z": 2 } })).toEqual(["a[x.y/z]"]);
    expect(paths({ m: [{ mountPath: "/a", name: "v" }] }, { m: [{ mountPath: "/a", name: "w" }] })).toEqual([
      "m[v]",
      "m[w]",
    ]);
    expect(paths({ l: [1, 2] }, { l: [1, 3] })).toEqual(["l"]);
    const [a, b] = [{ name: "a" }, { name: "b" }];
    expect(paths({ l: [a] }, { l: [a, b] })).toEqual(["l[b]"]);
    expect(paths({ l: [a, b] }, { l: [b, a] })).toEqual(["l"]);
  });

  it("never show a secret, only that it changed", () => {
    const secret = (value: string): JsonObject => one("secret", { data: { password: value, same: "x" } });
    const [change] = changesOf(secret("first"), secret("second"));
    expect(change?.fields).toEqual([{ path: "stringData.password", before: MASK, after: MASK }]);
  });
});
