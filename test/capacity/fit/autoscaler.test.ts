// Which groups of nodes may still grow for a pod, and what that makes of a verdict: a pod that waits only for room is
// created where an autoscaler can act on it, and waits in line where it cannot.
import { describe, expect, it } from "vitest";
import { checkCapacity } from "../../../src/capacity/check.ts";
import type { Autoscalers, NodeGroup } from "../../../src/capacity/fit/autoscaler.ts";
import { createReservations } from "../../../src/capacity/waiting/reservations.ts";
import { explainReason } from "../../../src/model/reasons/reason.ts";
import { ask, GPU, gpuPod, node, pod, viewOf } from "../world.ts";

const group = (name: string, used: number, most: number, state: NodeGroup["state"] = "open"): NodeGroup => ({
  autoscaler: "cluster-autoscaler",
  name,
  state,
  limits: [{ resource: "nodes", used, most }],
  taints: [],
  requirements: [],
});
const pool = (more: Partial<NodeGroup>): NodeGroup => ({
  ...group("pool", 0, 9),
  autoscaler: "karpenter",
  limits: [],
  ...more,
});
const having = (...groups: readonly NodeGroup[]): { autoscalers: Autoscalers } => ({
  autoscalers: { groups, silent: [] },
});

const full = () => viewOf([node("a", { gpus: 8 })], [pod("x", { on: "a", limits: { [GPU]: "8" } })]);

describe("a full cluster with an autoscaler", () => {
  it("lets the pod be created where a group may grow, and names the group", () => {
    const verdict = ask(full(), gpuPod(8), having(group("pool-a", 1, 5), group("pool-b", 3, 3)));
    expect(verdict.class).toBe("unknown");
    expect(verdict.reason).toMatchObject({
      code: "AutoscalerMayGrow",
      params: { autoscaler: "cluster-autoscaler", groups: "pool-a" },
    });
  });

  it("waits in line where every group is at its maximum, and says so", () => {
    const verdict = ask(full(), gpuPod(8), having(group("pool-a", 5, 5), group("pool-b", 3, 3)));
    expect(verdict.class).toBe("waits");
    expect(explainReason(verdict.reason, "en")).toBe(
      `waits for room: asks for 8 ${GPU} on one node, the best node a has 0 free; ` +
        "cluster-autoscaler adds no node; pool-a 5 of 5 nodes; pool-b 3 of 3 nodes",
    );
  });

  it("refuses what no node can take only where no group may grow, now or after a failed attempt", () => {
    const never = (...groups: readonly NodeGroup[]) => ask(full(), gpuPod(16), having(...groups)).class;
    expect(never(group("pool-a", 5, 5))).toBe("rejected");
    expect(never(group("pool-a", 5, 5), group("pool-b", 0, 1))).toBe("unknown");
    expect(never(group("pool-a", 1, 5, "backingOff"))).toBe("waits");
    // The node that is on its way may be the one.
    expect(never(group("pool-a", 5, 5, "coming"))).toBe("unknown");
  });

  it("lets the pod be created where the autoscaler does not say what it may add", () => {
    const autoscalers: Autoscalers = { groups: [], silent: ["cluster-autoscaler"] };
    expect(ask(full(), gpuPod(16), { autoscalers })).toMatchObject({
      class: "unknown",
      reason: { code: "AutoscalerSilent" },
    });
    expect(ask(viewOf([]), gpuPod(1), { autoscalers }).class).toBe("unknown");
  });

  it("counts only the nodes that exist when that is asked", () => {
    const request = { groups: [{ pod: gpuPod(16), count: 1 }], project: "mine", existingNodes: true };
    const view = full();
    const state = { view, reservations: createReservations(view), now: 0, ...having(group("pool-a", 1, 5)) };
    expect(checkCapacity(request, state).class).toBe("rejected");
  });

  it("cannot add a node for shares of HAMi's cards", () => {
    const share = pod("asked", {
      limits: { [GPU]: "1", "nvidia.com/gpumem": "90000" },
      spec: { schedulerName: "hami-scheduler" },
    });
    const register = JSON.stringify([
      { id: "c1", count: 10, devmem: 80_000, devcore: 100, type: "A100", numa: 0, mode: "hami-core", health: true },
    ]);
    const view = viewOf([node("a", { gpus: 10, annotations: { "hami.io/node-nvidia-register": register } })]);
    const verdict = ask(view, share, having(group("pool-a", 1, 5)));
    expect(verdict).toMatchObject({
      class: "rejected",
      reason: { code: "CardTooSmall", params: { asked: 90_000, most: 80_000, node: "a" } },
    });
  });
});

describe("a pool of Karpenter", () => {
  const classFor = (more: Partial<NodeGroup>, wish: Parameters<typeof gpuPod>[1] = {}) =>
    ask(full(), gpuPod(8, wish), having(pool(more))).class;

  it("does not grow beyond its limits", () => {
    expect(classFor({ limits: [{ resource: GPU, used: 8, most: 16 }] })).toBe("unknown");
    expect(classFor({ limits: [{ resource: GPU, used: 9, most: 16 }] })).toBe("waits");
    expect(classFor({ limits: [{ resource: "cpu", used: 64_000, most: 64_000 }] })).toBe("waits");
    // A limit on devices does not concern a pod that asks for none.
    const plain = ask(
      viewOf([node("a", { cpu: "1" })]),
      pod("asked", { requests: { cpu: "2" } }),
      having(pool({ limits: [{ resource: GPU, used: 9, most: 9 }] })),
    );
    expect(plain.class).toBe("unknown");
  });

  it("does not grow for a pod that its nodes would certainly not take", () => {
    const taints = [{ key: "team", value: "red", effect: "NoSchedule" }];
    expect(classFor({ taints })).toBe("waits");
    expect(classFor({ taints }, { spec: { tolerations: [{ key: "team", operator: "Exists" }] } })).toBe("unknown");
    const requirements = [{ key: "zone", operator: "In", values: ["b"] }];
    const labelled = viewOf(
      [node("a", { gpus: 8, labels: { zone: "a" } })],
      [pod("x", { on: "a", limits: { [GPU]: "8" } })],
    );
    const inZone = gpuPod(8, { spec: { nodeSelector: { zone: "a" } } });
    expect(ask(labelled, inZone, having(pool({ requirements }))).class).toBe("waits");
    expect(ask(labelled, inZone, having(pool({ requirements: [{ key: "zone", operator: "Exists" }] }))).class).toBe(
      "unknown",
    );
  });

  it("may take the pod on a node that it has asked for and that has not joined", () => {
    const limits = [
      { resource: GPU, used: 16, most: 16 },
      { resource: "nodes", used: 2, most: Number.POSITIVE_INFINITY },
    ];
    expect(classFor({ limits })).toBe("unknown");
    const joined = viewOf(
      ["a", "b"].map((name) => node(name, { gpus: 8, labels: { "karpenter.sh/nodepool": "pool" } })),
      ["a", "b"].map((on) => pod(`x-${on}`, { on, limits: { [GPU]: "8" } })),
    );
    expect(ask(joined, gpuPod(8), having(pool({ limits }))).class).toBe("waits");
  });
});
