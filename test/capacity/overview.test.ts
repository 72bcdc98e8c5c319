// What users see of the capacity of a cluster: by flavor, with the names of runs of their own project only.
import { expect, it } from "vitest";
import { createCapacityQueue } from "../../src/capacity/capacityQueue.ts";
import { overviewOf } from "../../src/capacity/overview.ts";
import { createReservations } from "../../src/capacity/waiting/reservations.ts";
import { LABELS } from "../../src/model/kubernetes/manifest.ts";
import { GPU, gpuPod, node, pod, viewOf } from "./world.ts";

const NOBODY_WAITS = { positionOf: () => undefined, all: () => [] };

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

const card = (id: string, more: object = {}) => ({
  id,
  count: 10,
  devmem: 24_000,
  devcore: 100,
  type: "NVIDIA-A10",
  numa: 0,
  mode: "hami-core",
  health: true,
  ...more,
});
const shares = (name: string, project: string, devices: string) =>
  pod(name, {
    on: "h1",
    limits: { [GPU]: "1", "nvidia.com/gpumem": "8000" },
    labels: { [LABELS.project]: project, [LABELS.application]: name, [LABELS.kubeminComponent]: "train" },
    annotations: { "hami.io/vgpu-node": "h1", "hami.io/vgpu-devices-allocated": devices },
  });

it("shows cards, memory and cores of cards that HAMi shares, not the shares that the node offers", () => {
  const register = JSON.stringify([card("g1"), card("g2"), card("g3", { health: false })]);
  const nodes = [
    node("h1", { gpus: 20, annotations: { "hami.io/node-nvidia-register": register } }),
    node("plain", { gpus: 4, labels: product("A10") }),
  ];
  const view = viewOf(nodes, [
    shares("mine", "mine", "g1,NVIDIA,8000,30:;"),
    shares("theirs", "theirs", "g1,NVIDIA,8000,30:;"),
  ]);
  const { flavors } = overviewOf({ view, lines: NOBODY_WAITS, project: "mine" });
  const row = (flavor: string) => {
    const { nodes, total, free, largest, holders } = flavors.find((one) => one.flavor === flavor) ?? {};
    return [nodes, total, free, largest, holders];
  };
  const holders = { own: ["mine/train"], others: 1 };
  expect(row(`${GPU} NVIDIA-A10`)).toEqual([1, "3", "1", { node: "h1", free: "1" }, holders]);
  expect(row("nvidia.com/gpumem NVIDIA-A10")).toEqual([1, "72000", "32000", { node: "h1", free: "24000" }, holders]);
  expect(row("nvidia.com/gpucores NVIDIA-A10")).toEqual([1, "300", "140", { node: "h1", free: "100" }, holders]);
  expect(row(`${GPU} A10`)).toEqual([1, "4", "4", { node: "plain", free: "4" }, { own: [], others: 0 }]);
  expect(flavors.map((one) => one.flavor)).not.toContain(GPU);
  expect(JSON.stringify(flavors)).not.toContain("theirs");
});

it("shows MIG profiles as resources, with their model and who has them", () => {
  const profile = "nvidia.com/mig-1g.10gb";
  const nodes = [node("m1", { more: { [profile]: "7" }, labels: product("A100-SXM4-80GB") })];
  const view = viewOf(nodes, [pod("x", { on: "m1", limits: { [profile]: "2" } })]);
  expect(overviewOf({ view, lines: NOBODY_WAITS, project: "mine" }).flavors).toContainEqual({
    flavor: `${profile} A100-SXM4-80GB`,
    resource: profile,
    nodes: 1,
    total: "7",
    free: "5",
    largest: { node: "m1", free: "5" },
    holders: { own: [], others: 1 },
  });
});

it("says which pods have the devices of a driver, by the pods that their claims are reserved for", () => {
  const view = viewOf(
    [node("d1")],
    [
      pod("a", { on: "d1", labels: { [LABELS.project]: "mine", [LABELS.application]: "shop" } }),
      pod("b", { on: "d1", labels: { [LABELS.project]: "theirs", [LABELS.application]: "secret" } }),
    ],
  );
  const names = ["x0", "x1", "x2", "x3"];
  view.devices.put("ResourceSlice", {
    metadata: { name: "slice" },
    spec: {
      driver: "gpu.example.com",
      nodeName: "d1",
      pool: { name: "d1", generation: 1, resourceSliceCount: 1 },
      devices: names.map((name) => ({ name, attributes: { productName: { string: "X1" } } })),
    },
  });
  const claim = (name: string, devices: readonly string[], more: object = {}) => ({
    metadata: { name, namespace: "default" },
    status: {
      reservedFor: [{ resource: "pods", name, uid: name }],
      allocation: {
        devices: { results: devices.map((device) => ({ driver: "gpu.example.com", pool: "d1", device, ...more })) },
      },
    },
  });
  for (const one of [claim("a", ["x0", "x1"]), claim("b", ["x2"]), claim("gone", ["x3"], { adminAccess: true })])
    view.devices.put("ResourceClaim", one);
  expect(overviewOf({ view, lines: NOBODY_WAITS, project: "mine" }).flavors).toContainEqual({
    flavor: "gpu.example.com X1",
    resource: "gpu.example.com X1",
    nodes: 1,
    total: "4",
    free: "1",
    largest: { node: "d1", free: "1" },
    holders: { own: ["shop"], others: 1 },
  });
});
