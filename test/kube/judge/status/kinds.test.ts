// Verdicts on the kinds that run no pods of their own, one fixture per state.

import { describe, expect, it } from "vitest";
import { statusOf } from "../../../../src/kube/judge/status/table.ts";
import type { JsonObject } from "../../../../src/model/data/json.ts";
import type { Manifest } from "../../../../src/model/kubernetes/manifest.ts";
import { type Matcher, writeReadyRule } from "../../../../src/model/kubernetes/readyRule.ts";
import { explainReason } from "../../../../src/model/reasons/reason.ts";
import { ago, object, pod, terminated, type ViewGiven, view, waiting } from "../../fixtures.ts";

type Case = readonly [
  name: string,
  subject: Manifest,
  state: string,
  code: string,
  given?: ViewGiven,
  generation?: number,
];

function check(cases: readonly Case[]): void {
  for (const [name, subject, state, code, given = {}, generation = 0] of cases)
    it(name, () => {
      const finding = statusOf({ object: subject, generation, view: view(given) });
      expect([finding.state, finding.reason.code]).toEqual([state, code]);
    });
}

const condition = (type: string, status: string, reason = "", message = ""): JsonObject => ({
  type,
  status,
  reason,
  message,
});
const cron = (spec: JsonObject = {}): Manifest => object({ kind: "CronJob", apiVersion: "batch/v1", uid: "c", spec });
const run = (name: string, seconds: number, conditions: readonly JsonObject[]): Manifest =>
  object({
    kind: "Job",
    apiVersion: "batch/v1",
    name,
    uid: name,
    owner: "c",
    metadata: { creationTimestamp: ago(seconds) },
    status: { conditions },
  });
const DONE = condition("Complete", "True");
const FAILED = condition("Failed", "True", "BackoffLimitExceeded");
const failedPod = pod({ owner: "bad", phase: "Failed", state: terminated(3), spec: { restartPolicy: "Never" } });

describe("CronJob", () => {
  check([
    ["never ran", cron(), "ready", "Ready"],
    ["suspended", cron({ suspend: true }), "suspended", "Suspended"],
    ["suspended, just written as wanted", cron({ suspend: true }), "ready", "Suspended", {}, 1],
    ["last run succeeded", cron(), "ready", "Ready", { objects: [run("good", 10, [DONE]), run("bad", 90, [FAILED])] }],
    [
      "last run failed",
      cron(),
      "degraded",
      "LastRunFailed",
      { objects: [run("good", 90, [DONE]), run("bad", 10, [FAILED]), failedPod] },
    ],
    [
      "runs, and the run before failed",
      cron(),
      "degraded",
      "LastRunFailed",
      { objects: [run("now", 1, []), run("bad", 90, [FAILED])] },
    ],
    [
      "a run of the version before does not hold a deployment up",
      cron(),
      "ready",
      "LastRunFailed",
      { objects: [run("bad", 10, [FAILED])] },
      1,
    ],
    [
      "its run cannot get its image",
      cron(),
      "degraded",
      "ImageNotFound",
      { objects: [run("now", 5, []), pod({ owner: "now", state: waiting("ImagePullBackOff", "manifest unknown") })] },
    ],
    [
      "runs of somebody else are not its own",
      cron(),
      "ready",
      "Ready",
      { objects: [{ ...run("bad", 1, [FAILED]), metadata: { name: "x" } }] },
    ],
  ]);

  it("says how the last run failed", () => {
    const objects = [run("bad", 10, [FAILED]), failedPod];
    const finding = statusOf({ object: cron(), generation: 0, view: view({ objects }) });
    expect(finding.reason.params["cause"]).toBe("the task exited with code 3");
    expect(finding.log).toMatchObject({ pod: "web-1" });
  });
});

describe("DaemonSet", () => {
  const status = { observedGeneration: 1, desiredNumberScheduled: 0, currentNumberScheduled: 0 };
  check([
    ["matches no node", object({ kind: "DaemonSet", apiVersion: "apps/v1", status }), "ready", "NoNodeMatches"],
    ["not seen by its controller yet", object({ kind: "DaemonSet", apiVersion: "apps/v1" }), "progressing", "Starting"],
  ]);
});

const scaler = (conditions: readonly JsonObject[]): Manifest =>
  object({ kind: "HorizontalPodAutoscaler", apiVersion: "autoscaling/v2", status: { conditions } });
const since = (seconds: number, one: JsonObject): JsonObject => ({ ...one, lastTransitionTime: ago(seconds) });
const NO_METRICS = condition("ScalingActive", "False", "FailedGetResourceMetric", "no metrics API");

describe("HorizontalPodAutoscaler is advisory", () => {
  check([
    ["new", scaler([]), "ready", "Ready"],
    ["scales", scaler([condition("AbleToScale", "True"), condition("ScalingActive", "True")]), "ready", "Ready"],
    ["metrics are not there yet", scaler([since(30, NO_METRICS)]), "ready", "Ready"],
    ["metrics never come", scaler([since(300, NO_METRICS)]), "ready", "Advisory"],
    [
      "its target does not exist",
      scaler([condition("AbleToScale", "False", "FailedGetScale", "not found")]),
      "ready",
      "Advisory",
    ],
    [
      "its target is scaled to none",
      scaler([condition("ScalingActive", "False", "ScalingDisabled")]),
      "ready",
      "Suspended",
    ],
  ]);
});

const budget = (conditions: readonly JsonObject[], status: JsonObject = {}): Manifest =>
  object({ kind: "PodDisruptionBudget", apiVersion: "policy/v1", status: { conditions, ...status } });

describe("PodDisruptionBudget", () => {
  check([
    ["allows none right now", budget([condition("DisruptionAllowed", "False", "InsufficientPods")]), "ready", "Ready"],
    [
      "cannot be worked out",
      budget([condition("DisruptionAllowed", "False", "SyncFailed", "two budgets")]),
      "ready",
      "Advisory",
    ],
    ["not looked at yet", budget([], { observedGeneration: 0 }), "progressing", "Starting"],
  ]);
});

describe("kinds that only exist", () => {
  check(
    [
      ["networking.k8s.io/v1", "NetworkPolicy"],
      ["v1", "ServiceAccount"],
      ["rbac.authorization.k8s.io/v1", "Role"],
      ["rbac.authorization.k8s.io/v1", "RoleBinding"],
      ["v1", "ConfigMap"],
    ].map(([apiVersion = "", kind = ""]): Case => [kind, object({ apiVersion, kind }), "ready", "Ready"]),
  );
});

const definition = (...conditions: readonly JsonObject[]): Manifest =>
  object({ kind: "CustomResourceDefinition", apiVersion: "apiextensions.k8s.io/v1", status: { conditions } });

describe("CustomResourceDefinition", () => {
  check([
    ["just made", definition(), "progressing", "Starting"],
    [
      "installing",
      definition(condition("NamesAccepted", "True"), condition("Established", "False", "Installing")),
      "progressing",
      "Starting",
    ],
    ["established", definition(condition("NamesAccepted", "True"), condition("Established", "True")), "ready", "Ready"],
    [
      "its names are taken",
      definition(
        condition("NamesAccepted", "False", "KindConflict", "taken"),
        condition("Established", "False", "NotAccepted"),
      ),
      "failed",
      "RefusedByServer",
    ],
    [
      "refused for another cause",
      definition(condition("Established", "False", "Broken", "no")),
      "failed",
      "RefusedByServer",
    ],
  ]);
});

describe("Namespace", () => {
  check([
    ["active", object({ kind: "Namespace", status: { phase: "Active" } }), "ready", "Ready"],
    ["going away", object({ kind: "Namespace", status: { phase: "Terminating" } }), "progressing", "Terminating"],
  ]);
});

const custom = (status: JsonObject, metadata: JsonObject = {}): Manifest =>
  object({ kind: "Widget", apiVersion: "example.com/v1", status, metadata });

describe("a custom resource without a rule", () => {
  check([
    ["says nothing", custom({}), "ready", "Ready"],
    ["Ready", custom({ conditions: [condition("Ready", "True")] }), "ready", "Ready"],
    [
      "not Ready",
      custom({ conditions: [condition("Ready", "False", "NoDatabase", "waiting")] }),
      "progressing",
      "NotYet",
    ],
    ["Available", custom({ conditions: [condition("Available", "True")] }), "ready", "Ready"],
    [
      "Ready of an older generation",
      custom({ conditions: [{ ...condition("Ready", "True"), observedGeneration: 1 }] }, { generation: 2 }),
      "progressing",
      "Starting",
    ],
    [
      "an older observedGeneration",
      custom({ observedGeneration: 1, conditions: [condition("Ready", "True")] }, { generation: 2 }),
      "progressing",
      "Starting",
    ],
    [
      "Stalled",
      custom({ conditions: [condition("Stalled", "True"), condition("Ready", "True")] }),
      "failed",
      "RolloutDeadline",
    ],
    [
      "Reconciling",
      custom({ conditions: [condition("Reconciling", "True"), condition("Ready", "True")] }),
      "progressing",
      "Starting",
    ],
  ]);
});

describe("a custom resource with a rule of its own", () => {
  const ready: readonly Matcher[] = [
    { field: "status.phase", values: ["Running", "Idle"] },
    { condition: "Synced", status: "True" },
  ];
  const failed: readonly Matcher[] = [
    { field: "status.error", values: [] },
    { condition: "Broken", status: "True" },
  ];
  const ruled = (status: JsonObject, generation = 1): Manifest =>
    custom(status, { generation, annotations: { "kubemin.dev/ready": writeReadyRule({ ready, failed }) } });
  const synced = condition("Synced", "True");
  check([
    ["no status yet", ruled({}), "progressing", "NotYet"],
    ["one of two holds", ruled({ phase: "Idle" }), "progressing", "NotYet"],
    ["both hold", ruled({ phase: "Running", conditions: [synced] }), "ready", "Ready"],
    [
      "its condition is of an older generation",
      ruled({ phase: "Running", conditions: [{ ...synced, observedGeneration: 1 }] }, 2),
      "progressing",
      "NotYet",
    ],
    [
      "failed by a field",
      ruled({ phase: "Running", conditions: [synced], error: "no disk" }),
      "failed",
      "ReportedFailure",
    ],
    [
      "failed by a condition",
      ruled({ conditions: [condition("Broken", "True", "x", "no disk")] }),
      "failed",
      "ReportedFailure",
    ],
    [
      "a rule that nobody can read counts for nothing",
      custom({}, { annotations: { "kubemin.dev/ready": "{" } }),
      "ready",
      "Ready",
    ],
  ]);

  it("says what it waits for and what is there", () => {
    const finding = statusOf({ object: ruled({ phase: "Building" }), generation: 0, view: view() });
    expect(explainReason(finding.reason, "en")).toContain(
      "waits until status.phase is Running or Idle; now it is Building",
    );
  });
});
