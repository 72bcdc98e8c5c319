// Cases in which the sum over all nodes is enough, but the pods do not fit.
import { describe, expect, it } from "vitest";
import { ask, GPU, gpuPod, node, pod, viewOf } from "./world.ts";

const busy = (name: string, on: string, gpus: number, labels = {}) =>
  pod(name, { on, limits: { [GPU]: String(gpus) }, labels });

describe("a sum over all nodes is not room", () => {
  it("3 and 3 free are no 4: it waits, with the best node, what is missing, its holders and what would fit", () => {
    const own = { "kubemin.dev/project": "mine", "kubemin.dev/run": "r1" };
    const view = viewOf([node("a", { gpus: 8 }), node("b", { gpus: 8 })], [busy("x", "a", 5, own), busy("y", "b", 5)]);
    const verdict = ask(view, gpuPod(4));
    expect(verdict.class).toBe("waits");
    expect(verdict.reason.code).toBe("CapacityShort");
    expect(verdict.missing).toEqual([{ resource: GPU, asked: "4", free: "3", missing: "1" }]);
    expect(verdict.best?.name).toBe("a");
    expect(verdict.holders).toEqual({ own: ["r1"], others: 1 });
    expect(verdict.hint).toEqual({ code: "WouldFit", params: { amount: 3, resource: GPU, node: "a" } });
  });

  it("16 on nodes of 8 never fit, and the largest node is named", () => {
    const verdict = ask(viewOf([node("a", { gpus: 8 }), node("b", { gpus: 8 })]), gpuPod(16));
    expect(verdict.class).toBe("rejected");
    expect(verdict.reason).toEqual({ code: "NeverFits", params: { need: `16 ${GPU}`, node: "a", have: "8" } });
  });

  it("three pods of 8 side by side never fit on two nodes of 8", () => {
    const verdict = ask(viewOf([node("a", { gpus: 8 }), node("b", { gpus: 8 })]), gpuPod(8), { count: 3 });
    expect(verdict).toMatchObject({
      class: "rejected",
      reason: { code: "NeverTogether", params: { count: 3, fit: 2 } },
    });
  });

  it("a node with a taint that is not tolerated does not count", () => {
    const taints = [{ key: GPU, value: "present", effect: "NoSchedule" }];
    const view = viewOf([node("a", { gpus: 8, taints }), node("b")]);
    expect(ask(view, gpuPod(1)).class).toBe("rejected");
    const tolerations = [{ key: GPU, operator: "Exists" }];
    expect(ask(view, gpuPod(1, { spec: { tolerations } })).class).toBe("fits");
  });

  it("the only large node is cordoned: it waits", () => {
    const verdict = ask(viewOf([node("a", { gpus: 16, cordoned: true }), node("b", { gpus: 8 })]), gpuPod(16));
    expect(verdict).toMatchObject({ class: "waits", reason: { code: "NodeNotReady" } });
  });

  it("an init container with 4 and a main one with 1 take 4", () => {
    const init = [{ name: "warm", resources: { limits: { [GPU]: "4" } } }];
    const view = viewOf([node("a", { gpus: 3 })]);
    expect(ask(view, gpuPod(1)).class).toBe("fits");
    expect(
      ask(
        view,
        gpuPod(1, {
          spec: { initContainers: init, containers: [{ name: "m", resources: { limits: { [GPU]: "1" } } }] },
        }),
      ).class,
    ).toBe("rejected");
  });

  it("the GPUs fit and the memory does not", () => {
    const view = viewOf([node("a", { gpus: 8, memory: "8Gi" })]);
    const verdict = ask(view, gpuPod(1, { requests: { memory: "16Gi" } }));
    expect(verdict).toMatchObject({ class: "rejected", reason: { params: { need: "16Gi memory" } } });
  });

  it("ended pods hold nothing, pods that are being deleted still do", () => {
    const ended = pod("x", { on: "a", limits: { [GPU]: "8" }, status: { phase: "Succeeded" } });
    expect(ask(viewOf([node("a", { gpus: 8 })], [ended]), gpuPod(8)).class).toBe("fits");
    const going = busy("x", "a", 8);
    const metadata = { ...going.metadata, deletionTimestamp: "2024-01-01T00:00:00Z" };
    expect(ask(viewOf([node("a", { gpus: 8 })], [{ ...going, metadata }]), gpuPod(8)).class).toBe("waits");
  });

  it("a full list of pods is no room, however small the pod", () => {
    const view = viewOf([node("a", { more: { pods: "1" } })], [pod("x", { on: "a" })]);
    expect(ask(view, pod("asked"))).toMatchObject({ class: "waits", missing: [{ resource: "pods" }] });
  });

  it("devices that are not healthy may come back", () => {
    const sick = node("a", { gpus: 6, capacity: { [GPU]: "8" } });
    expect(ask(viewOf([sick]), gpuPod(8))).toMatchObject({
      class: "waits",
      reason: { code: "UnhealthyDevices", params: { count: 2 } },
    });
    const starting = node("a", { labels: { "nvidia.com/gpu.count": "8" }, more: { [GPU]: "0" } });
    expect(ask(viewOf([starting]), gpuPod(8)).class).toBe("waits");
  });

  it("a cluster without nodes is an outage and no refusal", () => {
    expect(ask(viewOf([]), gpuPod(1))).toMatchObject({ class: "waits", reason: { code: "NoNodes" } });
  });
});
