// What the queues in front of the scheduler report, read from their objects in the form that their controllers write.
import { describe, expect, it } from "vitest";
import { workloadAnswer } from "../../../src/capacity/queues/kueue.ts";
import type { KueueObjects } from "../../../src/capacity/queues/kueueQueue.ts";
import { placeOf } from "../../../src/capacity/queues/place.ts";
import { podGroupAnswer, type VolcanoObjects } from "../../../src/capacity/queues/volcano.ts";
import type { JsonObject } from "../../../src/model/data/json.ts";
import { queueOf } from "../../../src/model/kubernetes/podGroups.ts";
import { explainReason, reason } from "../../../src/model/reasons/reason.ts";

type Condition = readonly [type: string, status: string, reason: string, message?: string];

const conditions = (all: readonly Condition[]): readonly JsonObject[] =>
  all.map(([type, status, reason, message = ""], index) => ({
    type,
    status,
    reason,
    message,
    lastTransitionTime: `2026-01-01T00:00:0${index}Z`,
  }));

const TOO_MUCH =
  "couldn't assign flavors to pod set main: insufficient quota for nvidia.com/gpu in flavor a100, previously considered podsets requests (0) + current podset request (16) > maximum capacity (8)";
const BUSY =
  "couldn't assign flavors to pod set main: insufficient unused quota for nvidia.com/gpu in flavor a100, 2 more needed";

const SMALL_A10 = TOO_MUCH.replaceAll("a100", "a10");
const OTHER_NODES = "couldn't assign flavors to pod set main: flavor a10 doesn't match node affinity";
const TAINTED = "untolerated taint {nvidia.com/gpu true NoSchedule <nil>} in flavor a100";

const localQueue = { spec: { clusterQueue: "cq" } };
const flavors = (...names: readonly string[]): JsonObject => ({
  spec: { resourceGroups: [{ coveredResources: ["nvidia.com/gpu"], flavors: names.map((name) => ({ name })) }] },
});
const open: KueueObjects = { localQueue, clusterQueue: flavors("a100", "a10") };

const workload = (all: readonly Condition[], more: JsonObject = {}, spec: JsonObject = {}): JsonObject => ({
  spec: { queueName: "gpu", ...spec },
  status: { conditions: conditions(all), ...more },
});

const pending = (message: string): readonly Condition[] => [["QuotaReserved", "False", "Pending", message]];

describe("Kueue", () => {
  it.each<[string, readonly Condition[], string | undefined, JsonObject?]>([
    ["it was not examined (StrictFIFO)", [], "waits"],
    ["other jobs use the quota", [["QuotaReserved", "False", "WaitingForQuota", BUSY]], "waits"],
    ["its pods wait for those of others", [["QuotaReserved", "False", "WaitingForPodsReady"]], "waits"],
    [
      "a check is not done yet",
      [
        ["QuotaReserved", "True", "QuotaReserved"],
        ["Admitted", "False", "UnsatisfiedAdmissionChecks"],
      ],
      "waits",
    ],
    [
      "it was admitted, so its pods are judged",
      [
        ["QuotaReserved", "True", "QuotaReserved"],
        ["Admitted", "True", "Admitted"],
      ],
      undefined,
    ],
    [
      "a job with a higher priority took its place",
      [
        ["Evicted", "True", "Preempted"],
        ["Preempted", "True", "InCohortReclamation"],
      ],
      "evicted",
    ],
    ["its node failed", [["Evicted", "True", "NodeFailures"]], "evicted"],
    ["it was put back too often", [["Evicted", "True", "DeactivatedDueToRequeuingLimitExceeded"]], "expired"],
    ["it ran too long", [["Evicted", "True", "Deactivated", "MaximumExecutionTimeExceeded"]], "failed"],
    ["it has ended, so the Job is judged", [["Finished", "True", "Failed"]], undefined],
    [
      "the provider refused",
      [["QuotaReserved", "True", "QuotaReserved"]],
      "rejected",
      { admissionChecks: [{ name: "prov", state: "Rejected", message: "no capacity" }] },
    ],
  ])("%s", (_, all, expected, more = {}) => {
    expect(workloadAnswer(workload(all, more), open)?.class).toBe(expected);
  });

  it.each<[string, string, readonly string[], "rejected" | "waits", string]>([
    ["its only flavor is too small", TOO_MUCH, ["a100"], "rejected", "QueueTooSmall"],
    ["both flavors are too small", `${TOO_MUCH}, ${SMALL_A10}`, ["a100", "a10"], "rejected", "QueueTooSmall"],
    [
      "one flavor is too small, the other is in use",
      `${SMALL_A10}, ${BUSY}`,
      ["a100", "a10"],
      "waits",
      "QueueQuotaBusy",
    ],
    ["the other flavor was tried before and is not in the message", TOO_MUCH, ["a100", "a10"], "waits", "QueueWaits"],
    [
      "one flavor has a taint, the other is of other nodes",
      `${OTHER_NODES}, ${TAINTED}`,
      ["a100", "a10"],
      "rejected",
      "QueueNoFlavor",
    ],
    ["only one of two flavors is of other nodes", OTHER_NODES, ["a100", "a10"], "waits", "QueueWaits"],
    [
      "the queue has no such resource",
      "resource nvidia.com/gpu unavailable in ClusterQueue",
      ["a100"],
      "rejected",
      "QueueRefused",
    ],
  ])("%s", (_, message, names, expected, code) => {
    const answer = workloadAnswer(workload(pending(message)), { localQueue, clusterQueue: flavors(...names) });
    expect(answer).toMatchObject({ class: expected, reason: { code } });
  });

  it("says the numbers: what was asked, what the queue may have, and what is missing", () => {
    const too = workloadAnswer(workload(pending(TOO_MUCH)), { localQueue, clusterQueue: flavors("a100") });
    expect(explainReason(too?.reason ?? reason("FitsNow"), "en")).toBe(
      "queue gpu can never hold it: it asks for 16 nvidia.com/gpu, and the most that the queue may have is 8 nvidia.com/gpu (a100)",
    );
    const busy = workloadAnswer(workload(pending(BUSY)), open);
    expect(explainReason(busy?.reason ?? reason("FitsNow"), "en")).toBe(
      "waits in queue gpu for quota that is in use; more is needed of a100: 2 nvidia.com/gpu",
    );
  });

  it("does not refuse for numbers when Kueue may admit fewer pods, and needs a minute when it cannot read the queue", () => {
    const fewer = workload(pending(TOO_MUCH), {}, { podSets: [{ name: "main", count: 4, minCount: 1 }] });
    expect(workloadAnswer(fewer, { localQueue, clusterQueue: flavors("a100") })?.class).toBe("waits");
    const unread = { localQueue: undefined, clusterQueue: undefined };
    expect(workloadAnswer(workload(pending(TOO_MUCH)), unread)).toMatchObject({ class: "rejected", grace: 60_000 });
  });

  const held = { ...flavors("a100"), spec: { stopPolicy: "Hold" } };
  const inactive = {
    status: {
      conditions: conditions([["Active", "False", "FlavorNotFound", "references missing ResourceFlavor(s): x"]]),
    },
  };
  it.each<[string, KueueObjects, string]>([
    [
      "the LocalQueue does not exist",
      { localQueue: null, clusterQueue: undefined },
      "queue LocalQueue/gpu does not exist",
    ],
    ["its ClusterQueue does not exist", { localQueue, clusterQueue: null }, "queue ClusterQueue/cq does not exist"],
    [
      "an operator holds the ClusterQueue",
      { localQueue, clusterQueue: held },
      "queue ClusterQueue/cq is closed: an operator holds it (stop policy Hold)",
    ],
    [
      "an operator drains the LocalQueue",
      { localQueue: { spec: { stopPolicy: "HoldAndDrain", clusterQueue: "cq" } }, clusterQueue: undefined },
      "queue LocalQueue/gpu is closed: an operator holds it (stop policy HoldAndDrain)",
    ],
    [
      "a flavor of the ClusterQueue is missing",
      { localQueue, clusterQueue: inactive },
      "queue ClusterQueue/cq is closed: references missing ResourceFlavor(s): x",
    ],
  ])("%s: refused after a grace, unless it ran already", (_, objects, words) => {
    const answer = workloadAnswer(workload([]), objects);
    expect(answer).toMatchObject({ class: "rejected", grace: 15_000 });
    expect(explainReason(answer?.reason ?? reason("FitsNow"), "en")).toBe(words);
    expect(workloadAnswer(workload([["Evicted", "True", "ClusterQueueStopped"]]), objects)?.class).toBe("evicted");
  });
});

describe("Volcano", () => {
  const short = "3/4 tasks in gang unschedulable: pod group is not ready, 4 Pending, 4 minAvailable";
  const group = (phase: string, all: readonly Condition[], minimum: JsonObject = {}): JsonObject => ({
    spec: { queue: "team-a", minResources: minimum },
    status: { phase, conditions: conditions(all) },
  });
  const around = (more: Partial<VolcanoObjects> = {}): VolcanoObjects => ({
    queue: undefined,
    events: [],
    age: 0,
    ...more,
  });
  const quota = "queue resource quota insufficient: insufficient nvidia.com/gpu";

  it.each<readonly [string, string, readonly Condition[], string | undefined]>([
    ["it was not examined", "", [], "waits"],
    ["not all of it can be placed", "Inqueue", [["Unschedulable", "True", "NotEnoughResources", short]], "waits"],
    ["it is let in, so its pods are judged", "Inqueue", [], undefined],
    [
      "it is placed, although the old refusal is still there",
      "Running",
      [
        ["Unschedulable", "True", "NotEnoughResources", short],
        ["Scheduled", "True", "tasks in gang are ready to be scheduled"],
      ],
      undefined,
    ],
    [
      "a part of it lost its place",
      "Unknown",
      [
        ["Scheduled", "True", "x"],
        ["Unschedulable", "True", "NotEnoughResources", short],
      ],
      "waits",
    ],
    ["it has ended", "Completed", [], undefined],
  ])("%s", (_, phase, all, expected) => {
    expect(podGroupAnswer(group(phase, all), around())?.class).toBe(expected);
  });

  it.each<[string, Partial<VolcanoObjects>, string]>([
    ["Volcano's event names the quota", { events: [quota] }, `waits in queue team-a: ${quota}`],
    [
      "Volcano's event says that the cluster is full",
      { events: [quota, "resource in cluster is overused, 1x"] },
      "waits in queue team-a: the cluster is too full to admit it",
    ],
    ["no event yet", {}, "waits in queue team-a: the queue has not examined it yet"],
    ["no event for a while", { age: 31_000 }, "scheduler volcano has not looked at the pod for 30s: is it running?"],
  ])("Pending: %s", (_, more, words) => {
    const answer = podGroupAnswer(group("Pending", []), around(more));
    expect(answer?.class).toBe("waits");
    expect(explainReason(answer?.reason ?? reason("FitsNow"), "en")).toBe(words);
  });

  it.each<[string, JsonObject | null, string]>([
    ["does not exist", null, "queue Queue/team-a does not exist"],
    ["is closed", { status: { state: "Closed" } }, "queue Queue/team-a is closed: its state is Closed"],
    [
      "is smaller than the gang",
      { spec: { capability: { "nvidia.com/gpu": 8 } } },
      "queue Queue/team-a can never hold it: it asks for 32 nvidia.com/gpu, and the most that the queue may have is 8 nvidia.com/gpu",
    ],
  ])("refused when the queue %s", (_, queue, words) => {
    const asked = group("Pending", [], { "requests.nvidia.com/gpu": "32", pods: "4", cpu: "1" });
    const answer = podGroupAnswer(asked, around({ queue, events: [quota] }));
    expect(answer?.class).toBe("rejected");
    expect(explainReason(answer?.reason ?? reason("FitsNow"), "en")).toBe(words);
  });

  it("is not refused by a quota that is in use", () => {
    const queue = { spec: { capability: { "nvidia.com/gpu": 8 } }, status: { state: "Open" } };
    const asked = group("Pending", [], { "nvidia.com/gpu": "8" });
    expect(podGroupAnswer(asked, around({ queue, events: [quota] }))?.class).toBe("waits");
  });
});

describe("the place in a queue", () => {
  const waiting = (uid: string, created: string, priority?: number): JsonObject => ({
    metadata: { uid, creationTimestamp: created },
    spec: priority === undefined ? {} : { priority },
  });
  it("is that of the priority, then of the age", () => {
    const [old, young, urgent] = [
      waiting("a", "2026-01-01"),
      waiting("b", "2026-01-02"),
      waiting("c", "2026-01-03", 5),
    ];
    const line = [young, old, urgent];
    expect(placeOf(young, line)).toEqual({ position: 3, of: 3 });
    expect(placeOf(urgent, line)).toEqual({ position: 1, of: 3 });
    expect(placeOf(waiting("d", "2026-01-01"), line)).toBeUndefined();
  });
});

it("recognizes the queue that an object is in", () => {
  const job = (labels: JsonObject, spec: JsonObject): JsonObject => ({
    metadata: { labels },
    spec: { template: { spec } },
  });
  expect(queueOf(job({ "kueue.x-k8s.io/queue-name": "gpu" }, {}))).toBe("kueue");
  expect(queueOf(job({}, { schedulerName: "volcano" }))).toBe("volcano");
  expect(queueOf({ spec: { schedulerName: "volcano" } })).toBe("volcano");
  expect(queueOf(job({}, {}))).toBeUndefined();
});
