// What is read of the autoscalers of a cluster: the status that Cluster Autoscaler writes, in its present and in its
// older form, and the NodePools of Karpenter.
import { describe, expect, it } from "vitest";
import { groupsIn, readAutoscalers } from "../../../src/kube/capacity/autoscalerStatus.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";

const STATUS = `time: 2026-10-02 14:29:22.999645779 +0000 UTC
autoscalerStatus: Running
clusterWide:
  health: { status: Healthy, nodeCounts: { registered: { total: 9, ready: 9 } } }
nodeGroups:
- name: https://www.googleapis.com/compute/v1/projects/p/zones/z/instanceGroups/pool-a
  health: { status: Healthy, nodeCounts: { registered: { total: 5, ready: 5 } }, cloudProviderTarget: 5, minSize: 1, maxSize: 5 }
  scaleUp: { status: NoActivity }
- name: pool-b
  health: { status: Healthy, nodeCounts: { registered: { total: 1, ready: 1 } }, cloudProviderTarget: 1, minSize: 0, maxSize: 4 }
  scaleUp: { status: Backoff, backoffInfo: { errorCode: QUOTA_EXCEEDED, errorMessage: no quota } }
- name: MachineDeployment/default/pool-c
  health: { status: Healthy, nodeCounts: { registered: { total: 1, ready: 1 } }, cloudProviderTarget: 2, minSize: 0, maxSize: 2 }
  scaleUp: { status: InProgress }
`;

const OLDER = `Cluster-autoscaler status at 2021-10-06 20:30:11.009025266 +0000 UTC:
Cluster-wide:
  Health:      Healthy (ready=7 unready=0 notStarted=0 registered=7)
NodeGroups:
  Name:        MachineSet/memory-node-zone1
  Health:      Healthy (ready=1 unready=0 cloudProviderTarget=3 (minSize=1, maxSize=3))
`;

describe("the status of Cluster Autoscaler", () => {
  it("gives each group with its size, and what it is doing", () => {
    const told = groupsIn(STATUS)?.map(({ name, state, limits }) => [name, state, limits[0]?.used, limits[0]?.most]);
    expect(told).toEqual([
      ["pool-a", "open", 5, 5],
      ["pool-b", "backingOff", 1, 4],
      ["pool-c", "coming", 2, 2],
    ]);
  });

  it("says nothing in the older plain text, without groups, or when the autoscaler makes groups by itself", () => {
    expect(groupsIn(OLDER)).toBeUndefined();
    expect(groupsIn("autoscalerStatus: Initializing")).toBeUndefined();
    expect(groupsIn(STATUS.replace("name: pool-b", "name: gke-shop-nap-n1-1f2e"))).toBeUndefined();
  });
});

const POOL: Manifest = {
  apiVersion: "karpenter.sh/v1",
  kind: "NodePool",
  metadata: { name: "gpus" },
  spec: {
    limits: { cpu: "64", "nvidia.com/gpu": "8" },
    template: {
      metadata: { labels: { team: "red" } },
      spec: {
        taints: [{ key: "nvidia.com/gpu", effect: "NoSchedule" }],
        startupTaints: [{ key: "starting", effect: "NoSchedule" }],
        requirements: [{ key: "zone", operator: "In", values: ["a"] }],
      },
    },
  },
  status: {
    resources: { cpu: "32", "nvidia.com/gpu": "8", nodes: "1" },
    conditions: [{ type: "Ready", status: "True" }],
  },
};

describe("a cluster", () => {
  const never = new AbortController().signal;

  it("with NodePools has their limits, labels and taints", async () => {
    const found = await readAutoscalers({ read: async () => null, list: async () => [POOL] }, never);
    expect(found.silent).toEqual([]);
    expect(found.groups).toEqual([
      {
        autoscaler: "karpenter",
        name: "gpus",
        state: "open",
        limits: [
          { resource: "cpu", used: 32_000, most: 64_000 },
          { resource: "nvidia.com/gpu", used: 8, most: 8 },
          { resource: "nodes", used: 1, most: Number.POSITIVE_INFINITY },
        ],
        taints: [{ key: "nvidia.com/gpu", value: "", effect: "NoSchedule" }],
        requirements: [
          { key: "zone", operator: "In", values: ["a"] },
          { key: "team", operator: "In", values: ["red"] },
        ],
      },
    ]);
  });

  it("whose pools cannot be listed may grow anywhere; one without autoscalers nowhere", async () => {
    expect(await readAutoscalers({ read: async () => null, list: async () => null }, never)).toEqual({
      groups: [],
      silent: ["karpenter"],
    });
    expect(await readAutoscalers({ read: async () => null, list: async () => [] }, never)).toEqual({
      groups: [],
      silent: [],
    });
  });
});
