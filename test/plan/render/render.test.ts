import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, dig, isObject, type Json, type JsonObject } from "../../../src/model/data/json.ts";
import { ANNOTATIONS } from "../../../src/model/kubernetes/manifest.ts";
import { app, codes, find, goodPlan, manifests, planOf } from "../planned.ts";

const LABELS = {
  "app.kubernetes.io/name": "db",
  "app.kubernetes.io/instance": "shop",
  "app.kubernetes.io/component": "store",
  "app.kubernetes.io/part-of": "shop",
  "app.kubernetes.io/managed-by": "kubemin",
  "kubemin.dev/project": "default",
  "kubemin.dev/application": "shop",
  "kubemin.dev/component": "db",
};
const db = { name: "db", type: "store", properties: { preset: "redis" } };

const full: JsonObject = {
  ...app(
    db,
    { name: "settings", type: "config", properties: { data: { level: "info", color: "blue" } } },
    { name: "keys", type: "secret", properties: { data: { password: "hidden" } } },
    {
      name: "web",
      type: "webservice",
      properties: { image: "busybox:1.36", port: 8080, replicas: 2 },
      dependsOn: ["db"],
      traits: {
        storage: [
          { type: "config", name: "settings", mountPath: "/etc/settings" },
          { type: "ephemeral", mountPath: "/tmp" },
        ],
        resources: { cpu: "100m", limits: { memory: "1Gi" } },
        route: { host: "shop.example.com", path: "/" },
        probes: { liveness: { tcp: { port: 8080 } } },
      },
    },
  ),
  namespace: "shops",
};

describe("rendered objects", () => {
  it("carry the labels, on pods and volumes too, and the namespace", () => {
    const set = find(goodPlan(app(db)), "StatefulSet");
    expect(set.metadata.labels).toEqual(LABELS);
    expect(dig(set, "spec", "template", "metadata", "labels")).toEqual(LABELS);
    expect(dig(set, "spec", "volumeClaimTemplates", 0, "metadata", "labels")).toEqual(LABELS);
    const namespaces = manifests(goodPlan(full)).map((one) => one.metadata.namespace);
    expect(new Set(namespaces)).toEqual(new Set(["shops"]));
  });

  it("select their own pods by labels that never change", () => {
    for (const one of manifests(goodPlan(app(db)))) {
      const selector = dig(one, "spec", "selector", "matchLabels") ?? dig(one, "spec", "selector");
      expect(selector).toEqual({ "kubemin.dev/application": "shop", "kubemin.dev/component": "db" });
    }
  });

  it("give pods no API token and no service variables", () => {
    const pod = dig(find(goodPlan(app(db)), "StatefulSet"), "spec", "template", "spec");
    expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
  });

  it("come with what pods read first and the controller last", () => {
    const storage = [
      { type: "config", name: "c", data: { a: "1" } },
      { type: "persistent", mountPath: "/data", size: 1 },
    ];
    const web = { name: "web", type: "webservice", properties: { image: "nginx", port: 80 }, traits: { storage } };
    const kinds = goodPlan(app(web)).jobs[0]?.objects.map((object) => object.manifest.kind);
    expect(kinds).toEqual(["ConfigMap", "PersistentVolumeClaim", "Service", "Deployment"]);
  });

  it("contain no undefined, no empty list, no time and no revision", () => {
    const text = JSON.stringify(manifests(goodPlan(full)));
    expect(text).not.toContain("[]");
    expect(text).not.toMatch(/20\d\d-\d\d-\d\dT|revision|kubemin\.dev\/run/);
  });

  it("are the same bytes for the same document, whatever the order of its keys", () => {
    const wanted = canonicalJson(goodPlan(full).jobs);
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const plan = goodPlan(shuffled(full, seed));
        expect(JSON.stringify(plan.jobs.map((job) => job.name))).toBe(
          JSON.stringify(goodPlan(full).jobs.map((job) => job.name)),
        );
        expect(canonicalJson(plan.jobs)).toBe(wanted);
      }),
      { numRuns: 30 },
    );
    expect(JSON.stringify(goodPlan(full))).toBe(JSON.stringify(goodPlan(full)));
  });

  it("of two components with one name for an object are refused", () => {
    const pods = { name: "db-pods", type: "webservice", properties: { image: "nginx", port: 80 } };
    expect(planOf(app(db, pods)).problems).toMatchObject([
      {
        code: "ObjectTwice",
        pointer: "/components/1",
        params: { first: "component db", second: "component db-pods", object: "Service/db-pods" },
      },
    ]);
  });
});

describe("configuration that pods read", () => {
  const reader = (name: string, traits: JsonObject): JsonObject => ({
    name,
    type: "worker",
    properties: { image: "busybox" },
    traits,
  });
  const documentWith = (level: string, password: string): JsonObject =>
    app(
      { name: "settings", type: "config", properties: { data: { level, color: "blue" } } },
      { name: "keys", type: "secret", properties: { data: { password } } },
      reader("by-key", { env: { LEVEL: { config: "settings", key: "level" } } }),
      reader("by-other-key", { env: { COLOR: { config: "settings", key: "color" } } }),
      reader("by-file", { storage: [{ type: "config", name: "settings", mountPath: "/etc/settings" }] }),
      reader("by-sidecar", {
        sidecar: [{ name: "side", image: "busybox", env: { P: { secret: "keys", key: "password" } } }],
      }),
      reader("by-env-from", { storage: [{ type: "secret", name: "keys" }] }),
      reader("nothing", {}),
    );
  const hashes = (document: JsonObject): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      manifests(goodPlan(document))
        .filter((one) => one.kind === "Deployment")
        .map((one) => [
          one.metadata.name,
          dig(one, "spec", "template", "metadata", "annotations", ANNOTATIONS.configuration),
        ]),
    );
  const changed = (a: JsonObject, b: JsonObject): readonly string[] => {
    const [before, after] = [hashes(a), hashes(b)];
    return Object.keys(after).filter((name) => before[name] !== after[name]);
  };

  it("replaces exactly the pods that read what changed", () => {
    const base = documentWith("info", "one");
    expect(changed(base, documentWith("debug", "one"))).toEqual(["by-key", "by-file"]);
    expect(changed(base, documentWith("info", "two"))).toEqual(["by-sidecar", "by-env-from"]);
    expect(changed(base, documentWith("info", "one"))).toEqual([]);
    expect(hashes(base)["nothing"]).toBeUndefined();
  });
});

describe("references to what is outside", () => {
  const document = app({
    name: "web",
    type: "worker",
    properties: { image: "busybox" },
    traits: { env: { A: { secret: "databse", key: "k" }, B: { config: "later", key: "k", external: true } } },
  });
  const pointer = "/components/0/traits/env/A/secret";

  it("are an error when missing, a warning when the cluster could not be asked", () => {
    expect(codes(planOf(document, { presentOutside: new Set() }))).toEqual([`error MissingObject ${pointer}`]);
    expect(codes(planOf(document))).toEqual([`warning MissingObject ${pointer}`]);
    expect(codes(planOf(document, { presentOutside: new Set(["Secret/databse"]) }))).toEqual([]);
  });

  it("are no problem when a trait of another component creates the object, which then comes first", () => {
    const maker = {
      name: "zz-maker",
      type: "worker",
      properties: { image: "busybox" },
      traits: { storage: [{ type: "secret", name: "shared", data: { k: "v" } }] },
    };
    const user = {
      name: "user",
      type: "worker",
      properties: { image: "busybox" },
      traits: { env: { A: { secret: "shared", key: "k" } } },
    };
    const result = planOf(app(user, maker), { presentOutside: new Set() });
    expect(codes(result)).toEqual([]);
    expect(result.plan?.layers).toEqual([["zz-maker"], ["user"]]);
  });
});

/** The same data with its keys in another order. Environment variables keep their order, because it has a meaning. */
function shuffled(value: JsonObject, seed: number): JsonObject {
  let state = seed >>> 0;
  const next = (): number => (state = (state * 1_664_525 + 1_013_904_223) >>> 0);
  const mix = (inner: Json): Json => {
    if (Array.isArray(inner)) return inner.map(mix);
    if (!isObject(inner)) return inner;
    const entries = Object.entries(inner).map(
      ([key, one]) => [next(), key, one === undefined ? null : mix(one)] as const,
    );
    return Object.fromEntries(entries.sort((a, b) => a[0] - b[0]).map(([, key, one]) => [key, one]));
  };
  const mixed = mix(value);
  if (!isObject(mixed)) throw new Error("an object stays an object");
  return mixed;
}
