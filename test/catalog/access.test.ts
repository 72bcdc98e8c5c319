// Traits about what the pods may do and which peers may reach them: what each renders, and what it refuses.
import { describe, expect, it } from "vitest";
import { dig, type JsonObject } from "../../src/model/data/json.ts";
import type { Plan } from "../../src/model/run/plan.ts";
import { app, codes, find, goodPlan, manifests, planOf } from "../plan/planned.ts";

const web = (traits: JsonObject, more: JsonObject = {}): JsonObject => ({
  name: "web",
  type: "webservice",
  properties: { image: "busybox:1.36", port: 8080, ...more },
  traits,
});
const redis = (traits: JsonObject = {}): JsonObject => ({
  name: "redis",
  type: "store",
  properties: { preset: "redis" },
  traits,
});
const pod = (plan: Plan): unknown => dig(find(plan, "Deployment"), "spec", "template", "spec");
const select = (name: string): JsonObject => ({
  matchLabels: { "kubemin.dev/application": "shop", "kubemin.dev/component": name },
});

type Refusal = readonly [name: string, traits: JsonObject, code: string, pointer: string];
function refuses(cases: readonly Refusal[]): void {
  it.each(cases)("refuses %s", (_name, traits, code, pointer) => {
    expect(codes(planOf(app(redis(), web(traits))))).toContain(`error ${code} /components/1/traits/${pointer}`);
  });
}

describe("security", () => {
  it("is restricted for every container of the pod, in one word", () => {
    const plan = goodPlan(
      app(web({ security: {}, sidecar: [{ name: "side", image: "a" }], init: [{ name: "first", image: "b" }] })),
    );
    expect(dig(pod(plan), "securityContext")).toEqual({
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    });
    const every = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
    expect(dig(pod(plan), "containers")).toMatchObject([{ name: "web", securityContext: every }]);
    expect(dig(pod(plan), "initContainers")).toMatchObject([
      { name: "first", securityContext: every },
      { name: "side", securityContext: every },
    ]);
  });

  it.each<[JsonObject, JsonObject, JsonObject | undefined]>([
    [{ profile: "none" }, {}, {}],
    [{ profile: "baseline" }, { seccompProfile: { type: "RuntimeDefault" } }, {}],
    [
      { profile: "restricted", runAsUser: "image", capabilities: { add: ["NET_BIND_SERVICE"] } },
      { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      { allowPrivilegeEscalation: false, capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] } },
    ],
    [
      { profile: "none", runAsUser: 0, fsGroup: 5, supplementalGroups: [6], readOnlyRootFilesystem: true },
      { runAsUser: 0, fsGroup: 5, fsGroupChangePolicy: "OnRootMismatch", supplementalGroups: [6] },
      { readOnlyRootFilesystem: true },
    ],
  ])("%j", (security, ofPod, ofContainer) => {
    const plan = goodPlan(app(web({ security })));
    expect(dig(pod(plan), "securityContext")).toEqual(ofPod);
    expect(dig(pod(plan), "containers", 0, "securityContext")).toEqual(ofContainer);
  });

  refuses([
    ["root", { security: { runAsUser: 0 } }, "Rule", "security/runAsUser"],
    [
      "more than restricted lets",
      { security: { capabilities: { add: ["CHOWN"] } } },
      "NotOneOf",
      "security/capabilities/add/0",
    ],
    [
      "more than baseline lets",
      { security: { profile: "baseline", capabilities: { add: ["SYS_ADMIN"] } } },
      "NotOneOf",
      "security/capabilities/add/0",
    ],
    ["privileges", { security: { privileged: true } }, "UnknownField", "security/privileged"],
  ]);
});

describe("rbac and serviceAccount", () => {
  const rules = [{ groups: ["apps"], resources: ["deployments"], names: ["web"], verbs: ["get", "patch"] }];

  it("create an account, a role and a binding, and mount a token only then", () => {
    const plan = goodPlan(app(web({ rbac: rules }), redis()));
    expect(manifests(plan).map((one) => `${one.kind}/${one.metadata.name}`)).toEqual([
      "ServiceAccount/web",
      "Role/web",
      "RoleBinding/web",
      "Service/web",
      "Deployment/web",
      "Service/redis-pods",
      "Service/redis",
      "StatefulSet/redis",
    ]);
    expect(pod(plan)).toMatchObject({ serviceAccountName: "web", automountServiceAccountToken: true });
    expect(dig(find(plan, "StatefulSet"), "spec", "template", "spec")).toMatchObject({
      automountServiceAccountToken: false,
    });
    expect(find(plan, "Role")["rules"]).toEqual([
      { apiGroups: ["apps"], resources: ["deployments"], resourceNames: ["web"], verbs: ["get", "patch"] },
    ]);
    expect(find(plan, "RoleBinding")).toMatchObject({
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "web" },
      subjects: [{ kind: "ServiceAccount", name: "web", namespace: "default" }],
    });
  });

  it("share the component's own account", () => {
    const serviceAccount = { annotations: { role: "reader" }, pullSecrets: ["registry"] };
    const { plan, problems } = planOf(app(web({ rbac: rules, serviceAccount }, { pullSecrets: ["other"] })), {
      presentOutside: new Set(["Secret/registry", "Secret/other"]),
    });
    expect(problems).toEqual([]);
    if (plan === null) throw new Error("no plan");
    expect(find(plan, "ServiceAccount").metadata.annotations).toEqual({ role: "reader" });
    expect(dig(pod(plan), "imagePullSecrets")).toEqual([{ name: "other" }, { name: "registry" }]);
  });

  it("conflict when rights are for one account and pods use another: the problem names both", () => {
    const result = planOf(app(web({ rbac: rules, serviceAccount: { use: "default" } })));
    expect(result.problems).toMatchObject([
      {
        code: "TraitConflict",
        params: { first: "trait rbac of web", second: "trait serviceAccount of web", field: "pod.serviceAccountName" },
      },
    ]);
  });

  it("use an existing account, and report when it does not exist", () => {
    const document = app(web({ serviceAccount: { use: "robot", token: true } }));
    expect(codes(planOf(document, { presentOutside: new Set() }))).toEqual([
      "error MissingObject /components/0/traits/serviceAccount/use",
    ]);
    const { plan } = planOf(document, { presentOutside: new Set(["ServiceAccount/robot"]) });
    if (plan === null) throw new Error("no plan");
    expect(pod(plan)).toMatchObject({ serviceAccountName: "robot", automountServiceAccountToken: true });
  });

  refuses([
    ["names for create", { rbac: [{ resources: ["pods"], names: ["a"], verbs: ["create"] }] }, "Rule", "rbac/0/verbs"],
    ["an unknown verb", { rbac: [{ resources: ["pods"], verbs: ["read"] }] }, "NotOneOf", "rbac/0/verbs/0"],
    [
      "annotations of another's account",
      { serviceAccount: { use: "default", annotations: { a: "b" } } },
      "Rule",
      "serviceAccount/annotations",
    ],
  ]);
});

describe("network", () => {
  const DNS = {
    ports: [
      { protocol: "UDP", port: 53 },
      { protocol: "TCP", port: 53 },
    ],
  };

  it("allows no connections except to DNS", () => {
    expect(find(goodPlan(app(web({ network: {} }))), "NetworkPolicy")["spec"]).toEqual({
      podSelector: select("web"),
      policyTypes: ["Ingress", "Egress"],
      egress: [DNS],
    });
  });

  it("allows the connections that are written, with the ports on which pods listen", () => {
    const ports = [{ name: "http", port: 80, containerPort: 8080 }];
    const network = {
      from: [{ components: ["redis"], namespaces: ["gateways"], ports: [80] }],
      to: [
        { components: ["redis"], ports: [6379] },
        { networks: ["10.0.0.0/8", { cidr: "0.0.0.0/0", except: ["10.1.0.0/16"] }] },
      ],
    };
    const component = { name: "web", type: "webservice", properties: { image: "a", ports }, traits: { network } };
    expect(find(goodPlan(app(redis(), component)), "NetworkPolicy")["spec"]).toMatchObject({
      ingress: [
        {
          from: [
            { podSelector: select("redis") },
            { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "gateways" } } },
          ],
          ports: [{ protocol: "TCP", port: 8080 }],
        },
      ],
      egress: [
        DNS,
        { to: [{ podSelector: select("redis") }], ports: [{ protocol: "TCP", port: 6379 }] },
        { to: [{ ipBlock: { cidr: "10.0.0.0/8" } }, { ipBlock: { cidr: "0.0.0.0/0", except: ["10.1.0.0/16"] } }] },
      ],
    });
  });

  it("opens a side with one word", () => {
    expect(find(goodPlan(app(web({ network: { from: "any", to: "any" } }))), "NetworkPolicy")["spec"]).toMatchObject({
      ingress: [{}],
      egress: [{}],
    });
  });

  it("puts components to which it connects first, unless the document orders them the other way round", () => {
    const to = { network: { to: [{ components: ["redis"] }] } };
    expect(goodPlan(app(web(to), redis({ network: { from: [{ components: ["web"] }] } }))).layers).toEqual([
      ["redis"],
      ["web"],
    ]);
    const both = goodPlan(app(web(to), redis({ network: { to: [{ components: ["web"] }] } })));
    expect(both.layers).toHaveLength(2);
    expect(goodPlan(app(web(to), { ...redis(), dependsOn: ["web"] })).layers).toEqual([["web"], ["redis"]]);
  });

  it("warns of a route whose controller is kept out", () => {
    const closed = { network: { from: [{ components: ["redis"] }] }, route: {} };
    expect(codes(planOf(app(redis(), web(closed))))).toEqual(["warning RouteClosed /components/1/traits/network"]);
    const open = { network: { from: [{ namespaces: ["gateways"] }] }, route: {} };
    expect(codes(planOf(app(redis(), web(open))))).toEqual([]);
  });

  refuses([
    [
      "an unknown component",
      { network: { from: [{ components: ["redsi"] }] } },
      "UnknownReference",
      "network/from/0/components/0",
    ],
    ["an empty rule", { network: { from: [{}] } }, "Rule", "network/from/0"],
    [
      "an exception outside",
      { network: { to: [{ networks: [{ cidr: "10.0.0.0/8", except: ["11.0.0.0/16"] }] }] } },
      "Rule",
      "network/to/0/networks/0/except",
    ],
  ]);
});

describe("metadata", () => {
  it("is on every object and on the pods, and kubemin's own stay", () => {
    const metadata = {
      objects: { labels: { team: "a" }, annotations: { note: "b" } },
      pods: { labels: { scrape: "yes" }, annotations: { port: "1" } },
    };
    const plan = goodPlan(app(web({ metadata, disruption: { maxUnavailable: 1 } })));
    for (const one of manifests(plan))
      expect(one.metadata).toMatchObject({
        labels: { team: "a", "kubemin.dev/component": "web" },
        annotations: { note: "b" },
      });
    const template = dig(find(plan, "Deployment"), "spec", "template", "metadata");
    expect(template).toMatchObject({
      labels: { scrape: "yes", "kubemin.dev/component": "web" },
      annotations: { port: "1" },
    });
    expect(template).not.toHaveProperty("labels.team");
  });

  it("restarts nothing when only objects are meant", () => {
    const before = goodPlan(app(web({ metadata: { objects: { labels: { team: "a" } } } })));
    const changed = (metadata: JsonObject): readonly string[] =>
      goodPlan(app(web({ metadata })), { previous: before }).changes.map((one) => `${one.object.kind} ${one.class}`);
    expect(changed({ objects: { labels: { team: "b" } } })).toEqual(["Service in-place", "Deployment in-place"]);
    expect(changed({ objects: { labels: { team: "a" } }, pods: { labels: { x: "y" } } })).toEqual([
      "Service none",
      "Deployment rolling",
    ]);
  });

  refuses([
    [
      "our labels",
      { metadata: { pods: { labels: { "kubemin.dev/component": "x" } } } },
      "Rule",
      "metadata/pods/labels/kubemin.dev~1component",
    ],
    [
      "our annotations",
      { metadata: { objects: { annotations: { "kubemin.dev/content": "x" } } } },
      "Rule",
      "metadata/objects/annotations/kubemin.dev~1content",
    ],
    [
      "a value that is no label",
      { metadata: { objects: { labels: { a: "b c" } } } },
      "Form",
      "metadata/objects/labels/a",
    ],
  ]);
});

describe("service", () => {
  it("changes the component's Service", () => {
    const service = {
      type: "LoadBalancer",
      annotations: { internal: "true" },
      sticky: "1h",
      localTraffic: true,
      sourceRanges: ["10.0.0.0/8"],
    };
    const plan = goodPlan(app(web({ service })));
    expect(find(plan, "Service")).toMatchObject({
      metadata: { annotations: { internal: "true" } },
      spec: {
        type: "LoadBalancer",
        selector: select("web")["matchLabels"],
        ports: [{ port: 8080 }],
        sessionAffinity: "ClientIP",
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 3600 } },
        externalTrafficPolicy: "Local",
        loadBalancerSourceRanges: ["10.0.0.0/8"],
      },
    });
    expect(manifests(plan).filter((one) => one.kind === "Service")).toHaveLength(1);
    expect(dig(find(goodPlan(app(web({ service: { headless: true } }))), "Service"), "spec", "clusterIP")).toBe("None");
  });

  refuses([
    ["a headless load balancer", { service: { type: "LoadBalancer", headless: true } }, "Rule", "service/headless"],
    ["what only load balancers have", { service: { sourceRanges: ["10.0.0.0/8"] } }, "Rule", "service/sourceRanges"],
    ["local traffic inside of the cluster", { service: { localTraffic: true } }, "Rule", "service/localTraffic"],
    ["more than a day", { service: { sticky: "25h" } }, "OutOfRange", "service/sticky"],
  ]);
});
