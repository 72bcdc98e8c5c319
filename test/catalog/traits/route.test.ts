// What a route becomes on clusters that serve different kinds, and what each kind does not support.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { builtins } from "../../../src/builtins.ts";
import { createCatalog } from "../../../src/catalog/catalog.ts";
import { defineComponent } from "../../../src/catalog/define.ts";
import { deploymentOf } from "../../../src/catalog/parts/pod/deployment.ts";
import { podOf } from "../../../src/catalog/parts/pod/program.ts";
import { planOffline } from "../../../src/cli/documents/offline.ts";
import { dig, type JsonObject } from "../../../src/model/data/json.ts";
import type { ClusterFacts } from "../../../src/model/run/plan.ts";
import { app, codes, facts, find, goodPlan, planOf } from "../../plan/planned.ts";

const web = (route: JsonObject): JsonObject => ({
  name: "web",
  type: "webservice",
  properties: {
    image: "busybox:1.36",
    ports: [
      { name: "http", port: 80 },
      { name: "admin", port: 9000 },
    ],
  },
  traits: { route },
});
const ingressOnly: ClusterFacts = { ...facts, gateways: [] };
const istioOnly: ClusterFacts = {
  ...facts,
  gateways: [],
  ingressClasses: [],
  kinds: [...facts.kinds, "networking.istio.io/VirtualService"],
  istioGateways: [{ namespace: "istio-ingress", name: "public" }],
};
const bare: ClusterFacts = { ...facts, gateways: [], ingressClasses: [] };
const full = {
  host: "shop.example.com",
  paths: [{ path: "/api" }, { path: "/admin", match: "exact", port: 9000 }],
  requestHeaders: { set: { "X-A": "1" }, add: { "X-B": "2" }, remove: ["X-C"] },
  responseHeaders: { set: { "X-D": "4" } },
  timeout: "1500ms",
};

describe("a route as HTTPRoute", () => {
  it("has a rule for each path, with its headers and its timeout", () => {
    const backend = (port: number): JsonObject => ({ group: "", kind: "Service", name: "web", port, weight: 1 });
    const filters = [
      {
        type: "RequestHeaderModifier",
        requestHeaderModifier: {
          set: [{ name: "X-A", value: "1" }],
          add: [{ name: "X-B", value: "2" }],
          remove: ["X-C"],
        },
      },
      { type: "ResponseHeaderModifier", responseHeaderModifier: { set: [{ name: "X-D", value: "4" }] } },
    ];
    const more = { filters, timeouts: { request: "1500ms" } };
    expect(dig(find(goodPlan(app(web(full))), "HTTPRoute"), "spec")).toMatchObject({
      hostnames: ["shop.example.com"],
      rules: [
        { matches: [{ path: { type: "PathPrefix", value: "/api" } }], backendRefs: [backend(80)], ...more },
        { matches: [{ path: { type: "Exact", value: "/admin" } }], backendRefs: [backend(9000)], ...more },
      ],
    });
  });

  it("belongs to the Gateway that is named", () => {
    const plan = goodPlan(app(web({ gateway: "edge/internal" })));
    expect(dig(find(plan, "HTTPRoute"), "spec", "parentRefs", 0)).toMatchObject({
      namespace: "edge",
      name: "internal",
    });
  });
});

describe("a route as Ingress", () => {
  it("has paths and a certificate", () => {
    const document = app(web({ host: "a.example.com", tls: "cert", paths: [{ path: "/x", match: "exact" }] }));
    const { plan } = planOf(document, { presentOutside: new Set(["Secret/cert"]) });
    if (plan === null) throw new Error("no plan");
    // The cluster has a Gateway too, but only an Ingress can name a certificate.
    expect(dig(find(plan, "Ingress"), "spec")).toMatchObject({
      tls: [{ hosts: ["a.example.com"], secretName: "cert" }],
      rules: [{ host: "a.example.com", http: { paths: [{ path: "/x", pathType: "Exact" }] } }],
    });
  });
});

describe("a route as VirtualService", () => {
  it("is rendered where the cluster has nothing else, the most specific path first", () => {
    const plan = goodPlan(app(web(full)), { facts: istioOnly });
    const destination = (number: number): JsonObject => ({
      host: "web.default.svc.cluster.local",
      port: { number },
    });
    const headers = {
      request: { set: { "X-A": "1" }, add: { "X-B": "2" }, remove: ["X-C"] },
      response: { set: { "X-D": "4" } },
    };
    expect(find(plan, "VirtualService")).toMatchObject({
      apiVersion: "networking.istio.io/v1",
      spec: {
        hosts: ["shop.example.com"],
        gateways: ["istio-ingress/public"],
        http: [
          {
            match: [{ uri: { exact: "/admin" } }],
            route: [{ destination: destination(9000) }],
            timeout: "1.5s",
            headers,
          },
          {
            match: [{ uri: { exact: "/api" } }, { uri: { prefix: "/api/" } }],
            route: [{ destination: destination(80) }],
            timeout: "1.5s",
            headers,
          },
        ],
      },
    });
  });

  it("needs a gateway", () => {
    const none = { ...istioOnly, istioGateways: [] };
    expect(codes(planOf(app(web({})), { facts: none }))).toEqual(["error Required /components/0/traits/route/gateway"]);
    const named = goodPlan(app(web({ gateway: "a/b", kind: "istio" })), { facts: none });
    expect(dig(find(named, "VirtualService"), "spec", "gateways")).toEqual(["a/b"]);
  });
});

describe("a route that the cluster cannot serve", () => {
  it.each<[string, JsonObject, ClusterFacts, string]>([
    [
      "headers of an Ingress",
      { requestHeaders: { remove: ["A"] } },
      ingressOnly,
      "Rule /components/0/traits/route/requestHeaders",
    ],
    ["a timeout of an Ingress", { kind: "ingress", timeout: "1s" }, facts, "Rule /components/0/traits/route/timeout"],
    ["a class of an HTTPRoute", { kind: "gateway", class: "nginx" }, facts, "Rule /components/0/traits/route/class"],
    ["nothing served at all", {}, bare, "NoRouteKind /components/0/traits/route"],
  ])("%s", (_name, route, served, code) => {
    expect(codes(planOf(app(web(route)), { facts: served }))).toEqual([`error ${code}`]);
  });

  it("is refused for paths that are written twice and ports that do not exist", () => {
    expect(codes(planOf(app(web({ path: "/a", paths: [{ path: "/b" }, { path: "/b" }] }))))).toEqual([
      "error Rule /components/0/traits/route/paths",
      "error Rule /components/0/traits/route/paths/1",
    ]);
    expect(codes(planOf(app(web({ paths: [{ path: "/b", port: 1 }] }))))).toEqual([
      "error NotOneOf /components/0/traits/route/paths/0/port",
    ]);
  });
});

describe("components that can have a route or a service", () => {
  const on = (type: string, properties: JsonObject, traits: JsonObject) =>
    codes(planOf(app({ name: "web", type, properties, traits })));
  const image = "busybox:1.36";
  const both = { route: { path: "/" }, service: { type: "NodePort" } };

  it.each<[string, JsonObject]>([
    ["webservice", { image, port: 80 }],
    ["daemon", { image, port: 80 }],
    ["store", { preset: "redis" }],
  ])("a %s that serves a port", (type, properties) => {
    expect(on(type, properties, both)).toEqual([]);
  });

  it("every type that serves a port, including types of plug-ins", () => {
    const page = defineComponent({
      name: "page",
      summary: { en: "A page", zh: "页面" },
      schema: z.strictObject({ port: z.int() }),
      examples: [],
      job: "deploy",
      outputs: (name, { port }) => ({ host: name, port: String(port) }),
      render: ({ port }, context) => ({
        pod: podOf(context.component, { image }, { ports: [{ name: "http", containerPort: port }] }),
        controller: deploymentOf({ name: context.component, replicas: 1, timeout: context.timeout }),
        objects: [],
      }),
    });
    const document = {
      name: "notice",
      components: [{ name: "board", type: "page", properties: { port: 8080 }, traits: { route: { path: "/" } } }],
    };
    const planned = planOffline(
      JSON.stringify(document),
      createCatalog(builtins, { name: "more", components: [page] }),
      "default",
    );
    expect(planned.problems.filter((one) => one.severity === "error")).toEqual([]);
  });

  it("not a worker, a task or something elsewhere", () => {
    const at = (trait: string, code = "TraitNotApplicable"): string => `error ${code} /components/0/traits/${trait}`;
    for (const type of ["worker", "task"]) expect(on(type, { image }, both)).toEqual([at("route"), at("service")]);
    expect(on("external", { host: "db.example.com", port: 5432 }, { route: { path: "/" } })).toEqual([at("route")]);
  });

  it("not a program without a port; an invalid program gets no such problem", () => {
    expect(on("webservice", { image, ports: [] }, both).join()).not.toBe("");
    const broken = on(
      "webservice",
      { image, port: "eighty" },
      { ...both, route: { path: "/a", paths: [{ path: "/b" }] } },
    );
    expect(broken).toEqual(["error Type /components/0/properties/port", "error Rule /components/0/traits/route/paths"]);
  });
});
