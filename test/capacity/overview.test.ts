// What users see of the capacity of a cluster: by flavor, with the names of runs of their own project only.
import { expect, it } from "vitest";
import { overviewOf } from "../../src/capacity/overview.ts";
import { LABELS } from "../../src/model/kubernetes/manifest.ts";
import { reason } from "../../src/model/reasons/reason.ts";
import { GPU, gpuPod, node, pod, viewOf } from "./world.ts";

const product = (name: string) => ({ "nvidia.com/gpu.product": name });
const holder = (name: string, on: string, gpus: number, project: string) =>
  pod(name, {
    on,
    limits: { [GPU]: String(gpus) },
    labels: { [LABELS.project]: project, [LABELS.application]: name, [LABELS.kubeminComponent]: "train" },
  });

it("shows what is free by device model, the largest block, the holders and the waiting requests", () => {
  const nodes = [
    node("a1", { gpus: 8, labels: product("H100") }),
    node("a2", { gpus: 8, labels: product("H100") }),
    node("a3", { gpus: 8, labels: product("H100"), cordoned: true }),
    node("b1", { gpus: 4, labels: product("A10") }),
    node("c1"),
  ];
  const view = viewOf(nodes, [
    holder("mine", "a1", 5, "mine"),
    holder("theirs", "a2", 2, "theirs"),
    holder("big", "b1", 4, "mine"),
  ]);
  const waiting = ["mine", "theirs"].map((project, index) => ({
    ticket: { id: project, since: index, name: `${project}/eval` },
    request: { groups: [{ pod: gpuPod(8), count: 1 }], project },
    facts: [],
    flavor: GPU,
    reason: reason("NoNodes"),
  }));
  const found = overviewOf({ view, waiting, project: "mine" });
  expect(found.nodes).toEqual({ total: 5, open: 4 });
  const flavors = Object.fromEntries(found.flavors.map((one) => [one.flavor, one]));
  expect(flavors[`${GPU} H100`]).toEqual({
    flavor: `${GPU} H100`,
    resource: GPU,
    nodes: 3,
    total: "24",
    free: "9",
    largest: { node: "a2", free: "6" },
    holders: { own: ["mine/train"], others: 1 },
  });
  expect(flavors[`${GPU} A10`]).toMatchObject({ free: "0", holders: { own: ["big/train"], others: 0 } });
  expect(flavors[`${GPU} A10`]).not.toHaveProperty("largest");
  expect(flavors["cpu"]).toMatchObject({ nodes: 5, total: "80", free: "64" });
  expect(found.waiting.map(({ name, position }) => [name, position])).toEqual([
    ["mine/eval", 1],
    ["", 2],
  ]);
  expect(JSON.stringify(found)).not.toContain("theirs");
});
