// Verdicts on network and storage kinds: Service, Ingress, HTTPRoute, PersistentVolumeClaim.
import { describe, expect, it } from "vitest";
import { statusOf } from "../../../../src/kube/judge/status/table.ts";
import type { JsonObject } from "../../../../src/model/data/json.ts";
import type { Manifest } from "../../../../src/model/kubernetes/manifest.ts";
import { object, type ViewGiven, view, warning } from "../../fixtures.ts";

type Case = readonly [name: string, subject: Manifest, given: ViewGiven, state: string, code: string];

function check(cases: readonly Case[]): void {
  it.each(cases)("%s", (_name, subject, given, state, code) => {
    const finding = statusOf({ object: subject, generation: 1, view: view(given) });
    expect([finding.state, finding.reason.code]).toEqual([state, code]);
  });
}

const service = (spec: JsonObject = {}, status: JsonObject = {}): Manifest =>
  object({ kind: "Service", spec: { selector: { app: "web" }, ports: [{ name: "http", port: 80 }], ...spec }, status });
const slice = (ready: boolean, ports: readonly string[] = ["http"]): Manifest =>
  object({
    kind: "EndpointSlice",
    metadata: { labels: { "kubernetes.io/service-name": "web" } },
    more: { endpoints: [{ conditions: { ready } }], ports: ports.map((name) => ({ name })) },
  });
const target = (replicas: number): Manifest =>
  object({ kind: "Deployment", spec: { replicas, template: { metadata: { labels: { app: "web" } } } } });

const paused = object({
  kind: "Deployment",
  spec: { replicas: 1, paused: true, template: { metadata: { labels: { app: "web" } } } },
});

describe("Service", () => {
  check([
    ["somebody answers", service(), { objects: [slice(true)] }, "ready", "Ready"],
    ["nobody yet", service(), { objects: [slice(false)] }, "progressing", "EndpointsPending"],
    ["not on every port", service(), { objects: [slice(true, ["other"])] }, "progressing", "EndpointsPending"],
    ["without selector", service({ selector: {} }), {}, "ready", "Ready"],
    ["ExternalName", service({ type: "ExternalName" }), {}, "ready", "Ready"],
    ["corpus: target has 0 replicas", service(), { objects: [target(0)] }, "ready", "Ready"],
    ["target has replicas", service(), { objects: [target(1)] }, "progressing", "EndpointsPending"],
    [
      "corpus: LoadBalancer pending",
      service({ type: "LoadBalancer" }),
      { objects: [slice(true)] },
      "progressing",
      "AddressPending",
    ],
    [
      "LoadBalancer refused",
      service({ type: "LoadBalancer" }),
      {
        objects: [slice(true)],
        events: { "Service-uid": [warning("SyncLoadBalancerFailed", "no quota", "Service/web")] },
      },
      "blocked",
      "RefusedByServer",
    ],
    [
      "LoadBalancer with address",
      service({ type: "LoadBalancer" }, { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } }),
      { objects: [slice(true)] },
      "ready",
      "Ready",
    ],
    ["corpus: target was paused before its first pod", service(), { objects: [paused] }, "ready", "Ready"],
  ]);

  it("tells the address of its load balancer", () => {
    const balanced = service({ type: "LoadBalancer" }, { loadBalancer: { ingress: [{ hostname: "lb.example.com" }] } });
    const finding = statusOf({ object: balanced, generation: 1, view: view({ objects: [slice(true)] }) });
    expect(finding.facts).toEqual({ address: "lb.example.com:80" });
  });
});

describe("HorizontalPodAutoscaler", () => {
  it("is never waited for, and tells what keeps it from working", () => {
    const condition = {
      type: "ScalingActive",
      status: "False",
      reason: "FailedGetResourceMetric",
      message: "no metrics",
    };
    const autoscaler = object({
      kind: "HorizontalPodAutoscaler",
      apiVersion: "autoscaling/v2",
      status: { conditions: [condition] },
    });
    expect(statusOf({ object: autoscaler, generation: 1, view: view() })).toMatchObject({
      state: "ready",
      evidence: [{ text: "ScalingActive=False FailedGetResourceMetric: no metrics" }],
    });
  });
});

const ingress = (status: JsonObject, spec: JsonObject = {}): Manifest =>
  object({ kind: "Ingress", apiVersion: "networking.k8s.io/v1", spec, status });

describe("Ingress", () => {
  it("waits for its address, but not for ever (corpus: Ingress without address)", () => {
    const finding = statusOf({ object: ingress({}), generation: 1, view: view() });
    expect(finding).toMatchObject({
      state: "progressing",
      reason: { code: "AddressPending" },
      turns: { after: 30_000, into: "ready" },
    });
  });

  it.each<[string, JsonObject, JsonObject, string]>([
    ["published address", { ip: "192.0.2.1" }, {}, "http://192.0.2.1"],
    ["published port", { hostname: "lb.example.com", ports: [{ port: 8080 }] }, {}, "http://lb.example.com:8080"],
    [
      "host of the rule",
      { ip: "192.0.2.1" },
      { rules: [{ host: "shop.example.com" }], tls: [{}] },
      "https://shop.example.com",
    ],
  ])("tells its %s", (_name, published, spec, address) => {
    const finding = statusOf({
      object: ingress({ loadBalancer: { ingress: [published] } }, spec),
      generation: 1,
      view: view(),
    });
    expect(finding.facts).toEqual({ address });
  });
});

const PARENT = { name: "public", namespace: "gateways" };
const route = (conditions: readonly JsonObject[] | null, spec: JsonObject = {}): Manifest =>
  object({
    kind: "HTTPRoute",
    apiVersion: "gateway.networking.k8s.io/v1",
    spec: { parentRefs: [PARENT], ...spec },
    status: { parents: conditions === null ? [] : [{ parentRef: PARENT, conditions }] },
  });
const gateway = object({
  kind: "Gateway",
  apiVersion: "gateway.networking.k8s.io/v1",
  name: "public",
  spec: { listeners: [{ name: "web", port: 8080, protocol: "HTTP" }] },
  status: { addresses: [{ value: "192.0.2.7" }] },
});
const others = { "Gateway/public": gateway };
const yes = (type: string, observedGeneration = 1): JsonObject => ({ type, status: "True", observedGeneration });

describe("HTTPRoute", () => {
  check([
    ["accepted and resolved", route([yes("Accepted"), yes("ResolvedRefs")]), { others }, "ready", "Ready"],
    ["the Gateway is being read", route([yes("Accepted"), yes("ResolvedRefs")]), {}, "progressing", "AddressPending"],
    ["nobody spoke yet", route(null), { others }, "progressing", "AddressPending"],
    [
      "accepted, but an older generation",
      route([yes("Accepted", 0), yes("ResolvedRefs", 0)]),
      { others },
      "progressing",
      "Starting",
    ],
    [
      "backend missing",
      route([
        yes("Accepted"),
        { type: "ResolvedRefs", status: "False", reason: "BackendNotFound", observedGeneration: 1 },
      ]),
      { others },
      "blocked",
      "RouteRefused",
    ],
  ]);

  it.each<[string, JsonObject, string]>([
    ["of its Gateway", {}, "http://192.0.2.7:8080"],
    ["of its host name", { hostnames: ["shop.example.com"] }, "http://shop.example.com:8080"],
  ])("tells the address %s", (_name, spec, address) => {
    const finding = statusOf({
      object: route([yes("Accepted"), yes("ResolvedRefs")], spec),
      generation: 1,
      view: view({ others }),
    });
    expect(finding.facts).toEqual({ address });
  });
});

const claim = (phase: string, storageClassName = "standard"): Manifest =>
  object({ kind: "PersistentVolumeClaim", spec: { storageClassName }, status: { phase } });
const storageClass = (volumeBindingMode: string): Manifest =>
  object({ kind: "StorageClass", apiVersion: "storage.k8s.io/v1", more: { volumeBindingMode } });

describe("PersistentVolumeClaim", () => {
  check([
    ["bound", claim("Bound"), {}, "ready", "Ready"],
    ["lost", claim("Lost"), {}, "failed", "VolumeLost"],
    [
      "corpus: waits for its first consumer",
      claim("Pending"),
      { others: { "StorageClass/standard": storageClass("WaitForFirstConsumer") } },
      "ready",
      "Ready",
    ],
    [
      "binds at once, soon",
      claim("Pending"),
      { others: { "StorageClass/standard": storageClass("Immediate") } },
      "progressing",
      "VolumePending",
    ],
    ["no such class", claim("Pending"), { others: { "StorageClass/standard": null } }, "blocked", "VolumeBlocked"],
    [
      "cannot be provisioned",
      claim("Pending"),
      {
        events: {
          "PersistentVolumeClaim-uid": [warning("ProvisioningFailed", "no space", "PersistentVolumeClaim/web")],
        },
      },
      "blocked",
      "VolumeBlocked",
    ],
  ]);
});
