// Compares the capacity check with the real kube-scheduler on simulated nodes of an own cluster. It is a short form of
// bench/precision.ts with a new seed each time, which is printed. It also tests devices as objects (DRA through the
// scheduler itself, HAMi as its plug-in and its scheduler write them).
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/engine/systemClock.ts";
import { connectCluster } from "../../src/kube/cluster.ts";
import { type Connection, openConnection } from "../../src/kube/reach/connection.ts";
import { findTarget } from "../../src/kube/reach/kubeconfig.ts";
import { dig, type JsonObject } from "../../src/model/data/json.ts";
import type { CapacityVerdict } from "../../src/model/kubernetes/capacity.ts";
import type { Manifest } from "../../src/model/kubernetes/manifest.ts";
import type { Cluster } from "../../src/ports/cluster.ts";
import { type RunningCluster, startCluster, stopCluster } from "../../tools/cluster/instance.ts";
import { plainScene } from "./plainScene.ts";
import { measurePrecision, sentence } from "./precision.ts";
import { create, listed, soon, until } from "./rawCalls.ts";

const CLUSTER = "capacity";
const DEFAULT = "/api/v1/namespaces/default";
const DEVICES = "/apis/resource.k8s.io/v1";

let running: RunningCluster | undefined;
let cluster: Cluster;
let raw: Connection;

beforeAll(async () => {
  const report = (line: string): boolean => process.stderr.write(`cluster: ${line}\n`);
  running = await startCluster({ name: CLUSTER, controlPlaneOnly: true, simulatedNodes: 1, report });
  const where = { name: CLUSTER, kubeconfig: running.kubeconfig, context: undefined };
  cluster = await connectCluster({ ...where, clock: systemClock, log: { write: () => undefined } });
  raw = openConnection(CLUSTER, await findTarget(where), systemClock);
  await until(async () => (await listed(raw, `${DEFAULT}/serviceaccounts`)).length > 0, "the account");
});

afterAll(async () => {
  await cluster?.close();
  await raw?.close();
  if (running !== undefined) await stopCluster(CLUSTER);
});

it("never refuses what the scheduler would place, and hardly ever promises what it would not", async () => {
  const seed = Math.floor(Math.random() * 1_000_000);
  process.stderr.write(`precision: seed ${seed}\n`);
  const found = await measurePrecision({ kubeconfig: running?.kubeconfig ?? "", seed, questions: 35 }, (random) =>
    plainScene(random, { nodes: 30, load: 60 }),
  );
  expect(found.falseRejections.map(sentence), `seed ${seed}`).toEqual([]);
  expect(found.falseWaits.map(sentence), `seed ${seed}`).toEqual([]);
  // On a busy machine an event may reach the view late, so one wrong answer is accepted; more are a defect.
  expect(found.falseFits.length, `seed ${seed}\n${found.falseFits.map(sentence).join("\n")}`).toBeLessThanOrEqual(1);
});

async function makeNode(
  name: string,
  annotations: Readonly<Record<string, string>>,
  more: JsonObject = {},
): Promise<void> {
  const resources = { cpu: "16", memory: "64Gi", pods: "110", ...more };
  await create(raw, "/api/v1/nodes", {
    metadata: { name, annotations: { "kwok.x-k8s.io/node": "fake", ...annotations }, labels: { own: name } },
    status: { allocatable: resources, capacity: resources },
  });
  await until(async () => {
    const node = (await listed(raw, "/api/v1/nodes", `own=${name}`))[0];
    return node !== undefined && !JSON.stringify(dig(node, "spec", "taints") ?? []).includes("not-ready");
  }, `node ${name}`);
}

const podOn = (
  node: string,
  name: string,
  more: { spec?: JsonObject; limits?: JsonObject; annotations?: Readonly<Record<string, string>> },
): Manifest => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "default", annotations: more.annotations ?? {} },
  spec: {
    nodeSelector: { own: node },
    terminationGracePeriodSeconds: 0,
    ...more.spec,
    containers: [{ name: "main", image: "x", resources: { limits: more.limits ?? {}, ...claimsOf(more.spec) } }],
  },
});

function claimsOf(spec: JsonObject = {}): JsonObject {
  return "resourceClaims" in spec ? { claims: [{ name: "gpu" }] } : {};
}

/** Asks again after each change, because the view gets a written object a moment later. */
async function checkUntil(pod: Manifest, expected: CapacityVerdict["class"]): Promise<CapacityVerdict> {
  const { capacity } = cluster;
  if (capacity === undefined) throw new Error("the cluster does not report its capacity");
  const changed = (): Promise<void> =>
    new Promise((resolve) => {
      const stop = capacity.subscribe(() => (stop(), resolve()));
    });
  const limit = AbortSignal.timeout(30_000);
  for (;;) {
    const next = changed();
    const verdict = await capacity.check({ groups: [{ pod, count: 1 }], project: "mine" }, soon());
    if (verdict.class === expected || limit.aborted) {
      expect(verdict).toMatchObject({ class: expected });
      return verdict;
    }
    await Promise.race([next, new Promise<void>((resolve) => limit.addEventListener("abort", () => resolve()))]);
  }
}

describe("devices of drivers (DRA), given out by the real scheduler", () => {
  const NODE = "dra-1";
  const template = (count: number): string => `two-of-${count}`;
  const asking = (name: string, count: number): Manifest =>
    podOn(NODE, name, { spec: { resourceClaims: [{ name: "gpu", resourceClaimTemplateName: template(count) }] } });

  it("fit, must be waited for while a claim has them, and never fit when there are too few", async () => {
    await makeNode(NODE, {});
    await create(raw, `${DEVICES}/deviceclasses`, {
      metadata: { name: "gpu.example.com" },
      spec: { selectors: [{ cel: { expression: "device.driver == 'gpu.example.com'" } }] },
    });
    const devices = ["a", "b"].map((name) => ({ name, attributes: { productName: { string: "X1" } } }));
    await create(raw, `${DEVICES}/resourceslices`, {
      metadata: { name: "dra-1" },
      spec: {
        driver: "gpu.example.com",
        nodeName: NODE,
        pool: { name: NODE, generation: 1, resourceSliceCount: 1 },
        devices,
      },
    });
    for (const count of [1, 2, 3]) {
      const request = { name: "gpu", exactly: { deviceClassName: "gpu.example.com", count } };
      const spec = { spec: { devices: { requests: [request] } } };
      await create(raw, `${DEVICES}/namespaces/default/resourceclaimtemplates`, {
        metadata: { name: template(count) },
        spec,
      });
    }
    await checkUntil(asking("asks-2", 2), "fits");
    await checkUntil(asking("asks-3", 3), "rejected");
    await create(raw, `${DEFAULT}/pods`, asking("holder", 1));
    await until(async () => {
      const pods = await listed(raw, `${DEFAULT}/pods`);
      return pods.some((pod) => dig(pod, "metadata", "name") === "holder" && dig(pod, "spec", "nodeName") === NODE);
    }, "the scheduler to give a device away");
    const { reason } = await checkUntil(asking("asks-2", 2), "waits");
    expect(reason).toMatchObject({
      code: "PlacementBusy",
      cause: { code: "DevicesTaken", params: { taken: 1, of: 2 } },
    });
    await checkUntil(asking("asks-1", 1), "fits");
    const overview = await cluster.capacity?.overview("mine", soon());
    const row = overview?.flavors.find((one) => one.flavor === "gpu.example.com X1");
    expect(row).toMatchObject({ total: "2", free: "1", largest: { node: NODE, free: "1" } });
  });
});

describe("shares of cards (HAMi), as its plug-in and its scheduler write them", () => {
  const NODE = "hami-1";
  const card = (id: string): JsonObject => ({
    id,
    count: 10,
    devmem: 24_000,
    devcore: 100,
    type: "NVIDIA-A10",
    numa: 0,
    mode: "hami-core",
    health: true,
  });
  const asking = (name: string, memory: number): Manifest =>
    podOn(NODE, name, {
      spec: { schedulerName: "hami-scheduler" },
      limits: { "nvidia.com/gpu": "1", "nvidia.com/gpumem": String(memory) },
    });

  it("fit by the memory of one card, must be waited for while a pod has it, and never fit when no card is so large", async () => {
    const register = JSON.stringify([card("GPU-1"), card("GPU-2")]);
    await makeNode(NODE, { "hami.io/node-nvidia-register": register }, { "nvidia.com/gpu": "20" });
    await checkUntil(asking("asks", 20_000), "fits");
    const never = await checkUntil(asking("asks", 30_000), "rejected");
    expect(JSON.stringify(never)).toContain("CardInsufficientMemory");
    for (const id of ["GPU-1", "GPU-2"]) {
      const pod = podOn(NODE, `holds-${id.toLowerCase()}`, {
        spec: { nodeName: NODE },
        annotations: { "hami.io/vgpu-node": NODE, "hami.io/vgpu-devices-allocated": `${id},NVIDIA,10000,30:;` },
      });
      await create(raw, `${DEFAULT}/pods`, pod);
    }
    const waits = await checkUntil(asking("asks", 20_000), "waits");
    expect(JSON.stringify(waits)).toContain("2/2 CardInsufficientMemory");
    await checkUntil(asking("asks", 14_000), "fits");
  });
});
