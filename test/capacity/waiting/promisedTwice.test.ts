// Nothing is promised twice: everything that was answered "fits" one after another can really be placed together.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkCapacity } from "../../../src/capacity/check.ts";
import type { ClusterView } from "../../../src/capacity/view/clusterView.ts";
import { createReservations, type Reservations } from "../../../src/capacity/waiting/reservations.ts";
import type { JsonObject } from "../../../src/model/data/json.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import { GPU, gpuPod, node, pod, viewOf } from "../world.ts";

interface Asking {
  readonly view: ClusterView;
  readonly reservations: Reservations;
}

const opened = (view: ClusterView): Asking => ({ view, reservations: createReservations(view) });

function promised({ view, reservations }: Asking, asked: Manifest, count = 1): boolean {
  const request = { groups: [{ pod: asked, count }], project: "mine", reserve: true };
  return checkCapacity(request, { view, reservations, now: 0 }).class === "fits";
}

const named = (index: number, asked: Manifest): Manifest => ({
  ...asked,
  metadata: { ...asked.metadata, name: `asked-${index}` },
});

/** The plainest search: every pod on every node, one after another. `take` returns how to undo, for each way to place. */
function canPlace<T>(pods: readonly T[], ways: (pod: T) => Iterable<() => void>): boolean {
  const [first, ...rest] = pods;
  if (first === undefined) return true;
  for (const undo of ways(first)) {
    if (canPlace(rest, ways)) return true;
    undo();
  }
  return false;
}

function* choices<T>(list: readonly T[], count: number): Generator<readonly T[]> {
  if (count === 0) yield [];
  else
    for (const [index, one] of list.entries())
      for (const rest of choices(list.slice(index + 1), count - 1)) yield [one, ...rest];
}

describe("what is promised to several can be placed together", () => {
  it("whole devices and cores", () => {
    const nodes = fc.array(fc.record({ gpus: fc.integer({ min: 1, max: 4 }), cpu: fc.integer({ min: 2, max: 6 }) }), {
      minLength: 1,
      maxLength: 3,
    });
    const asks = fc.array(
      fc.record({
        gpus: fc.integer({ min: 0, max: 3 }),
        cpu: fc.integer({ min: 1, max: 3 }),
        port: fc.boolean(),
        count: fc.integer({ min: 1, max: 2 }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(nodes, asks, (given, wanted) => {
        const asking = opened(viewOf(given.map(({ gpus, cpu }, at) => node(`n${at}`, { gpus, cpu: String(cpu) }))));
        const held = wanted.flatMap((one, index) => {
          const { gpus, cpu, port, count } = one;
          const made = pod("x", { requests: { cpu: String(cpu) }, limits: gpus === 0 ? {} : { [GPU]: String(gpus) } });
          const ports = port ? [{ containerPort: 80, hostPort: 8080 }] : [];
          const [container] =
            made["spec"] === undefined ? [] : [(made["spec"] as { containers: JsonObject[] }).containers[0]]; // made above
          const asked = named(index, { ...made, spec: { containers: [{ ...container, ports }] } });
          return promised(asking, asked, count) ? Array.from({ length: count }, () => one) : [];
        });
        const free = given.map((one) => ({ ...one, port: true }));
        const ways = function* ({ gpus, cpu, port }: (typeof wanted)[number]) {
          for (const on of free) {
            if (on.gpus < gpus || on.cpu < cpu || (port && !on.port)) continue;
            const before = { ...on };
            Object.assign(on, { gpus: on.gpus - gpus, cpu: on.cpu - cpu, port: on.port && !port });
            yield () => void Object.assign(on, before);
          }
        };
        expect(canPlace(held, ways)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("shares of HAMi's cards", () => {
    const card = fc.record({ memory: fc.constantFrom(40, 80), slots: fc.integer({ min: 1, max: 3 }) });
    const nodes = fc.array(fc.array(card, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 });
    const asks = fc.array(
      fc.record({
        cards: fc.integer({ min: 1, max: 2 }),
        memory: fc.constantFrom(10, 30, 45, 80),
        cores: fc.constantFrom(0, 30, 60, 100),
        count: fc.integer({ min: 1, max: 2 }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(nodes, asks, (given, wanted) => {
        const asking = opened(viewOf(given.map((cards, at) => hamiNode(`n${at}`, cards))));
        const held = wanted.flatMap((one, index) => {
          const limits = {
            [GPU]: String(one.cards),
            "nvidia.com/gpumem": String(one.memory),
            "nvidia.com/gpucores": String(one.cores),
          };
          const asked = named(index, pod("x", { limits, spec: { schedulerName: "hami-scheduler" } }));
          return promised(asking, asked, one.count) ? Array.from({ length: one.count }, () => one) : [];
        });
        const free = given.map((cards) => cards.map((one) => ({ ...one, cores: 100, shares: 0 })));
        const ways = function* ({ cards, memory, cores }: (typeof wanted)[number]) {
          for (const on of free) {
            const open = on.filter(
              (one) =>
                one.slots > 0 &&
                one.memory >= memory &&
                one.cores >= cores &&
                !(cores === 100 && one.shares > 0) &&
                !(cores === 0 && one.cores === 0),
            );
            for (const chosen of choices(open, cards)) {
              for (const one of chosen)
                Object.assign(one, {
                  slots: one.slots - 1,
                  memory: one.memory - memory,
                  cores: one.cores - cores,
                  shares: one.shares + 1,
                });
              yield () => {
                for (const one of chosen)
                  Object.assign(one, {
                    slots: one.slots + 1,
                    memory: one.memory + memory,
                    cores: one.cores + cores,
                    shares: one.shares - 1,
                  });
              };
            }
          }
        };
        expect(canPlace(held, ways)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("devices of drivers", () => {
    const kind = fc.constantFrom("a10", "h100");
    const nodes = fc.array(fc.array(kind, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 });
    const asks = fc.array(
      fc.record({ type: fc.constantFrom("any", "a10", "h100"), devices: fc.integer({ min: 1, max: 2 }) }),
      { minLength: 1, maxLength: 7 },
    );
    fc.assert(
      fc.property(nodes, asks, (given, wanted) => {
        const view = viewOf(given.map((_, at) => node(`n${at}`)));
        given.forEach((kinds, at) => view.devices.put("ResourceSlice", slice(`n${at}`, kinds)));
        for (const type of ["any", "a10", "h100"]) view.devices.put("DeviceClass", deviceClass(type));
        const asking = opened(view);
        const held = wanted.filter((one, index) => {
          view.devices.put("ResourceClaimTemplate", template(`t${index}`, one.type, one.devices));
          return promised(asking, named(index, claiming(`t${index}`)));
        });
        const free = given.map((kinds) => kinds.map((type) => ({ type, free: true })));
        const ways = function* ({ type, devices }: (typeof wanted)[number]) {
          for (const on of free) {
            const open = on.filter((one) => one.free && (type === "any" || one.type === type));
            for (const chosen of choices(open, devices)) {
              for (const one of chosen) one.free = false;
              yield () => {
                for (const one of chosen) one.free = true;
              };
            }
          }
        };
        expect(canPlace(held, ways)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("what a quota leaves, until the status of the quota counts the pod", () => {
    const view = viewOf([node("n0", { gpus: 8 })]);
    view.namespaces.putQuota({
      metadata: { namespace: "default", name: "team" },
      spec: { hard: { [`requests.${GPU}`]: "2" } },
      status: { hard: { [`requests.${GPU}`]: "2" }, used: { [`requests.${GPU}`]: "0" } },
    });
    const asking = opened(view);
    expect(promised(asking, named(0, gpuPod(2)))).toBe(true);
    expect(promised(asking, named(1, gpuPod(1)))).toBe(false);
    asking.reservations.podSeen(named(0, gpuPod(2)));
    expect(promised(asking, named(1, gpuPod(1)))).toBe(true);
  });
});

function hamiNode(name: string, cards: readonly { readonly memory: number; readonly slots: number }[]): JsonObject {
  const registered = cards.map(({ memory, slots }, index) => ({
    id: `${name}-card-${index}`,
    count: slots,
    devmem: memory,
    devcore: 100,
    type: "NVIDIA-A100",
    numa: 0,
    mode: "hami-core",
    health: true,
  }));
  const annotations = { "hami.io/node-nvidia-register": JSON.stringify(registered) };
  return node(name, { gpus: 10 * cards.length, annotations });
}

function slice(on: string, kinds: readonly string[]): JsonObject {
  const devices = kinds.map((type, index) => ({ name: `d${index}`, attributes: { type: { string: type } } }));
  const metadata = { name: `slice-${on}` };
  return {
    metadata,
    spec: {
      driver: "gpu.example.com",
      nodeName: on,
      pool: { name: on, generation: 1, resourceSliceCount: 1 },
      devices,
    },
  };
}

function deviceClass(type: string): JsonObject {
  const expression =
    type === "any" ? 'device.driver == "gpu.example.com"' : `device.attributes["gpu.example.com"].type == "${type}"`;
  return { metadata: { name: type }, spec: { selectors: [{ cel: { expression } }] } };
}

function template(name: string, type: string, count: number): JsonObject {
  const requests = [{ name: "gpu", exactly: { deviceClassName: type, allocationMode: "ExactCount", count } }];
  return { metadata: { namespace: "default", name }, spec: { spec: { devices: { requests } } } };
}

const claiming = (resourceClaimTemplateName: string): Manifest =>
  pod("x", { spec: { resourceClaims: [{ name: "gpu", resourceClaimTemplateName }] } });

describe("a reservation of devices", () => {
  const claim = (name: string, device?: string): JsonObject => ({
    metadata: { namespace: "default", name },
    spec: { devices: { requests: [] } },
    ...(device === undefined
      ? {}
      : { status: { allocation: { devices: { results: [{ driver: "gpu.example.com", pool: "n0", device }] } } } }),
  });

  function twoDevices() {
    const view = viewOf([node("n0")]);
    view.devices.put("ResourceSlice", slice("n0", ["a10", "a10"]));
    view.devices.put("DeviceClass", deviceClass("a10"));
    view.devices.put("ResourceClaimTemplate", template("one", "a10", 1));
    return opened(view);
  }

  const arriving = (index: number): Manifest => {
    const made = named(index, claiming("one"));
    const status = { resourceClaimStatuses: [{ name: "gpu", resourceClaimName: `made-${index}` }] };
    return { ...made, spec: { ...(made["spec"] as JsonObject), nodeName: "n0" }, status }; // made above
  };

  it("lasts until the claim of the pod shows what the pod got, and not longer", () => {
    const asking = twoDevices();
    expect(promised(asking, named(0, claiming("one")))).toBe(true);
    asking.reservations.podSeen(arriving(0));
    expect([1, 2].map((index) => promised(asking, named(index, claiming("one"))))).toEqual([true, false]);
    // The scheduler took the other device.
    asking.view.devices.put("ResourceClaim", claim("made-0", "d0"));
    expect(promised(asking, named(2, claiming("one")))).toBe(false);
    asking.reservations.release("default/asked-1");
    expect(promised(asking, named(2, claiming("one")))).toBe(true);
  });

  it("moves to another device when the scheduler gave the reserved one to another pod of the same job", () => {
    const asking = twoDevices();
    expect(promised(asking, named(0, claiming("one")), 2)).toBe(true);
    asking.reservations.podSeen(arriving(0));
    asking.view.devices.put("ResourceClaim", claim("made-0", "d1"));
    expect(promised(asking, named(2, claiming("one")))).toBe(false);
  });
});
