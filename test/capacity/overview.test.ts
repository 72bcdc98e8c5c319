// What users see of the capacity of a cluster: by flavor, with the names of runs of their own project only.
import { expect, it } from "vitest";
import { createCapacityQueue } from "../../src/capacity/capacityQueue.ts";
import { overviewOf } from "../../src/capacity/overview.ts";
import { createReservations } from "../../src/capacity/waiting/reservations.ts";
import { LABELS } from "../../src/model/kubernetes/manifest.ts";
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
  const queue = createCapacityQueue();
  const state = { view, reservations: createReservations(view), now: 0 };
  for (const [index, project] of ["mine", "theirs"].entries()) {
    const ticket = { id: project, since: index, name: `${project}/eval` };
    queue.ask({ groups: [{ pod: gpuPod(8), count: 1 }], project, ticket }, state);
  }
  const found = overviewOf({ view, lines: queue.lines(state), project: "mine" });
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
  // The other project uses less.
  expect(found.waiting.map(({ name, position }) => [name, position])).toEqual([
    ["", 1],
    ["mine/eval", 2],
  ]);
  expect(found.waiting[1]?.before).toEqual({
    own: [],
    others: 1,
    shares: { first: { used: "2", share: "14" }, own: { used: "9", share: "14" } },
  });
  expect(JSON.stringify(found)).not.toContain("theirs");
});
