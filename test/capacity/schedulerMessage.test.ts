import { describe, expect, it } from "vitest";
import { explainScheduling, parseScheduling } from "../../src/capacity/schedulerMessage.ts";

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

  it("is said in short", () => {
    expect(explainScheduling(LONG)).toBe(
      "1 of 5 nodes: insufficient memory; 2 of 5 nodes: insufficient nvidia.com/gpu; 2 of 5 nodes: untolerated taint {dedicated: a, b}",
    );
    expect(explainScheduling("0/0 nodes are available: .")).toBe("the cluster has no nodes");
    expect(explainScheduling("something else")).toBe("something else");
  });
});
