import { describe, expect, it } from "vitest";
import { dig, type JsonObject } from "../../src/model/data/json.ts";
import { app, codes, facts, find, goodPlan, manifests, planOf, seal } from "../plan/planned.ts";

const one = (type: string, properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  name: "one",
  type,
  properties,
  ...more,
});
const kinds = (document: JsonObject): readonly string[] =>
  manifests(goodPlan(document)).map((object) => `${object.kind}/${object.metadata.name}`);

describe("webservice", () => {
  it("is a Deployment and a Service, and loses no request in an update by default", () => {
    const plan = goodPlan(app(one("webservice", { image: "nginx:1.27", port: 80 }, { timeout: "2m" })));
    const spec = find(plan, "Deployment")["spec"];
    expect(spec).toMatchObject({
      replicas: 1,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      progressDeadlineSeconds: 120,
    });
    expect(dig(spec, "template", "spec", "containers", 0)).toMatchObject({
      name: "one",
      readinessProbe: { tcpSocket: { port: 80 } },
      lifecycle: { preStop: { sleep: { seconds: 5 } } },
    });
    expect(find(plan, "Service")["spec"]).toEqual({
      type: "ClusterIP",
      selector: { "kubemin.dev/application": "shop", "kubemin.dev/component": "one" },
      ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: "http" }],
    });
  });

  it("has no Service without a port", () => {
    expect(kinds(app(one("webservice", { image: "nginx:1.27" })))).toEqual(["Deployment/one"]);
  });

  it("refuses ports that collide and an update that could not move", () => {
    const ports = [
      { name: "http", port: 80 },
      { name: "http", port: 80 },
    ];
    expect(codes(planOf(app(one("webservice", { image: "nginx", ports }))))).toEqual([
      "error Rule /components/0/properties/ports/1",
      "error Rule /components/0/properties/ports/1",
    ]);
    const update = { maxSurge: 0, maxUnavailable: "0%" };
    expect(codes(planOf(app(one("worker", { image: "nginx", update }))))).toEqual([
      "error Rule /components/0/properties/update",
    ]);
  });
});

describe("store", () => {
  it("takes everything from its preset, and lets the user override it", () => {
    expect(kinds(app(one("store", { preset: "redis" })))).toEqual([
      "Service/one-pods",
      "Service/one",
      "StatefulSet/one",
    ]);
    const volume = { mountPath: "/var/redis", size: 5 };
    const plan = goodPlan(app(one("store", { preset: "redis", image: "redis:8", port: 7000, volume })));
    const main = dig(find(plan, "StatefulSet"), "spec", "template", "spec", "containers", 0);
    expect(main).toMatchObject({
      image: "redis:8",
      args: ["redis-server", "--port", "7000", "--dir", "/var/redis", "--appendonly", "yes"],
      readinessProbe: { exec: { command: ["sh", "-c", "redis-cli -p 7000 ping | grep -q PONG"] } },
      volumeMounts: [{ name: "data", mountPath: "/var/redis" }],
    });
    expect(dig(find(plan, "StatefulSet"), "spec", "volumeClaimTemplates", 0, "spec", "resources")).toEqual({
      requests: { storage: "5Gi" },
    });
  });

  it("needs an image or a preset, and a mountPath for a volume", () => {
    expect(codes(planOf(app(one("store", { volume: { size: 1 } }))))).toEqual([
      "error Required /components/0/properties",
      "error Required /components/0/properties/volume",
    ]);
  });

  it("can do without a volume", () => {
    const plan = goodPlan(app(one("store", { preset: "redis", volume: false })));
    expect(dig(find(plan, "StatefulSet"), "spec", "volumeClaimTemplates")).toBeUndefined();
  });
});

describe("task", () => {
  const properties = { image: "busybox:1.36", command: ["true"] };

  it("is a Job that is named after its content", () => {
    const plan = goodPlan(app(one("task", properties)));
    const [job] = plan.jobs;
    const content = JSON.stringify(job?.input["content"]).slice(1, -1);
    expect(content).toMatch(/^[0-9a-f]{64}$/);
    expect(job).toMatchObject({ name: "one", type: "task", timeout: 30 * 60_000, retry: { attempts: 1 } });
    expect(find(plan, "Job")).toMatchObject({
      metadata: { name: `one-${content.slice(0, 8)}` },
      spec: { backoffLimit: 0, activeDeadlineSeconds: 1800, template: { spec: { restartPolicy: "Never" } } },
    });
    expect(dig(find(plan, "Job"), "spec", "ttlSecondsAfterFinished")).toBeUndefined();
  });

  it("has new content when what it does or reads changes, and not when only its limits do", () => {
    const settings = (text: string): JsonObject => ({
      name: "settings",
      type: "config",
      properties: { data: { text } },
    });
    const traits = { env: { TEXT: { config: "settings", key: "text" } } };
    const contentOf = (document: JsonObject, options = {}): unknown =>
      goodPlan(document, options).jobs.find((job) => job.name === "one")?.input["content"];
    const first = contentOf(app(settings("a"), one("task", properties, { traits })));
    expect(contentOf(app(settings("a"), one("task", properties, { traits, timeout: "1h" })))).toBe(first);
    expect(contentOf(app(settings("b"), one("task", properties, { traits })))).not.toBe(first);
    expect(contentOf(app(settings("a"), one("task", { ...properties, args: ["x"] }, { traits })))).not.toBe(first);
    const elsewhere = { facts: { ...facts, name: "other" } };
    expect(contentOf(app(settings("a"), one("task", properties, { traits })), elsewhere)).not.toBe(first);
  });
});

describe("config and secret", () => {
  it("become a ConfigMap and a Secret of their name; secret values stay sealed", () => {
    const plan = goodPlan(
      app(one("config", { data: { a: "1" } }), {
        ...one("secret", { data: { p: "pass", k: { base64: "AAE=" } } }),
        name: "two",
      }),
    );
    expect(find(plan, "ConfigMap", "one")["data"]).toEqual({ a: "1" });
    expect(find(plan, "Secret", "two")).toMatchObject({
      type: "Opaque",
      stringData: { p: seal("pass") },
      data: { k: seal("AAE=") },
    });
  });

  it("are limited to 1 MiB", () => {
    const data = { a: "x".repeat(2 ** 20), b: "y" };
    expect(codes(planOf(app(one("config", { data }))))).toEqual(["error ConfigTooLarge /components/0/properties/data"]);
  });
});
