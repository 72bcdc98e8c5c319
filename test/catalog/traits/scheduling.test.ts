import { describe, expect, it } from "vitest";
import { dig, type JsonObject } from "../../../src/model/data/json.ts";
import { explainProblem } from "../../../src/model/problems/problem.ts";
import { app, codes, facts, find, goodPlan, planOf } from "../../plan/planned.ts";

const component = (type: string, traits: JsonObject, properties: JsonObject = {}): JsonObject => ({
  name: "train",
  type,
  properties: { image: "busybox:1.36", ...properties },
  traits,
});
const task = (traits: JsonObject, properties: JsonObject = {}) => component("task", traits, properties);
const sentences = (document: JsonObject): readonly string[] =>
  planOf(document).problems.map((one) => explainProblem(one, "en").message);

describe("queue", () => {
  const QUEUE = { "kueue.x-k8s.io/queue-name": "main", "kueue.x-k8s.io/priority-class": "research" };
  const kueue = { queue: { kueue: "main", priorityClass: "research" } };

  // https://kueue.sigs.k8s.io/docs/tasks/run/: jobs, deployments, statefulsets
  it.each([
    ["task", "Job", {}],
    ["worker", "Deployment", {}],
    ["webservice", "Deployment", { port: 8080 }],
    ["store", "StatefulSet", {}],
  ])("of Kueue: the label is on the object of a %s that runs the pods, and nowhere else", (type, kind, properties) => {
    const plan = goodPlan(app(component(type, kueue, properties)));
    const manifests = plan.jobs.flatMap((job) => job.objects.map((one) => one.manifest));
    expect(dig(find(plan, kind), "metadata", "labels")).toMatchObject(QUEUE);
    expect(dig(find(plan, kind), "spec", "template", "metadata", "labels")).not.toHaveProperty(
      "kueue.x-k8s.io/queue-name",
    );
    expect(manifests.filter((one) => one.metadata.labels?.["kueue.x-k8s.io/queue-name"] !== undefined)).toHaveLength(1);
  });

  it("of Kueue: a cron hands the label to the Jobs that it creates", () => {
    const cron = find(goodPlan(app(component("cron", kueue, { schedule: "@daily" }))), "CronJob");
    expect(dig(cron, "spec", "jobTemplate", "metadata", "labels")).toMatchObject(QUEUE);
    expect(dig(cron, "metadata", "labels")).not.toHaveProperty("kueue.x-k8s.io/queue-name");
  });

  it("of Kueue: another queue does not run a task again", () => {
    const name = (queue: string) => find(goodPlan(app(task({ queue: { kueue: queue } }))), "Job").metadata.name;
    expect(name("main")).toBe(name("other"));
  });

  it("of Volcano: the scheduler, the queue on the pods, and all pods of a gang together", () => {
    const job = find(goodPlan(app(task({ queue: { volcano: "team-a", priorityClass: "high" } }, { pods: 4 }))), "Job");
    expect(dig(job, "metadata", "annotations")).toMatchObject({ "scheduling.volcano.sh/group-min-member": "4" });
    expect(dig(job, "spec", "template", "metadata", "annotations")).toEqual({
      "scheduling.volcano.sh/queue-name": "team-a",
    });
    expect(dig(job, "spec", "template", "spec")).toMatchObject({ schedulerName: "volcano", priorityClassName: "high" });
  });

  it("is one queue, of something that can wait", () => {
    expect(codes(planOf(app(task({ queue: {} }))))).toEqual(["error Rule /components/0/traits/queue"]);
    const both = task({ queue: { kueue: "a", volcano: "b" } });
    expect(codes(planOf(app(both)))).toEqual(["error Rule /components/0/traits/queue"]);
    const daemon = component("daemon", { queue: { kueue: "a" } });
    expect(codes(planOf(app(daemon)))).toEqual(["error Rule /components/0/traits/queue/kueue"]);
  });

  it("conflicts with another queue and another scheduler, and both traits are named", () => {
    const metadata = { objects: { labels: { "kueue.x-k8s.io/queue-name": "other" } } };
    expect(sentences(app(task({ queue: { kueue: "main" }, metadata })))).toEqual([
      expect.stringMatching(/trait metadata of train.*trait queue of train.*queue-name/),
    ]);
    expect(codes(planOf(app(task({ queue: { kueue: "other" }, metadata }))))).toEqual([]);
    const placement = { scheduler: "hami-scheduler" };
    expect(sentences(app(task({ queue: { volcano: "team-a" }, placement })))).toEqual([
      expect.stringMatching(/trait placement of train.*trait queue of train.*schedulerName/),
    ]);
    const gpu = { middleware: "volcano", memory: "1Gi" };
    expect(codes(planOf(app(task({ queue: { volcano: "team-a" }, gpu }))))).toEqual([]);
    expect(codes(planOf(app(task({ gpu, placement }))))).toEqual([
      "error TraitConflict /components/0/traits/placement",
    ]);
  });

  it("a scheduler can be named without a queue", () => {
    const job = find(goodPlan(app(task({ placement: { scheduler: "hami-scheduler" } }))), "Job");
    expect(dig(job, "spec", "template", "spec", "schedulerName")).toBe("hami-scheduler");
  });
});

describe("devices", () => {
  const large = "device.capacity['gpu.nvidia.com'].memory.compareTo(quantity('40Gi')) >= 0";
  const devices = [
    { class: "gpu.nvidia.com", count: 2, selectors: [large], tolerations: [{ key: "example.com/worn" }] },
    { name: "nic", class: "nic.example.com", all: true },
    { claim: "shared" },
    { name: "fast", template: "disks" },
  ];

  it("become a template of the component, from which each pod of a gang gets a claim of its own", () => {
    const plan = goodPlan(app(task({ devices }, { pods: 3 })));
    const template = find(plan, "ResourceClaimTemplate");
    expect(template.apiVersion).toBe("resource.k8s.io/v1");
    expect(template["spec"]).toEqual({
      spec: {
        devices: {
          requests: [
            {
              name: "device-0",
              exactly: {
                deviceClassName: "gpu.nvidia.com",
                allocationMode: "ExactCount",
                count: 2,
                selectors: [{ cel: { expression: large } }],
                tolerations: [{ key: "example.com/worn", operator: "Exists" }],
              },
            },
            { name: "nic", exactly: { deviceClassName: "nic.example.com", allocationMode: "All" } },
          ],
        },
      },
    });
    const pod = dig(find(plan, "Job"), "spec", "template", "spec");
    expect(dig(pod, "resourceClaims")).toEqual([
      { name: "devices", resourceClaimTemplateName: template.metadata.name },
      { name: "claim-0", resourceClaimName: "shared" },
      { name: "fast", resourceClaimTemplateName: "disks" },
    ]);
    expect(dig(pod, "containers", 0, "resources")).toEqual({
      claims: [{ name: "devices" }, { name: "claim-0" }, { name: "fast" }],
    });
    const kinds = plan.jobs.flatMap((job) => job.objects.map((one) => one.manifest.kind));
    expect(kinds.indexOf("ResourceClaimTemplate")).toBeLessThan(kinds.indexOf("Job"));
  });

  it("stand next to amounts and limits of other traits", () => {
    const traits = { devices: [{ class: "a" }], resources: { cpu: 1 }, gpu: {} };
    const job = find(goodPlan(app(task(traits))), "Job");
    expect(dig(job, "spec", "template", "spec", "containers", 0, "resources")).toEqual({
      claims: [{ name: "devices" }],
      requests: { cpu: "1", "nvidia.com/gpu": "1" },
      limits: { "nvidia.com/gpu": "1" },
    });
  });

  it("that changed are another template, because the spec of one can never be changed", () => {
    const name = (count: number) =>
      find(goodPlan(app(task({ devices: [{ class: "a", count }] }))), "ResourceClaimTemplate").metadata.name;
    expect(name(1)).not.toBe(name(2));
    expect(name(1)).toBe(name(1));
  });

  it("use the version of the API that the cluster has", () => {
    const served = (...apiVersions: string[]) =>
      find(
        goodPlan(app(task({ devices: [{ class: "a" }] })), { facts: { ...facts, apiVersions } }),
        "ResourceClaimTemplate",
      ).apiVersion;
    expect(served("v1", "resource.k8s.io/v1beta2")).toBe("resource.k8s.io/v1beta2");
    expect(served("v1", "resource.k8s.io/v1", "resource.k8s.io/v1beta2")).toBe("resource.k8s.io/v1");
  });

  it("that contradict themselves are refused, all at once", () => {
    const wrong = [
      { class: "a", claim: "b" },
      {},
      { claim: "c", count: 2, selectors: ["true"] },
      { class: "d", count: 1, all: true, name: "x" },
      { class: "e", name: "x" },
    ];
    const at = (place: string) => `error Rule /components/0/traits/devices${place}`;
    expect(codes(planOf(app(task({ devices: wrong })))).toSorted()).toEqual(
      [
        at("/0/claim"),
        at("/1"),
        at("/2/count"),
        at("/2/selectors"),
        at("/3/all"),
        "error DuplicateName /components/0/traits/devices/4/name",
      ].toSorted(),
    );
    expect(codes(planOf(app(task({ devices: [{ class: "a", count: 0 }] }))))).toEqual([
      "error OutOfRange /components/0/traits/devices/0/count",
    ]);
  });
});

describe("nodes that cannot exist", () => {
  const PRODUCT = "nvidia.com/gpu.product";
  const nodes = (value: string | readonly string[]) => ({ placement: { nodes: { [PRODUCT]: value } } });

  it("are found between a model, a model to avoid and node labels", () => {
    const at = ["error NodesApart /components/0/traits/placement"];
    expect(codes(planOf(app(task({ gpu: { product: "T4" }, ...nodes("A100") }))))).toEqual(at);
    expect(codes(planOf(app(task({ gpu: { avoid: ["T4", "A10"] }, ...nodes(["A10", "T4"]) }))))).toEqual(at);
    expect(codes(planOf(app(task({ gpu: { avoid: "T4" }, ...nodes(["A10", "T4"]) }))))).toEqual([]);
    expect(sentences(app(task({ gpu: { avoid: "T4" }, ...nodes("T4") })))).toEqual([
      `trait gpu of train and trait placement of train ask for different nodes: ${PRODUCT} cannot be both ≠ T4 and T4`,
    ]);
  });

  it.each([
    [
      "In and NotIn",
      [
        { operator: "In", values: ["a"] },
        { operator: "NotIn", values: ["a", "b"] },
      ],
      true,
    ],
    [
      "three together",
      [
        { operator: "In", values: ["a", "b"] },
        { operator: "NotIn", values: ["a"] },
        { operator: "NotIn", values: ["b"] },
      ],
      true,
    ],
    ["Exists and DoesNotExist", [{ operator: "Exists" }, { operator: "DoesNotExist" }], true],
    ["a value and a missing label", [{ operator: "In", values: ["a"] }, { operator: "DoesNotExist" }], true],
    [
      "bounds without a number between",
      [
        { operator: "Gt", values: ["4"] },
        { operator: "Lt", values: ["5"] },
      ],
      true,
    ],
    [
      "bounds with a number between",
      [
        { operator: "Gt", values: ["4"] },
        { operator: "Lt", values: ["6"] },
      ],
      false,
    ],
    [
      "a number below the bound",
      [
        { operator: "In", values: ["4"] },
        { operator: "Gt", values: ["4"] },
      ],
      true,
    ],
    ["NotIn without the label", [{ operator: "NotIn", values: ["a"] }, { operator: "DoesNotExist" }], false],
    [
      "an operator of tomorrow",
      [
        { operator: "Near", values: ["a"] },
        { operator: "In", values: ["a"] },
      ],
      false,
    ],
  ])("are found in objects that the user wrote out: %s", (_name, wishes, isImpossible) => {
    const matchExpressions = wishes.map((one) => ({ key: "example.com/x", ...one }));
    const required = { nodeSelectorTerms: [{ matchExpressions }] };
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
    const pod = { containers: [{ name: "a", image: "busybox" }], restartPolicy: "Never", affinity };
    const job = { apiVersion: "batch/v1", kind: "Job", metadata: { name: "raw" }, spec: { template: { spec: pod } } };
    const { problems } = planOf(app({ name: "raw", type: "objects", properties: { objects: [job] } }));
    const told = problems.map((one) => `${one.severity} ${one.code} ${one.pointer}`);
    expect(told).toEqual(isImpossible ? ["warning NoSuchNode /components/0"] : []);
  });

  it("a node selector counts, and alternatives are left to the scheduler", () => {
    const term = (value: string) => ({ matchExpressions: [{ key: "x", operator: "In", values: [value] }] });
    const told = (...values: readonly string[]) => {
      const required = { nodeSelectorTerms: values.map(term) };
      const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
      const pod = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "raw" },
        spec: { nodeSelector: { x: "a" }, affinity },
      };
      return codes(planOf(app({ name: "raw", type: "objects", properties: { objects: [pod] } })));
    };
    expect(told("b")).toEqual(["warning NoSuchNode /components/0"]);
    expect(told("b", "a")).toEqual([]);
    expect(told("a")).toEqual([]);
  });
});
