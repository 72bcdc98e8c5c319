// What the queues in front of the scheduler report, read from their objects in the form that their controllers write.
import { describe, expect, it } from "vitest";
import { workloadAnswer } from "../../../src/capacity/queues/kueue.ts";
import { podGroupAnswer } from "../../../src/capacity/queues/volcano.ts";
import type { JsonObject } from "../../../src/model/data/json.ts";
import { queueOf } from "../../../src/model/kubernetes/podGroups.ts";

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

describe("Kueue", () => {
  it.each<[string, readonly Condition[], string, JsonObject?]>([
    ["nobody has looked at it (StrictFIFO)", [], "waits"],
    ["it is more than the queue may ever have", [["QuotaReserved", "False", "ExceedsMaxQuota", TOO_MUCH]], "rejected"],
    ["the same, said by Kueue before 0.19", [["QuotaReserved", "False", "Pending", TOO_MUCH]], "rejected"],
    ["others use the quota", [["QuotaReserved", "False", "WaitingForQuota", BUSY]], "waits"],
    [
      "one flavor is too small, another in use",
      [["QuotaReserved", "False", "Pending", `${TOO_MUCH}, ${BUSY}`]],
      "waits",
    ],
    [
      "no flavor matches",
      [["QuotaReserved", "False", "NoMatchingFlavor", "flavor a100 doesn't match node affinity"]],
      "rejected",
    ],
    ["its pods wait for those of others", [["QuotaReserved", "False", "WaitingForPodsReady"]], "waits"],
    [
      "a check is still to come",
      [
        ["QuotaReserved", "True", "QuotaReserved"],
        ["Admitted", "False", "UnsatisfiedAdmissionChecks"],
      ],
      "waits",
    ],
    [
      "it was let in",
      [
        ["QuotaReserved", "True", "QuotaReserved"],
        ["Admitted", "True", "Admitted"],
      ],
      "waits",
    ],
    [
      "its pods are ready",
      [
        ["Admitted", "True", "Admitted"],
        ["PodsReady", "True", "PodsReady"],
      ],
      "running",
    ],
    [
      "somebody more important took its place",
      [
        ["Evicted", "True", "Preempted"],
        ["Preempted", "True", "InCohortReclamation"],
      ],
      "interrupted",
    ],
    ["its node failed", [["Evicted", "True", "NodeFailures"]], "interrupted"],
    ["it was put back too often", [["Evicted", "True", "DeactivatedDueToRequeuingLimitExceeded"]], "expired"],
    ["it ran too long", [["Evicted", "True", "Deactivated", "MaximumExecutionTimeExceeded"]], "failed"],
    ["it is done", [["Finished", "True", "Succeeded"]], "succeeded"],
    ["it did not succeed", [["Finished", "True", "Failed"]], "failed"],
    [
      "the provider refused",
      [["QuotaReserved", "True", "QuotaReserved"]],
      "rejected",
      { admissionChecks: [{ name: "prov", state: "Rejected", message: "no capacity" }] },
    ],
  ])("%s", (_, all, expected, more = {}) => {
    expect(workloadAnswer({ status: { conditions: conditions(all), ...more } }).class).toBe(expected);
  });

  it("quotes the words of the queue", () => {
    const { reason } = workloadAnswer({
      status: { conditions: conditions([["QuotaReserved", "False", "WaitingForQuota", BUSY]]) },
    });
    expect(reason.params["detail"]).toBe(`WaitingForQuota: ${BUSY}`);
  });

  it("waits a minute for a queue that does not exist yet", () => {
    const missing = conditions([["QuotaReserved", "False", "Misconfigured", "LocalQueue gpu doesn't exist"]]);
    expect(workloadAnswer({ status: { conditions: missing } })).toMatchObject({ class: "rejected", grace: 60_000 });
  });
});

describe("Volcano", () => {
  const short = "3/4 tasks in gang unschedulable: pod group is not ready, 4 Pending, 4 minAvailable";
  it.each<readonly [string, string, readonly Condition[], string]>([
    ["it was not looked at", "", [], "waits"],
    ["the cluster is too full to admit it", "Pending", [], "waits"],
    ["not all of it can be placed", "Inqueue", [["Unschedulable", "True", "NotEnoughResources", short]], "waits"],
    [
      "it is placed, though the old refusal is still there",
      "Running",
      [
        ["Unschedulable", "True", "NotEnoughResources", short],
        ["Scheduled", "True", "tasks in gang are ready to be scheduled"],
      ],
      "running",
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
    ["it is done", "Completed", [], "succeeded"],
  ])("%s", (_, phase, all, expected) => {
    expect(podGroupAnswer({ status: { phase, conditions: conditions(all) } }).class).toBe(expected);
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
