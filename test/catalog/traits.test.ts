import { describe, expect, it } from "vitest";
import { dig, type JsonObject } from "../../src/model/data/json.ts";
import type { Plan } from "../../src/model/run/plan.ts";
import { app, codes, facts, find, goodPlan, planOf } from "../plan/planned.ts";

const web = (traits: JsonObject, more: JsonObject = {}): JsonObject => ({
  name: "web",
  type: "webservice",
  properties: { image: "busybox:1.36", port: 8080, ...more },
  traits,
});
const redis = { name: "redis", type: "store", properties: { preset: "redis" } };
const pod = (plan: Plan): unknown => dig(find(plan, "Deployment"), "spec", "template", "spec");
const main = (plan: Plan): unknown => dig(pod(plan), "containers", 0);

describe("env", () => {
  it("keeps the order of the document and knows every source", () => {
    const env = {
      Z: "last letter first",
      A: 1,
      B: true,
      EMPTY: "",
      URL: { component: "redis" },
      HOST: { component: "redis", output: "host" },
      KEY: { secret: "outside", key: "k", external: true },
      IP: { field: "status.podIP" },
      MEMORY: { resource: "limits.memory" },
    };
    const plan = goodPlan(app(redis, web({ env })));
    const list = dig(main(plan), "env");
    expect(list).toEqual([
      { name: "Z", value: "last letter first" },
      { name: "A", value: "1" },
      { name: "B", value: "true" },
      { name: "EMPTY" },
      { name: "URL", value: "redis://redis:6379" },
      { name: "HOST", value: "redis" },
      { name: "KEY", valueFrom: { secretKeyRef: { name: "outside", key: "k" } } },
      { name: "IP", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "status.podIP" } } },
      { name: "MEMORY", valueFrom: { resourceFieldRef: { resource: "limits.memory", divisor: "0" } } },
    ]);
    expect(plan.jobs.find((job) => job.name === "web")?.needs[0]).toMatchObject({ job: "redis", because: "reference" });
  });
});

describe("probes", () => {
  it("replaces the default readiness probe, with the component's port", () => {
    const plan = goodPlan(app(web({ probes: { readiness: { http: { path: "/ok" }, every: "5s", after: "500ms" } } })));
    expect(dig(main(plan), "readinessProbe")).toEqual({
      httpGet: { path: "/ok", port: 8080 },
      periodSeconds: 5,
      initialDelaySeconds: 1,
    });
  });

  it("takes exactly one action, and a port where there is none", () => {
    const both = planOf(app(web({ probes: { liveness: { tcp: {}, exec: { command: ["true"] } } } })));
    expect(codes(both)).toEqual(["error Rule /components/0/traits/probes/liveness"]);
    const worker = { name: "w", type: "worker", properties: { image: "busybox" } };
    expect(codes(planOf(app({ ...worker, traits: { probes: { liveness: { tcp: {} } } } })))).toEqual([
      "error Required /components/0/traits/probes/liveness/tcp",
    ]);
  });
});

describe("resources", () => {
  it("are spelled as the API server prints them", () => {
    const plan = goodPlan(app(web({ resources: { cpu: "1000m", memory: "1024Mi", limits: { cpu: 1.5 } } })));
    expect(dig(main(plan), "resources")).toEqual({
      requests: { cpu: "1", memory: "1Gi" },
      limits: { cpu: "1500m" },
    });
  });

  it("a request over its limit is refused", () => {
    const result = planOf(app(web({ resources: { memory: "1Gi", limits: { memory: "512Mi" } } })));
    expect(codes(result)).toEqual(["error RequestOverLimit /components/0/traits/resources/memory"]);
  });
});

describe("init and sidecar", () => {
  const extra = { image: "busybox:1.36", mounts: [{ name: "shared", mountPath: "/shared" }] };
  const storage = [{ type: "ephemeral", name: "shared", mountPath: "/shared" }];

  it("run before the main container; sidecars are native, so that tasks finish", () => {
    const traits = { storage, sidecar: [{ name: "side", ...extra }], init: [{ name: "first", ...extra }] };
    const task = { name: "job", type: "task", properties: { image: "busybox:1.36" }, traits };
    const job = find(goodPlan(app(task)), "Job");
    const containers = dig(job, "spec", "template", "spec", "initContainers");
    expect(containers).toMatchObject([{ name: "first" }, { name: "side", restartPolicy: "Always" }]);
  });

  it("are probed at their own first port", () => {
    const probes = { startup: { tcp: {}, every: "1s" }, readiness: { http: { path: "/ok", port: 9091 } } };
    const side = (more: JsonObject) =>
      app(web({ sidecar: [{ name: "proxy", image: "busybox:1.36", probes, ...more }] }));
    const deployment = find(goodPlan(side({ ports: [9090] })), "Deployment");
    expect(dig(deployment, "spec", "template", "spec", "initContainers", 0)).toMatchObject({
      restartPolicy: "Always",
      startupProbe: { tcpSocket: { port: 9090 }, periodSeconds: 1 },
      readinessProbe: { httpGet: { path: "/ok", port: 9091 } },
    });
    expect(planOf(side({})).problems).toMatchObject([
      { code: "Required", pointer: "/components/0/traits/sidecar/0/probes/startup/tcp", params: { field: "port" } },
    ]);
  });

  it("mount storage by name, and report a name that does not exist", () => {
    const result = planOf(
      app(web({ storage, sidecar: [{ name: "side", ...extra, mounts: [{ name: "shard", mountPath: "/s" }] }] })),
    );
    expect(result.problems).toMatchObject([
      { code: "UnknownVolume", pointer: "/components/0/traits/sidecar/0/mounts/0/name", nearest: "shared" },
    ]);
  });

  it("a name of two containers is refused, naming both owners", () => {
    const result = planOf(app(web({ init: [{ name: "one", image: "a" }], sidecar: [{ name: "one", image: "b" }] })));
    expect(result.problems).toMatchObject([
      {
        code: "TraitConflict",
        params: { first: "trait init of web", second: "trait sidecar of web", field: "containers[one]" },
      },
    ]);
  });
});

describe("route", () => {
  const ingress = { ...facts, gateways: [] };

  it("is an HTTPRoute where there is a Gateway, else an Ingress, as a job after the component", () => {
    const plan = goodPlan(app(web({ route: { host: "shop.example.com" } })));
    expect(find(plan, "HTTPRoute")["spec"]).toMatchObject({
      parentRefs: [{ namespace: "gateways", name: "public" }],
      hostnames: ["shop.example.com"],
      rules: [{ backendRefs: [{ name: "web", port: 8080 }] }],
    });
    expect(plan.layers).toEqual([["web"], ["web:route"]]);
    const other = goodPlan(app(web({ route: {} })), { facts: ingress });
    expect(find(other, "Ingress")["spec"]).toEqual({
      ingressClassName: "traefik",
      rules: [
        {
          http: {
            paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { number: 8080 } } } }],
          },
        },
      ],
    });
  });

  it("follows the user's choice, and reports when the cluster has neither", () => {
    expect(find(goodPlan(app(web({ route: { kind: "ingress" } }))), "Ingress").metadata.name).toBe("web");
    const neither = { ...ingress, ingressClasses: [] };
    const wanted = ["error NoRouteKind /components/0/traits/route"];
    expect(codes(planOf(app(web({ route: {} })), { facts: neither }))).toEqual(wanted);
    expect(codes(planOf(app(web({ route: { kind: "gateway" } })), { facts: ingress }))).toEqual(wanted);
  });

  it("needs a port that the component serves", () => {
    expect(codes(planOf(app(web({ route: { port: 9 } }))))).toEqual(["error NotOneOf /components/0/traits/route/port"]);
    const portless = { name: "web", type: "webservice", properties: { image: "busybox" }, traits: { route: {} } };
    expect(codes(planOf(app(portless)))).toEqual(["error Rule /components/0/traits/route"]);
  });
});
