// What becomes of a job before its pods are created, for every middleware and for pods that fit, that fit later and
// that never fit. The cluster is a fake whose dry run does what the middleware's webhooks do; the arithmetic is real.
import { describe, expect, it } from "vitest";
import { checkCapacity } from "../../../src/capacity/check.ts";
import { createReservations } from "../../../src/capacity/waiting/reservations.ts";
import type { JobRun } from "../../../src/catalog/job.ts";
import { untilRoom } from "../../../src/jobs/waiting/untilRoom.ts";
import { isObject, type JsonObject } from "../../../src/model/data/json.ts";
import type { CapacityRequest } from "../../../src/model/kubernetes/capacity.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import { podGroupsOf } from "../../../src/model/kubernetes/podGroups.ts";
import { type Reason, reason } from "../../../src/model/reasons/reason.ts";
import type { DryRun } from "../../../src/ports/cluster.ts";
import { GPU, node, pod, viewOf } from "../../capacity/world.ts";
import { unpaused } from "../../support/runTime.ts";
import { createVirtualClock } from "../../support/virtualClock.ts";

type Ending = "made" | "waits" | "rejected";

interface Scene {
  /** What webhooks and defaults make of a Pod or a Job. */
  readonly dryRun?: (object: Manifest) => DryRun;
  readonly nodes: readonly JsonObject[];
  /** What a pod asks for that fits when the cluster is empty, and one that never fits. */
  readonly small: JsonObject;
  readonly large: JsonObject;
  /** Pods that hold so much that the small one has to wait. */
  readonly holders: readonly JsonObject[];
  readonly spec?: JsonObject;
  readonly labels?: Readonly<Record<string, string>>;
  readonly quota?: JsonObject;
  /** For the small pod, the same while the cluster is full, and the large pod. */
  readonly ends: readonly [Ending, Ending, Ending];
}

const CARD = {
  id: "GPU-1",
  count: 10,
  devmem: 16_384,
  devcore: 100,
  type: "NVIDIA-T4",
  numa: 0,
  mode: "",
  health: true,
};
const REGISTER = { "hami.io/node-nvidia-register": JSON.stringify([CARD]) };
const sharing = node("shared", { gpus: 10, annotations: REGISTER });
const part = (memory: number): JsonObject => ({ [GPU]: "1", "nvidia.com/gpumem": String(memory) });
const shareHolder = pod("holder", {
  on: "shared",
  annotations: { "hami.io/vgpu-node": "shared", "hami.io/vgpu-devices-allocated": "GPU-1,NVIDIA,12000,0:;" },
});
const specOf = (object: Manifest): JsonObject => (isObject(object["spec"]) ? object["spec"] : {});
const admitted = (object: Manifest, more: JsonObject): DryRun => ({
  admitted: { ...object, spec: { ...specOf(object), ...more } },
});
const onPods =
  (more: JsonObject) =>
  (object: Manifest): DryRun =>
    admitted(object, object.kind === "Pod" ? more : {});
const onJobs =
  (more: JsonObject) =>
  (object: Manifest): DryRun =>
    admitted(object, object.kind === "Job" ? more : {});
const forbidden = (object: Manifest): DryRun =>
  object.kind === "Job"
    ? { admitted: object }
    : {
        refused: {
          reason: reason("NotAllowed", { detail: 'User "kubemin" cannot patch resource "pods" in API group ""' }),
          class: "final",
          grace: 0,
        },
      };

const gpus = (count: number): JsonObject => ({ [GPU]: String(count) });
const plain = {
  nodes: [node("n1", { gpus: 4 })],
  small: gpus(1),
  large: gpus(16),
  holders: [pod("holder", { limits: { [GPU]: "4" }, on: "n1" })],
};
const hami = { nodes: [sharing], small: part(8_000), large: part(40_000), holders: [shareHolder] };
const tainted = node("n1", { gpus: 4, taints: [{ key: "team", value: "a", effect: "NoSchedule" }] });
const cpu = {
  nodes: [node("n1", { cpu: "16" })],
  small: { memory: "1Gi" },
  holders: [pod("holder", { requests: { cpu: "15" }, on: "n1" })],
};
const filledIn = (object: Manifest): DryRun => {
  const requests = { cpu: JSON.stringify(object).includes("100Gi") ? "64" : "2" };
  const containers = [{ name: "main", image: "busybox", resources: { requests } }];
  return admitted(object, object.kind === "Pod" ? { containers } : {});
};

const CREATED = ["made", "made", "made"] as const;
const SCENES: Readonly<Record<string, Scene>> = {
  "no middleware": { ...plain, ends: ["made", "waits", "rejected"] },
  "HAMi, its webhook names the scheduler": {
    ...hami,
    dryRun: onPods({ schedulerName: "hami-scheduler" }),
    ends: ["made", "waits", "rejected"],
  },
  "HAMi, whole cards, which count as ten each": {
    ...hami,
    small: gpus(1),
    large: gpus(4),
    dryRun: onPods({ schedulerName: "hami-scheduler" }),
    ends: ["made", "waits", "rejected"],
  },
  "HAMi, the scheduler is written": {
    ...hami,
    spec: { schedulerName: "hami-scheduler" },
    ends: ["made", "waits", "rejected"],
  },
  "HAMi, without the right to try a pod out": { ...hami, dryRun: forbidden, ends: CREATED },
  "HAMi, its webhook did not answer": { ...hami, ends: CREATED },
  "another vendor, of which HAMi counts the cards": {
    nodes: [node("n1", { more: { "huawei.com/Ascend910B": "1" } })],
    small: { "huawei.com/Ascend910B": "1", "huawei.com/Ascend910B-memory": "8000" },
    large: { "huawei.com/Ascend910B": "4", "huawei.com/Ascend910B-memory": "80000" },
    holders: [],
    dryRun: onPods({ schedulerName: "hami-scheduler" }),
    ends: CREATED,
  },
  "HAMi's names in a cluster without it": {
    ...plain,
    small: gpus(1),
    large: part(8_000),
    dryRun: onPods({}),
    ends: ["made", "waits", "rejected"],
  },
  "Kueue, by the label of the Job": { ...plain, labels: { "kueue.x-k8s.io/queue-name": "main" }, ends: CREATED },
  "Kueue, its default queue suspends the Job": { ...plain, dryRun: onJobs({ suspend: true }), ends: CREATED },
  "Kueue, pods with a gate": { ...plain, dryRun: onPods({ schedulingGates: [{ name: "kueue" }] }), ends: CREATED },
  "MultiKueue, another cluster runs the Job": {
    ...plain,
    dryRun: (object) =>
      object.kind === "Job"
        ? admitted(object, { managedBy: "kueue.x-k8s.io/multikueue" })
        : { refused: { reason: reason("PolicyDenied", { detail: "no pods here" }), class: "final", grace: 0 } },
    ends: CREATED,
  },
  Volcano: { ...plain, spec: { schedulerName: "volcano" }, ends: CREATED },
  "a scheduler that is not known": { ...plain, spec: { schedulerName: "own-scheduler" }, ends: CREATED },
  "a LimitRange that fills in requests": {
    ...cpu,
    large: { memory: "100Gi" },
    dryRun: filledIn,
    ends: ["made", "waits", "rejected"],
  },
  "the overhead of a RuntimeClass": {
    ...cpu,
    large: { memory: "1Gi", cpu: "15500m" },
    dryRun: onPods({ overhead: { cpu: "2" } }),
    ends: ["made", "waits", "rejected"],
  },
  "tolerations that a webhook adds": {
    ...plain,
    nodes: [tainted],
    dryRun: onPods({ tolerations: [{ key: "team", operator: "Exists" }] }),
    ends: ["made", "waits", "rejected"],
  },
  "a quota of HAMi": {
    ...hami,
    // Only the quota is in the way: the cards have room for both.
    nodes: [
      node("shared", {
        gpus: 10,
        annotations: { "hami.io/node-nvidia-register": JSON.stringify([{ ...CARD, devmem: 81_920 }]) },
      }),
    ],
    large: part(20_000),
    quota: {
      metadata: { name: "cards", namespace: "default" },
      spec: { hard: { "limits.nvidia.com/gpumem": "16000" } },
    },
    dryRun: onPods({ schedulerName: "hami-scheduler" }),
    ends: ["made", "waits", "rejected"],
  },
};

function jobOf(limits: JsonObject, { spec = {}, labels = {} }: Scene): Manifest {
  const resources = { limits, requests: limits };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "asked", namespace: "default", labels },
    spec: { template: { spec: { containers: [{ name: "main", image: "busybox", resources }], ...spec } } },
  };
}

const WHO = {
  run: "r",
  job: "train",
  attempt: 1,
  application: "shop",
  component: "train",
  project: "mine",
  namespace: "default",
  onShort: "wait",
  clocks: {},
};

interface Run {
  readonly ending: Ending;
  readonly told: readonly Reason[];
  readonly dryRuns: number;
}

async function run(scene: Scene, manifest: Manifest, holders: readonly JsonObject[]): Promise<Run> {
  const clock = createVirtualClock(new Date("2026-01-01T00:00:00Z"));
  const view = viewOf(scene.nodes, holders);
  if (scene.quota !== undefined) view.namespaces.putQuota(scene.quota);
  const reservations = createReservations(view);
  const told: Reason[] = [];
  let dryRuns = 0;
  const job = {
    ...WHO,
    waitingSince: clock.now().getTime(),
    clock,
    runTime: unpaused(clock),
    signal: new AbortController().signal,
    reveal: (text: string) => text,
    report: (why: Reason) => void told.push(why),
    capacityWeights: () => Promise.resolve([]),
    waits: { lately: () => Promise.resolve([]), add: () => Promise.resolve() },
    cluster: {
      subscribe: () => () => {},
      dryRun: (object: Manifest) => {
        dryRuns += 1;
        return Promise.resolve(scene.dryRun?.(object) ?? { admitted: object });
      },
      capacity: {
        check: (request: CapacityRequest) =>
          Promise.resolve(checkCapacity(request, { view, reservations, now: clock.now().getTime() })),
        leave: () => {},
        subscribe: () => () => {},
      },
    },
  };
  let ending: Ending = "waits";
  // The function uses only these fields.
  void untilRoom(job as unknown as JobRun<unknown>, podGroupsOf(manifest)).then((outcome) => {
    ending = outcome === null ? "made" : outcome.phase === "rejected" ? "rejected" : "waits";
  });
  await clock.advance(100_000);
  return { ending, told, dryRuns };
}

describe.each(Object.entries(SCENES))("%s", (_, scene) => {
  const [empty, full, never] = scene.ends;

  it.each([
    [`a pod that fits: ${empty}`, scene.small, [], empty],
    [`on a full cluster: ${full}`, scene.small, scene.holders, full],
    [`a pod that never fits: ${never}`, scene.large, scene.holders, never],
  ])("%s", async (_name, limits, holders, ending) => {
    expect((await run(scene, jobOf(limits, scene), holders)).ending).toBe(ending);
  });
});

describe("denials", () => {
  const denies = (refused: Extract<DryRun, { refused: unknown }>["refused"], times: number): Scene => {
    let left = times;
    return { ...plain, dryRun: (admitted) => (left-- > 0 ? { refused } : { admitted }), ends: CREATED };
  };
  const webhook = (detail: string, grace: number) =>
    ({ reason: reason("PolicyDenied", { detail }), class: "final", grace }) as const;

  it("of a webhook pass, and the job stays pending with its words until then", async () => {
    const words = 'admission webhook "mpod.kb.io" denied the request: Job.batch "x" not found';
    const { ending, told } = await run(
      denies(webhook(words, 60_000), 1),
      jobOf(gpus(1), denies(webhook(words, 0), 0)),
      [],
    );
    expect([ending, told.map(({ params }) => params["detail"])]).toEqual(["made", [words]]);
  });

  it("of a webhook that stand after their grace are final", async () => {
    const scene = denies(webhook("no latest tag", 15_000), 1_000);
    const { ending, dryRuns } = await run(scene, jobOf(gpus(1), scene), []);
    // One every second for the grace, and the last one at its end.
    expect([ending, dryRuns]).toEqual(["rejected", 16]);
  });

  it("of built-in admission are final at first sight", async () => {
    const refused = {
      reason: reason("PodSecurity", { level: "restricted", detail: "" }),
      class: "final",
      grace: 0,
    } as const;
    const scene = denies(refused, 1_000);
    expect(await run(scene, jobOf(gpus(1), scene), [])).toMatchObject({ ending: "rejected", told: [], dryRuns: 2 });
  });
});

it("a job that waits for minutes costs the API server two dry runs a time, not two for each look", async () => {
  const scene: Scene = { ...plain, ends: CREATED };
  const { ending, dryRuns } = await run(scene, jobOf(gpus(1), scene), plain.holders);
  expect([ending, dryRuns]).toEqual(["waits", 2]);
});
