// Everything that a run can wait for: each situation is a document as a user writes it, with what must exist for its
// run to wait. The run is found waiting half a minute after its start (or after `after`), and would wait for many
// minutes more.
import type { JsonObject } from "../../../src/model/data/json.ts";
import type { ReasonCode } from "../../../src/model/reasons/reason.ts";
import type { Phase } from "../../../src/model/run/phase.ts";
import { scriptType } from "./scriptType.ts";

export interface Situation {
  readonly waitsFor: string;
  /** All steps before the final step. */
  readonly steps: readonly JsonObject[];
  readonly mode?: "DAG" | "StepByStep";
  /** The job that waits, by its name. */
  readonly job: string;
  readonly found: readonly [Phase, ReasonCode];
  /** Workflows that run first and hold what this run waits for. */
  readonly holders?: readonly (readonly JsonObject[])[];
  readonly types?: readonly JsonObject[];
  /** The job type that is disabled once the run has begun. */
  readonly disabled?: string;
  readonly projectLimit?: number;
  /** The time before which no job of the run begins. */
  readonly startAt?: string;
  /** Milliseconds after the start at which the run is found waiting. Default: half a minute. */
  readonly after?: number;
  /** True when only the process knows what holds the run back: after a restart the run continues. */
  readonly forgotten?: true;
  /** Milliseconds that its end on a cluster may take after a cancel. Default: none. */
  readonly grace?: number;
  /** Milliseconds within which the run ends without any act. Absent when it waits for something that never comes. */
  readonly endsBy?: number;
}

const MINUTE = 60_000;
const wait = (name: string, time: string, more: JsonObject = {}): JsonObject => ({
  name,
  type: "wait",
  properties: { for: time },
  ...more,
});
const call = (path: string, more: JsonObject = {}): JsonObject => ({
  name: "work",
  type: "http",
  timeout: "20h",
  clocks: { attempt: "20h" },
  properties: { url: `http://target${path}` },
  ...more,
});
const script = (type: string, image: string, more: JsonObject = {}): JsonObject => ({
  name: "work",
  type,
  properties: { image, script: "true" },
  ...more,
});
const door = (more: JsonObject = {}): JsonObject => ({ key: "door", ...more });

export const SITUATIONS: readonly Situation[] = [
  {
    waitsFor: "a time",
    steps: [wait("work", "20m")],
    job: "work",
    found: ["running", "WaitingUntil"],
    endsBy: 20 * MINUTE,
  },
  {
    waitsFor: "a time, for each value of a loop",
    steps: [wait("work", "20m", { forEach: [1, 2, 3] })],
    job: "work[1]",
    found: ["running", "WaitingUntil"],
    endsBy: 20 * MINUTE,
  },
  {
    waitsFor: "a time, in a group with a time of its own",
    steps: [{ name: "group", type: "group", timeout: "30m", subSteps: [wait("work", "20m")] }],
    job: "group.work",
    found: ["running", "WaitingUntil"],
    endsBy: 20 * MINUTE,
  },
  {
    waitsFor: "the step before it",
    steps: [wait("before", "20m"), call("/ok")],
    job: "work",
    found: ["waiting", "Dependencies"],
    endsBy: 20 * MINUTE + 1_000,
  },
  {
    waitsFor: "an approval",
    steps: [{ name: "work", type: "approve", timeout: "20m", properties: { message: "Go?" } }],
    job: "work",
    found: ["pending", "Approval"],
    endsBy: 20 * MINUTE,
  },
  {
    waitsFor: "an answer",
    steps: [call("/slow/1200000")],
    job: "work",
    found: ["running", "Calling"],
    endsBy: 20 * MINUTE,
  },
  {
    waitsFor: "its next attempt",
    steps: [call("/status/503", { retry: { attempts: 3, backoff: "4m" } })],
    job: "work",
    found: ["queued", "Retrying"],
    endsBy: 10 * MINUTE,
  },
  {
    waitsFor: "a lock",
    steps: [call("/ok", { locks: [door()], clocks: { queue: "20m" } })],
    holders: [[call("/slow/36000000", { locks: [door()] })]],
    job: "work",
    found: ["queued", "KeyBusy"],
    endsBy: 20 * MINUTE,
  },
  {
    waitsFor: "a lock that an output names",
    steps: [
      { name: "who", type: "http", properties: { url: "http://target/json/%7B%22host%22%3A%22db-7%22%7D" } },
      call("/ok", { locks: [{ host: { $from: "/steps/who/outputs/body/host" } }], clocks: { queue: "20m" } }),
    ],
    holders: [[call("/slow/36000000", { locks: [{ host: "db-7" }] })]],
    job: "work",
    found: ["queued", "KeyBusy"],
    endsBy: 21 * MINUTE,
  },
  {
    waitsFor: "one of two places",
    steps: [call("/ok", { locks: [door({ limit: 2 })], clocks: { queue: "20m" } })],
    holders: [
      [call("/slow/36000000", { locks: [door({ limit: 2 })] })],
      [call("/slow/36000000", { locks: [door({ limit: 2 })] })],
    ],
    job: "work",
    found: ["queued", "TypeLimit"],
    endsBy: 20 * MINUTE,
  },
  {
    waitsFor: "the limit of its type",
    types: [scriptType("limited", { concurrency: { global: 1 }, timeouts: { queue: "20m", pending: "20h" } })],
    steps: [script("limited", "busybox:1.36")],
    holders: [[script("limited", "busybox:unschedulable")]],
    job: "work",
    found: ["queued", "KeyBusy"],
    endsBy: 20 * MINUTE,
  },
  {
    waitsFor: "a type that is switched off",
    types: [scriptType("stopped", { timeouts: { queue: "20m" } })],
    steps: [wait("before", "10s"), script("stopped", "busybox:1.36")],
    disabled: "stopped",
    job: "work",
    found: ["queued", "TypeDisabled"],
    endsBy: 21 * MINUTE,
  },
  {
    waitsFor: "an address that failed too often",
    steps: [call("/ok")],
    holders: [
      [call("/status/503", { forEach: Array.from({ length: 12 }, (_, index) => index), retry: { attempts: 1 } })],
    ],
    after: 5_000,
    job: "work",
    found: ["queued", "TargetBreakerOpen"],
    forgotten: true,
    endsBy: MINUTE,
  },
  {
    waitsFor: "room on the cluster",
    types: [scriptType("roomy", { timeouts: { pending: "20m" } })],
    steps: [script("roomy", "busybox:unschedulable")],
    job: "work",
    found: ["pending", "Unschedulable"],
    grace: 40_000,
    endsBy: 21 * MINUTE,
  },
  {
    waitsFor: "its own time",
    steps: [call("/ok")],
    startAt: "2024-01-01T00:20:00Z",
    job: "work",
    found: ["waiting", "Beginning"],
    endsBy: 21 * MINUTE,
  },
  {
    waitsFor: "a place of its project",
    projectLimit: 1,
    steps: [call("/ok")],
    holders: [[call("/slow/1200000")]],
    job: "work",
    found: ["waiting", "Beginning"],
    endsBy: 21 * MINUTE,
  },
  {
    waitsFor: "a place among the jobs of its own run",
    steps: [call("/slow/600000", { forEach: Array.from({ length: 70 }, (_, index) => index) })],
    job: "work[69]",
    found: ["queued", "Slot"],
    endsBy: 21 * MINUTE,
  },
];
