// What an autoscaler reports about a pod that has no node is told in kubemin's own words, and the newest report counts.
import { describe, expect, it } from "vitest";
import { gravestTrouble } from "../../../../src/kube/judge/failures/pod.ts";
import type { EventFact } from "../../../../src/kube/watches/eventRing.ts";
import { explainReason } from "../../../../src/model/reasons/reason.ts";
import { pod, view } from "../../fixtures.ts";

const unscheduled = pod({
  status: {
    conditions: [
      {
        type: "PodScheduled",
        status: "False",
        reason: "Unschedulable",
        message: "0/1 nodes are available: 1 Insufficient cpu.",
      },
    ],
    containerStatuses: [],
  },
});

type Said = readonly [reason: string, message: string];
const told = (...events: readonly Said[]) => {
  const facts = events.map(
    ([reason, message], index): EventFact => ({ reason, message, count: 1, last: index, object: "Pod/web-1" }),
  );
  const finding = gravestTrouble([unscheduled], view({ events: { "Pod-uid": facts } }));
  return finding === undefined ? undefined : [explainReason(finding.reason, "en"), explainReason(finding.reason, "zh")];
};

const NO: Said = [
  "NotTriggerScaleUp",
  "pod didn't trigger scale-up: 2 max node group size reached, 1 node(s) didn't match Pod's node affinity/selector",
];
const GROWS: Said = ["TriggeredScaleUp", "pod triggered scale-up: [{pool-x 1->2 (max: 5)}]"];

describe("a pod without a node", () => {
  it("is told in the scheduler's words while no autoscaler has said anything", () => {
    expect(told()?.[0]).toBe("no node takes the pod: 1 of 1 nodes: insufficient cpu");
    expect(told(["FailedScheduling", "0/1 nodes are available: 1 Insufficient cpu."])?.[0]).toContain(
      "insufficient cpu",
    );
  });

  it("waits for the node that Cluster Autoscaler adds", () => {
    expect(told(GROWS)).toEqual([
      "waits for a new node: group pool-x grows from 1 to 2",
      "等待新节点：节点组 pool-x 从 1 增至 2",
    ]);
    const path = "https://www.googleapis.com/compute/v1/projects/p/zones/z/instanceGroups/gke-gpu-grp";
    expect(
      told(["TriggeredScaleUp", `pod triggered scale-up: [{${path} 2->3 (max: 7)} {pool-y 0->1 (max: 1)}]`])?.[0],
    ).toBe(
      "waits for a new node: group gke-gpu-grp grows from 2 to 3; waits for a new node: group pool-y grows from 0 to 1",
    );
  });

  it("is told why Cluster Autoscaler adds none", () => {
    expect(told(NO)).toEqual([
      "the autoscaler adds no node; 2 groups have reached their maximum size; groups of nodes that do not fit (node(s) didn't match Pod's node affinity/selector): 1",
      "自动伸缩器不会添加节点；2 个节点组已达最大规模；不符合要求的节点组（node(s) didn't match Pod's node affinity/selector）：1 个",
    ]);
    expect(told(["NotTriggerScaleUp", "pod didn't trigger scale-up:"])?.[0]).toBe("the autoscaler adds no node");
    expect(
      told(["NotTriggerScaleUp", "pod didn't trigger scale-up: 1 in backoff after failed scale-up"])?.[0],
    ).toContain("back off");
    // The same causes in another order are no news.
    const turned: Said = [
      NO[0],
      "pod didn't trigger scale-up: 1 node(s) didn't match Pod's node affinity/selector, 2 max node group size reached",
    ];
    expect(told(turned)).toEqual(told(NO));
  });

  it("hears the newest report: an older refusal does not count after a node was added, nor the other way round", () => {
    expect(told(NO, GROWS)?.[0]).toContain("grows from 1 to 2");
    expect(told(GROWS, NO)?.[0]).toContain("adds no node");
  });

  it("hears Karpenter too", () => {
    expect(told(["Nominated", "Pod should schedule on: nodeclaim/gpu-ljvhl"])?.[0]).toBe(
      "waits for a new node: nodeclaim/gpu-ljvhl is being started for it",
    );
    const said = 'Failed to schedule pod, all available instance types exceed limits for nodepool: "gpu"';
    expect(told(["FailedScheduling", said])?.[0]).toBe(
      'the autoscaler adds no node; it says: all available instance types exceed limits for nodepool: "gpu"',
    );
  });
});
