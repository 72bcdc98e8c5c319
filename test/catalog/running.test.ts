// Traits about how many pods there are, how they are replaced, where they run and how they end: what each renders, and
// what it refuses.
import { describe, expect, it } from "vitest";
import { dig, type Json, type JsonObject } from "../../src/model/data/json.ts";
import type { Plan } from "../../src/model/run/plan.ts";
import { app, codes, find, goodPlan, manifests, planOf } from "../plan/planned.ts";

const web = (traits: JsonObject, more: JsonObject = {}): JsonObject => ({
  name: "web",
  type: "webservice",
  properties: { image: "busybox:1.36", port: 8080, ...more },
  traits,
});
const worker = (traits: JsonObject): JsonObject => ({
  name: "web",
  type: "worker",
  properties: { image: "busybox:1.36" },
  traits,
});
const redis = (traits: JsonObject = {}): JsonObject => ({
  name: "redis",
  type: "store",
  properties: { preset: "redis" },
  traits,
});
const spec = (plan: Plan, kind = "Deployment"): unknown => find(plan, kind)["spec"];
const pod = (plan: Plan): unknown => dig(spec(plan), "template", "spec");
const main = (plan: Plan): unknown => dig(pod(plan), "containers", 0);
const SELECTOR = { matchLabels: { "kubemin.dev/application": "shop", "kubemin.dev/component": "web" } };

type Refusal = readonly [name: string, traits: JsonObject, code: string, pointer: string];
function refuses(cases: readonly Refusal[], component = web): void {
  it.each(cases)("refuses %s", (_name, traits, code, pointer) => {
    expect(codes(planOf(app(redis(), component(traits))))).toContain(`error ${code} /components/1/traits/${pointer}`);
  });
}

describe("gpu", () => {
  it("requires devices as requests and limits, in addition to the trait resources", () => {
    const plan = goodPlan(app(web({ gpu: { count: 2 }, resources: { cpu: 1, limits: { memory: "1Gi" } } })));
    expect(dig(main(plan), "resources")).toEqual({
      requests: { cpu: "1", "nvidia.com/gpu": "2" },
      limits: { memory: "1Gi", "nvidia.com/gpu": "2" },
    });
    expect(dig(pod(plan), "tolerations")).toEqual([
      { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" },
    ]);
    expect(dig(pod(plan), "affinity")).toBeUndefined();
  });

  it("chooses models by the node label of its vendor, together with the nodes of placement", () => {
    const gpu = { count: 1, resource: "amd.com/gpu", product: ["MI300X"], tolerate: false };
    const plan = goodPlan(app(web({ gpu, placement: { nodes: { "kubernetes.io/arch": "amd64" } } })));
    expect(dig(pod(plan), "affinity")).toEqual({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            {
              matchExpressions: [
                { key: "amd.com/gpu.product-name", operator: "In", values: ["MI300X"] },
                { key: "kubernetes.io/arch", operator: "In", values: ["amd64"] },
              ],
            },
          ],
        },
      },
    });
    expect(dig(pod(plan), "tolerations")).toBeUndefined();
  });

  refuses([
    ["no device", { gpu: { count: 0 } }, "OutOfRange", "gpu/count"],
    ["a resource without a domain", { gpu: { count: 1, resource: "gpu" } }, "Form", "gpu/resource"],
  ]);
});

describe("scaling", () => {
  it("sets a number, over the component's own", () => {
    expect(dig(spec(goodPlan(app(web({ scaling: { replicas: 3 } }, { replicas: 1 })))), "replicas")).toBe(3);
  });

  it("leaves the number to the autoscaler in a range: it is not sent", () => {
    const traits = { scaling: { min: 2, max: 5, cpu: 60, memory: 80 }, resources: { cpu: 1, memory: "1Gi" } };
    const plan = goodPlan(app(web(traits)));
    expect(spec(plan)).not.toHaveProperty("replicas");
    const metric = (name: string, averageUtilization: number): JsonObject => ({
      type: "ContainerResource",
      containerResource: { name, container: "web", target: { type: "Utilization", averageUtilization } },
    });
    expect(find(plan, "HorizontalPodAutoscaler")["spec"]).toEqual({
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [metric("cpu", 60), metric("memory", 80)],
    });
    expect(plan.warnings).toEqual([]);
  });

  it("scales a store's StatefulSet, and warns when it cannot compute the utilization", () => {
    const plan = goodPlan(app(redis({ scaling: { max: 3 } })));
    expect(spec(plan, "StatefulSet")).not.toHaveProperty("replicas");
    expect(dig(spec(plan, "HorizontalPodAutoscaler"), "scaleTargetRef", "kind")).toBe("StatefulSet");
    expect(plan.warnings).toMatchObject([
      { code: "ScalingBlind", pointer: "/components/0/traits/scaling", params: { resource: "cpu" } },
    ]);
  });

  it("counts the most pods when they would share a volume of one node", () => {
    const storage = [{ type: "persistent", mountPath: "/data", size: "1" }];
    expect(codes(planOf(app(web({ storage, scaling: { max: 3 }, resources: { cpu: 1 } }))))).toEqual([
      "error VolumeShared /components/0/traits/storage/0",
    ]);
  });

  refuses([
    ["a number and a range", { scaling: { replicas: 1, max: 3 } }, "Rule", "scaling/replicas"],
    ["a range without an end", { scaling: { min: 2 } }, "Required", "scaling"],
    ["nothing", { scaling: {} }, "Required", "scaling"],
    ["a range from above", { scaling: { min: 4, max: 3 } }, "OutOfRange", "scaling/min"],
  ]);
});

describe("rollout", () => {
  it("sets how a Deployment rolls", () => {
    const rollout = { maxSurge: "50%", maxUnavailable: 1, minReady: "1500ms", deadline: "3m", pause: true };
    expect(spec(goodPlan(app(web({ rollout }))))).toMatchObject({
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "50%", maxUnavailable: 1 } },
      minReadySeconds: 2,
      progressDeadlineSeconds: 180,
      paused: true,
    });
  });

  it("sets the partition of a store, and leaves the rest to the component", () => {
    const rolled = spec(goodPlan(app(redis({ rollout: { partition: 2 } }))), "StatefulSet");
    expect(rolled).toMatchObject({ updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } } });
    expect(rolled).not.toHaveProperty("strategy");
  });

  refuses([
    ["a partition of a Deployment", { rollout: { partition: 1 } }, "Rule", "rollout/partition"],
    ["a roll that cannot move", { rollout: { maxSurge: 0 } }, "Rule", "rollout"],
  ]);

  it("refuses fields that the component's update sets already", () => {
    const update = { strategy: "recreate" };
    expect(codes(planOf(app(web({ rollout: { maxSurge: 2 } }, { update }))))).toEqual([
      "error Rule /components/0/traits/rollout",
    ]);
    expect(codes(planOf(app(web({ rollout: { deadline: "1m" } }, { update }))))).toEqual([]);
  });
});

describe("lifecycle", () => {
  it.each<[JsonObject, JsonObject]>([
    [{ sleep: "10s" }, { sleep: { seconds: 10 } }],
    [{ exec: ["./drain"] }, { exec: { command: ["./drain"] } }],
    [{ http: { path: "/bye" } }, { httpGet: { path: "/bye", port: 8080, scheme: "HTTP" } }],
  ])("preStop %j", (preStop, rendered) => {
    const plan = goodPlan(app(web({ lifecycle: { grace: "90s", preStop } })));
    expect(dig(main(plan), "lifecycle")).toEqual({ preStop: rendered });
    expect(dig(pod(plan), "terminationGracePeriodSeconds")).toBe(90);
  });

  refuses([
    [
      "a sleep that fills the grace",
      { lifecycle: { grace: "5s", preStop: { sleep: "5s" } } },
      "Rule",
      "lifecycle/preStop/sleep",
    ],
    ["a grace shorter than the usual goodbye", { lifecycle: { grace: "3s" } }, "Rule", "lifecycle/grace"],
    ["two actions", { lifecycle: { preStop: { sleep: 1, exec: ["a"] } } }, "Rule", "lifecycle/preStop"],
  ]);
  refuses(
    [
      [
        "a request to a port that there is not",
        { lifecycle: { preStop: { http: {} } } },
        "Required",
        "lifecycle/preStop/http",
      ],
    ],
    worker,
  );
});

describe("disruption", () => {
  it("renders a budget for the component's pods", () => {
    const plan = goodPlan(app(web({ disruption: { maxUnavailable: 1 } }, { replicas: 2 })));
    expect(find(plan, "PodDisruptionBudget")).toMatchObject({ apiVersion: "policy/v1", metadata: { name: "web" } });
    expect(spec(plan, "PodDisruptionBudget")).toEqual({
      maxUnavailable: 1,
      selector: SELECTOR,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    });
    expect(plan.warnings).toEqual([]);
  });

  it.each<[JsonObject, JsonObject, boolean]>([
    [{ minAvailable: 1 }, { scaling: { replicas: 1 } }, true],
    [{ minAvailable: "50%" }, { scaling: { replicas: 1 } }, true],
    [{ minAvailable: "50%" }, { scaling: { replicas: 2 } }, false],
    [{ maxUnavailable: 0 }, { scaling: { replicas: 5 } }, true],
    [{ maxUnavailable: "10%" }, { scaling: { replicas: 2 } }, false],
    [{ minAvailable: 2 }, { scaling: { min: 2, max: 9 }, resources: { cpu: 1 } }, true],
    [{ minAvailable: 2 }, { scaling: { min: 3, max: 9 }, resources: { cpu: 1 } }, false],
    [{ minAvailable: 1 }, { scaling: { replicas: 0 } }, false],
  ])("%j with %j stops every drain: %s", (disruption, more, warned) => {
    const { warnings } = goodPlan(app(web({ disruption, ...more })));
    expect(warnings.map((one) => one.code)).toEqual(warned ? ["NoEviction"] : []);
  });

  refuses([
    ["both", { disruption: { minAvailable: 1, maxUnavailable: 1 } }, "Rule", "disruption"],
    ["neither", { disruption: {} }, "Rule", "disruption"],
  ]);
});

describe("placement", () => {
  const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
  const near = (name: string): Json => ({
    labelSelector: { matchLabels: { "kubemin.dev/application": "shop", "kubemin.dev/component": name } },
    topologyKey: "kubernetes.io/hostname",
  });

  it("asks for nodes, neighbours and distance, without ordering the components", () => {
    const placement = {
      nodes: { disk: ["ssd"] },
      prefer: { zone: "a" },
      apart: ["redis"],
      onePerHost: true,
      priorityClass: "high",
    };
    const plan = goodPlan(app(redis({ placement: { apart: ["web"] } }), web({ placement })));
    expect(dig(pod(plan), "affinity")).toEqual({
      nodeAffinity: {
        [REQUIRED]: { nodeSelectorTerms: [{ matchExpressions: [{ key: "disk", operator: "In", values: ["ssd"] }] }] },
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 50, preference: { matchExpressions: [{ key: "zone", operator: "In", values: ["a"] }] } },
        ],
      },
      podAntiAffinity: { [REQUIRED]: [near("redis"), near("web")] },
    });
    expect(dig(pod(plan), "priorityClassName")).toBe("high");
    expect(plan.layers).toEqual([["redis", "web"]]);
  });

  it("spreads over hosts, zones and any label", () => {
    const spread = ["hosts", { over: "zones", maxSkew: 2, strict: true }, { over: "example.com/rack" }];
    const rules = dig(pod(goodPlan(app(web({ placement: { spread } })))), "topologySpreadConstraints");
    expect(rules).toEqual([
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: SELECTOR,
      },
      {
        maxSkew: 2,
        topologyKey: "topology.kubernetes.io/zone",
        whenUnsatisfiable: "DoNotSchedule",
        labelSelector: SELECTOR,
      },
      { maxSkew: 1, topologyKey: "example.com/rack", whenUnsatisfiable: "ScheduleAnyway", labelSelector: SELECTOR },
    ]);
  });

  it("adds its tolerations to those of gpu", () => {
    const tolerations = [{ key: "a", value: "b", effect: "NoExecute", seconds: 5 }, { operator: "Exists" }];
    expect(dig(pod(goodPlan(app(web({ gpu: { count: 1 }, placement: { tolerations } })))), "tolerations")).toEqual([
      { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" },
      { key: "a", operator: "Equal", value: "b", effect: "NoExecute", tolerationSeconds: 5 },
      { operator: "Exists" },
    ]);
  });

  refuses([
    ["together and apart", { placement: { together: ["redis"], apart: ["redis"] } }, "Rule", "placement/apart/0"],
    ["an unknown neighbour", { placement: { apart: ["redsi"] } }, "UnknownReference", "placement/apart/0"],
    ["a rule twice", { placement: { spread: ["hosts", { over: "hosts" }] } }, "Rule", "placement/spread/1"],
    [
      "a value for Exists",
      { placement: { tolerations: [{ key: "a", operator: "Exists", value: "b" }] } },
      "Rule",
      "placement/tolerations/0/value",
    ],
    ["Equal without a key", { placement: { tolerations: [{ value: "b" }] } }, "Rule", "placement/tolerations/0/key"],
    [
      "seconds of NoSchedule",
      { placement: { tolerations: [{ key: "a", effect: "NoSchedule", seconds: 1 }] } },
      "Rule",
      "placement/tolerations/0/seconds",
    ],
  ]);
});

describe("NFS", () => {
  it("mounts a folder of a server, and renders no object", () => {
    const item = { type: "nfs", mountPath: "/media", server: "nas", path: "/exports", readOnly: true };
    const plan = goodPlan(app(web({ storage: [item] })));
    expect(dig(pod(plan), "volumes")).toEqual([
      { name: "media", nfs: { server: "nas", path: "/exports", readOnly: true } },
    ]);
    expect(dig(main(plan), "volumeMounts")).toEqual([{ name: "media", mountPath: "/media", readOnly: true }]);
    expect(manifests(plan).map((one) => one.kind)).toEqual(["Service", "Deployment"]);
  });
});
