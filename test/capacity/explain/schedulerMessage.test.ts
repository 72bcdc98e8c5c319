import { describe, expect, it } from "vitest";
import {
  explainScheduling,
  type Preemption,
  type Prospect,
  parseScheduling,
} from "../../../src/capacity/explain/schedulerMessage.ts";

const LONG =
  "0/5 nodes are available: 1 Insufficient memory, 2 Insufficient nvidia.com/gpu, 2 node(s) had untolerated taint {dedicated: a, b}. preemption: 0/5 nodes are available: 5 Preemption is not helpful for scheduling.";

describe("the scheduler's message", () => {
  it("is taken apart into counts, classes and resources", () => {
    expect(parseScheduling(LONG)).toEqual({
      total: 5,
      causes: [
        { nodes: 1, class: "resource", prospect: "capacity", text: "Insufficient memory", resource: "memory" },
        {
          nodes: 2,
          class: "resource",
          prospect: "capacity",
          text: "Insufficient nvidia.com/gpu",
          resource: "nvidia.com/gpu",
        },
        {
          nodes: 2,
          class: "taint",
          prospect: "structural",
          text: "node(s) had untolerated taint {dedicated: a, b}",
        },
      ],
      preemption: "notHelpful",
    });
  });

  it.each([
    ["0/1 nodes are available: 1 Too many pods.", "resource"],
    ["0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.", "selector"],
    ["0/3 nodes are available: 3 node(s) had volume node affinity conflict.", "volume"],
    ["0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found", "volume"],
    ["0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints.", "placement"],
    ["0/3 nodes are available: 3 node(s) didn't have free ports for the requested pod ports.", "placement"],
    ["0/3 nodes are available: 3 node(s) were unschedulable.", "taint"],
  ])("%s is about %s", (message, wanted) => {
    expect(parseScheduling(message)?.causes.map((cause) => cause.class)).toEqual([wanted]);
  });

  /** Messages as kube-scheduler 1.36, older versions, HAMi's extender and Volcano write them. */
  it.each<[string, string, readonly Prospect[], Preemption | undefined]>([
    [
      "more counts than nodes",
      "0/122 nodes are available: 31 node(s) had untolerated taint {a: b}, 56 Insufficient cpu, 63 Insufficient memory, 90 node(s) didn't match node selector.",
      ["structural", "capacity", "capacity", "structural"],
      undefined,
    ],
    [
      "taints without their keys, rules between pods, and several answers of the preemption",
      "0/61 nodes are available: 19 node(s) had untolerated taint(s), 2 node(s) didn't match pod affinity rules, 2 node(s) didn't satisfy existing pods anti-affinity rules, 5 Too many pods. no new claims to deallocate, preemption: 0/61 nodes are available: 1 Insufficient memory, 1 No preemption victims found for incoming pod, 58 Preemption is not helpful for scheduling.",
      ["unknown", "capacity", "capacity", "capacity"],
      "noVictims",
    ],
    [
      "devices",
      "0/2 nodes are available: 2 cannot allocate all claims. still not schedulable, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
      ["unknown"],
      "notHelpful",
    ],
    [
      "nobody may be evicted for it",
      "0/3 nodes are available: 3 Insufficient nvidia.com/gpu. preemption: not eligible due to preemptionPolicy=Never.",
      ["capacity"],
      "notAllowed",
    ],
    [
      "HAMi's extender, whose counts do not add up",
      "0/4 nodes are available: 1 1/2 CardTypeMismatch, 1/2 CardInsufficientMemory, 3 node unregistered.",
      ["structural", "transient"],
      undefined,
    ],
    ["HAMi: a card is full", "0/1 nodes are available: 1 2/2 CardInsufficientMemory.", ["capacity"], undefined],
    [
      "Volcano",
      "0/3 nodes are unavailable: 1 Insufficient cpu, 2 node(s) had untolerated taint {gpu: yes}.",
      ["capacity", "structural"],
      undefined,
    ],
    [
      "nodes that come back",
      "0/2 nodes are available: 1 node(s) were unschedulable, 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.",
      ["transient", "transient"],
      undefined,
    ],
    [
      "what nobody cures by waiting",
      "0/3 nodes are available: 1 node(s) had untolerated taint {team: red}, 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
      ["structural", "structural"],
      "notHelpful",
    ],
    ["something that we never saw", "0/3 nodes are available: 3 node(s) were in a bad mood.", ["unknown"], undefined],
  ])("%s", (_, message, prospects, preemption) => {
    const parsed = parseScheduling(message);
    expect(parsed?.causes.map((cause) => cause.prospect)).toEqual(prospects);
    expect(parsed?.preemption).toBe(preemption);
  });

  it("is said in short", () => {
    expect(explainScheduling(LONG)).toBe(
      "1 of 5 nodes: insufficient memory; 2 of 5 nodes: insufficient nvidia.com/gpu; 2 of 5 nodes: untolerated taint {dedicated: a, b}",
    );
    expect(explainScheduling("0/0 nodes are available: .")).toBe("the cluster has no nodes");
    expect(explainScheduling("something else")).toBe("something else");
  });
});
