// A plan is refused when its pods name a class, a claim or a queue that the cluster does not have, and the nearest name
// that exists is shown.
import { describe, expect, it } from "vitest";
import { missingNames } from "../../../src/engine/planning/missingNames.ts";
import type { PreflightInput } from "../../../src/engine/planning/preflight.ts";
import type { JsonObject } from "../../../src/model/data/json.ts";
import type { Manifest, ObjectRef } from "../../../src/model/kubernetes/manifest.ts";
import { explainProblem } from "../../../src/model/problems/problem.ts";
import type { ClusterFacts } from "../../../src/model/run/plan.ts";

const KINDS = [
  "node.k8s.io/RuntimeClass",
  "scheduling.k8s.io/PriorityClass",
  "resource.k8s.io/ResourceClaimTemplate",
  "resource.k8s.io/ResourceClaim",
  "resource.k8s.io/DeviceClass",
  "storage.k8s.io/StorageClass",
];

const named = (kind: string, name: string, more: JsonObject = {}): Manifest => ({
  apiVersion: "v1",
  kind,
  metadata: { name, namespace: "" },
  ...more,
});

const job = (spec: JsonObject, labels: Readonly<Record<string, string>> = {}): Manifest => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "train", namespace: "team", labels },
  spec: { template: { spec: { containers: [], ...spec } } },
});

const claims = (deviceClassName: string): JsonObject => ({
  spec: { spec: { devices: { requests: [{ name: "gpu", exactly: { deviceClassName } }] } } },
});

/** The sentences about objects on a cluster that has these others. */
async function told(
  planned: readonly Manifest[],
  there: readonly Manifest[],
  kinds = KINDS,
): Promise<readonly string[]> {
  const cluster = {
    name: "prod",
    kind: "kubernetes",
    read: (ref: ObjectRef) =>
      Promise.resolve(there.find((one) => one.kind === ref.kind && one.metadata.name === ref.name) ?? null),
    list: (ref: Omit<ObjectRef, "name">) => Promise.resolve(there.filter(({ kind }) => kind === ref.kind)),
  };
  const plan = { jobs: [{ component: "train", objects: planned.map((manifest) => ({ manifest })) }] };
  const application = { components: [{ name: "train", pointer: "/components/0" }] };
  // The function uses only these fields.
  const target = { cluster, plan, application } as unknown as PreflightInput;
  const facts = { kinds } as unknown as ClusterFacts;
  const found = await missingNames(target, facts, new AbortController().signal);
  return found.map((one) => {
    const { message, hint } = explainProblem(one, "en");
    return `${one.severity} ${one.pointer} ${message} · ${hint}`;
  });
}

describe("names in a plan", () => {
  it("that the cluster does not have are refused, with the nearest that exists", async () => {
    expect(await told([job({ runtimeClassName: "nvidai" })], [named("RuntimeClass", "nvidia")])).toEqual([
      "refused /components/0 Job/train names RuntimeClass nvidai, which cluster prod does not have · did you mean nvidia? it has: nvidia",
    ]);
    const classes = [named("PriorityClass", "urgent"), named("PriorityClass", "low")];
    expect((await told([job({ priorityClassName: "urgnt" })], classes))[0]).toContain("did you mean urgent?");
    expect(await told([job({ priorityClassName: "low" })], classes)).toEqual([]);
  });

  it("are looked for in the claims that a pod names, too", async () => {
    const pod = job({ resourceClaims: [{ name: "gpu", resourceClaimTemplateName: "one-gpu" }] });
    const template = named("ResourceClaimTemplate", "one-gpu", claims("gpu.nvidia.co"));
    const device = named("DeviceClass", "gpu.nvidia.com");
    expect(await told([pod], [template, device])).toEqual([
      "refused /components/0 Job/train names DeviceClass gpu.nvidia.co, which cluster prod does not have · did you mean gpu.nvidia.com? it has: gpu.nvidia.com",
    ]);
    expect((await told([pod], [device]))[0]).toContain("names ResourceClaimTemplate one-gpu");
    expect(await told([pod], [named("ResourceClaimTemplate", "one-gpu", claims("gpu.nvidia.com")), device])).toEqual(
      [],
    );
  });

  it("that the plan itself creates are present", async () => {
    const priority: Manifest = { ...named("PriorityClass", "mine"), apiVersion: "scheduling.k8s.io/v1" };
    expect(await told([job({ priorityClassName: "mine" }), priority], [])).toEqual([]);
  });

  it("of a queue count only where the cluster has queues", async () => {
    const queued = job({}, { "kueue.x-k8s.io/queue-name": "mian" });
    expect(await told([queued], [])).toEqual([]);
    const kinds = [...KINDS, "kueue.x-k8s.io/LocalQueue"];
    expect((await told([queued], [named("LocalQueue", "main")], kinds))[0]).toContain("did you mean main?");
  });

  it("of a storage class are only a warning, and none where a volume has that class", async () => {
    const claim = named("PersistentVolumeClaim", "data", { spec: { storageClassName: "fast" } });
    expect((await told([claim], []))[0]).toMatch(/^warning .* names StorageClass fast/);
    expect(await told([claim], [named("PersistentVolume", "v", { spec: { storageClassName: "fast" } })])).toEqual([]);
  });
});
