// Verdicts on workloads, one fixture per state. Cases in which kstatus and gitops-engine differ are marked "corpus".
import { describe, expect, it } from "vitest";
import { statusOf } from "../../../../src/kube/judge/status/table.ts";
import type { JsonObject } from "../../../../src/model/data/json.ts";
import type { Manifest } from "../../../../src/model/kubernetes/manifest.ts";
import {
  ago,
  healthyPod,
  object,
  pod,
  running,
  terminated,
  type ViewGiven,
  view,
  waiting,
  warning,
} from "../../fixtures.ts";

const DONE = [
  { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" },
  { type: "Available", status: "True" },
];
const UP = {
  observedGeneration: 1,
  replicas: 1,
  updatedReplicas: 1,
  readyReplicas: 1,
  availableReplicas: 1,
  conditions: DONE,
};
const GOING = {
  observedGeneration: 1,
  replicas: 1,
  updatedReplicas: 1,
  conditions: [{ type: "Progressing", status: "True", reason: "ReplicaSetUpdated" }],
};

const deployment = (status: JsonObject, spec: JsonObject = {}, metadata: JsonObject = {}): Manifest =>
  object({
    kind: "Deployment",
    apiVersion: "apps/v1",
    uid: "d",
    spec: { replicas: 1, ...spec },
    status,
    metadata: { annotations: { "deployment.kubernetes.io/revision": "2" }, ...metadata },
  });
const replicaSet = (revision: string, uid: string, status: JsonObject = {}): Manifest =>
  object({
    kind: "ReplicaSet",
    apiVersion: "apps/v1",
    uid,
    owner: "d",
    spec: { replicas: 1 },
    status,
    metadata: { annotations: { "deployment.kubernetes.io/revision": revision } },
  });
const NEW = replicaSet("2", "new", { availableReplicas: 0 });
const OLD = replicaSet("1", "old", { availableReplicas: 1 });

type Case = readonly [name: string, subject: Manifest, given: ViewGiven, state: string, code: string];

function check(cases: readonly Case[]): void {
  it.each(cases)("%s", (_name, subject, given, state, code) => {
    const finding = statusOf({ object: subject, generation: 1, view: view(given) });
    expect([finding.state, finding.reason.code]).toEqual([state, code]);
  });
}

const crashed = pod({
  owner: "new",
  phase: "Running",
  state: waiting("CrashLoopBackOff"),
  lastState: terminated(3),
  restarts: 1,
});

describe("Deployment", () => {
  check([
    ["complete", deployment(UP), { objects: [NEW, healthyPod("new")] }, "ready", "Ready"],
    ["not observed yet", deployment({ ...UP, observedGeneration: 0 }), {}, "progressing", "Starting"],
    ["older than our write", deployment(UP, {}, { generation: 0 }), {}, "progressing", "Starting"],
    ["being deleted", deployment(UP, {}, { deletionTimestamp: ago(1) }), {}, "progressing", "Terminating"],
    ["old pods still there", deployment({ ...UP, replicas: 2 }), { objects: [NEW] }, "progressing", "Progressing"],
    [
      "corpus: paused in mid-roll",
      deployment({ ...GOING, updatedReplicas: 0 }, { paused: true }),
      { objects: [OLD] },
      "suspended",
      "Suspended",
    ],
    [
      "paused but rolled out",
      deployment(UP, { paused: true }),
      { objects: [NEW, healthyPod("new")] },
      "ready",
      "Ready",
    ],
    [
      "corpus: Recreate, between old and new",
      deployment({ observedGeneration: 1, conditions: DONE }),
      { objects: [OLD] },
      "progressing",
      "Progressing",
    ],
    ["corpus: zero replicas wanted", deployment({ observedGeneration: 1 }, { replicas: 0 }), {}, "ready", "Ready"],
    [
      "corpus: crash after ready",
      deployment({ ...UP, availableReplicas: 0, readyReplicas: 0 }),
      { objects: [NEW, crashed] },
      "blocked",
      "CrashLoop",
    ],
    [
      "complete for an instant while its container exits",
      deployment(UP),
      { objects: [NEW, pod({ owner: "new", ready: true, phase: "Running", state: terminated(3) })] },
      "blocked",
      "CrashLoop",
    ],
    [
      "complete, probed and only just started",
      deployment(UP),
      {
        objects: [
          NEW,
          pod({ owner: "new", ready: true, phase: "Running", state: running(0), container: { readinessProbe: {} } }),
        ],
      },
      "ready",
      "Ready",
    ],
    [
      "troubles of the old ReplicaSet's pods do not count",
      deployment(GOING),
      {
        objects: [
          OLD,
          NEW,
          { ...crashed, metadata: { ...crashed.metadata, ownerReferences: [{ uid: "old", controller: true }] } },
        ],
      },
      "progressing",
      "Progressing",
    ],
    [
      "corpus: quota-blocked ReplicaSet",
      deployment({
        ...GOING,
        conditions: [
          {
            type: "ReplicaFailure",
            status: "True",
            reason: "FailedCreate",
            message: "exceeded quota: q, requested: pods=1, used: pods=4, limited: pods=4",
          },
        ],
      }),
      { objects: [NEW] },
      "blocked",
      "QuotaExceeded",
    ],
    [
      "asks for more than the quota has",
      deployment({
        ...GOING,
        conditions: [
          {
            type: "ReplicaFailure",
            status: "True",
            reason: "FailedCreate",
            message: "exceeded quota: q, requested: cpu=8, used: cpu=0, limited: cpu=4",
          },
        ],
      }),
      { objects: [NEW] },
      "rejected",
      "QuotaExceeded",
    ],
    [
      "refused by policy, told by an event only",
      deployment(GOING),
      {
        objects: [NEW],
        events: { new: [warning("FailedCreate", 'Error creating: admission webhook "p" denied the request: no')] },
      },
      "blocked",
      "PolicyDenied",
    ],
    [
      "deadline passed, cause unknown",
      deployment({
        ...GOING,
        conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }],
      }),
      { objects: [NEW] },
      "failed",
      "RolloutDeadline",
    ],
    [
      "deadline passed, cause known",
      deployment({
        ...GOING,
        conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }],
      }),
      { objects: [NEW, crashed] },
      "failed",
      "CrashLoop",
    ],
  ]);

  it("counts the pods of the newest ReplicaSet only, and remembers that it was complete", () => {
    const subject = deployment({ ...UP, availableReplicas: 0, readyReplicas: 0 });
    const finding = statusOf({ object: subject, generation: 1, view: view({ objects: [OLD, NEW] }) });
    expect(finding.facts).toEqual({ ready: 0, wanted: 1 });
    expect(finding.wasReady).toBe(true);
  });
});

const SET = {
  observedGeneration: 1,
  replicas: 1,
  readyReplicas: 1,
  availableReplicas: 1,
  updatedReplicas: 1,
  currentRevision: "a",
  updateRevision: "a",
};
const statefulSet = (status: JsonObject, spec: JsonObject = {}): Manifest =>
  object({ kind: "StatefulSet", apiVersion: "apps/v1", uid: "s", spec: { replicas: 1, ...spec }, status });
const member = (revision: string, given: Parameters<typeof pod>[0] = {}): Manifest =>
  pod({ ...given, owner: "s", labels: { "controller-revision-hash": revision } });

describe("what still serves while a new version comes", () => {
  const of = (revision: string) => ({ "kubemin.dev/revision": revision });
  const factsOf = (subject: Manifest, given: ViewGiven) =>
    statusOf({ object: subject, generation: 1, view: view(given) }).facts;

  it("are the pods of the old ReplicaSet, with the revision that it is of; a broken attempt between both is not them", () => {
    const set = (number: string, uid: string, status: JsonObject) => {
      const one = replicaSet(number, uid, status);
      return { ...one, metadata: { ...one.metadata, annotations: { ...one.metadata.annotations, ...of(number) } } };
    };
    const subject = deployment(
      { ...GOING, replicas: 4 },
      { replicas: 2 },
      { annotations: { "deployment.kubernetes.io/revision": "3" } },
    );
    const objects = [
      set("3", "new", { replicas: 1, availableReplicas: 0 }),
      set("2", "broken", { replicas: 1, readyReplicas: 0 }),
      set("1", "old", { replicas: 2, readyReplicas: 2 }),
    ];
    expect(factsOf(subject, { objects })).toEqual({ ready: 0, wanted: 2, before: { ready: 2, pods: 2, revision: 1 } });
    expect(factsOf(deployment(UP), { objects: [NEW, healthyPod("new")] })).toEqual({ ready: 0, wanted: 1 });
  });

  it("are the pods of the old revision of a StatefulSet; below a partition they count as ready", () => {
    const status = {
      ...SET,
      replicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      updatedReplicas: 1,
      updateRevision: "b",
    };
    const up = { ready: true, phase: "Running", state: running(60) };
    const objects = [member("a", up), member("a", up), member("b", up)];
    const others = {
      "ControllerRevision/a": object({ kind: "ControllerRevision", metadata: { annotations: of("4") } }),
    };
    const before = { ready: 2, pods: 2, revision: 4 };
    expect(factsOf(statefulSet(status, { replicas: 3 }), { objects, others })).toEqual({ ready: 1, wanted: 3, before });
    const partition = { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } };
    expect(factsOf(statefulSet(status, partition), { objects })).toEqual({
      ready: 3,
      wanted: 3,
      before: { ready: 2, pods: 2 },
    });
  });

  it("are the pods of a DaemonSet with another generation of its template", () => {
    const subject = object({
      kind: "DaemonSet",
      apiVersion: "apps/v1",
      uid: "s",
      metadata: { annotations: { "deprecated.daemonset.template.generation": "2" } },
      status: { observedGeneration: 1, desiredNumberScheduled: 2, currentNumberScheduled: 2, numberAvailable: 1 },
    });
    const one = (generation: string, ready: boolean) =>
      pod({
        owner: "s",
        ready,
        labels: { "pod-template-generation": generation, "controller-revision-hash": generation },
      });
    const facts = factsOf(subject, { objects: [one("1", true), one("2", false)] });
    expect(facts).toEqual({ ready: 0, wanted: 2, before: { ready: 1, pods: 1 } });
  });
});

describe("StatefulSet", () => {
  check([
    ["complete", statefulSet(SET), {}, "ready", "Ready"],
    [
      "running but not available yet (minReadySeconds)",
      statefulSet({ ...SET, availableReplicas: 0 }),
      {},
      "progressing",
      "Progressing",
    ],
    [
      "revisions differ with the default partition",
      statefulSet({ ...SET, currentRevision: "old" }, { updateStrategy: { rollingUpdate: { partition: 0 } } }),
      {},
      "progressing",
      "Progressing",
    ],
    [
      "partition holds the rest back",
      statefulSet(
        { ...SET, replicas: 3, readyReplicas: 3, availableReplicas: 3, updatedReplicas: 1, currentRevision: "old" },
        { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } },
      ),
      {},
      "ready",
      "Ready",
    ],
    [
      "corpus: OnDelete with 0 ready",
      statefulSet({ ...SET, readyReplicas: 0, availableReplicas: 0 }, { updateStrategy: { type: "OnDelete" } }),
      {},
      "progressing",
      "Progressing",
    ],
    [
      "OnDelete, all ready, update pending",
      statefulSet({ ...SET, updatedReplicas: 0, updateRevision: "b" }, { updateStrategy: { type: "OnDelete" } }),
      {},
      "ready",
      "Ready",
    ],
    [
      "its claim is on the way",
      statefulSet({ ...SET, readyReplicas: 0 }),
      {
        objects: [
          member("a", {
            conditions: [],
            status: {
              conditions: [
                {
                  type: "PodScheduled",
                  status: "False",
                  message: "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
                },
              ],
            },
          }),
        ],
      },
      "progressing",
      "VolumePending",
    ],
    [
      "a broken pod of the version before stops the roll",
      statefulSet({ ...SET, readyReplicas: 0, updatedReplicas: 0, updateRevision: "b" }),
      {
        objects: [
          member("a", { phase: "Running", state: waiting("CrashLoopBackOff"), lastState: terminated(1), restarts: 9 }),
        ],
      },
      "blocked",
      "CrashLoop",
    ],
  ]);

  it("says which pod to delete when the roll is stuck", () => {
    const subject = statefulSet({ ...SET, readyReplicas: 0, updatedReplicas: 0, updateRevision: "b" });
    const broken = member("a", {
      phase: "Running",
      state: waiting("CrashLoopBackOff"),
      lastState: terminated(1),
      restarts: 9,
    });
    const finding = statusOf({ object: subject, generation: 1, view: view({ objects: [broken] }) });
    expect(finding.evidence.at(-1)?.text).toContain("delete pod web-1");
    expect(finding.turns).toMatchObject({ into: "failed" });
  });
});

const job = (conditions: readonly JsonObject[], status: JsonObject = {}, spec: JsonObject = {}): Manifest =>
  object({ kind: "Job", apiVersion: "batch/v1", uid: "j", spec, status: { conditions, ...status } });
const taskPod = (given: Parameters<typeof pod>[0]): Manifest =>
  pod({ ...given, owner: "j", spec: { restartPolicy: "Never" } });
const deleted = (one: Manifest): Manifest => ({
  ...one,
  metadata: { ...one.metadata, deletionTimestamp: ago(1) },
});
const FAILED = { type: "Failed", status: "True", reason: "BackoffLimitExceeded" };

describe("Job", () => {
  check([
    ["complete", job([{ type: "Complete", status: "True" }]), {}, "ready", "Completed"],
    [
      "corpus: running (kstatus calls it current)",
      job([], { active: 1 }),
      { objects: [taskPod({ phase: "Running", state: running(20) })] },
      "progressing",
      "TaskRunning",
    ],
    [
      "corpus: resumed, Suspended=False (gitops-engine calls it healthy)",
      job([{ type: "Suspended", status: "False" }], { active: 1 }),
      { objects: [taskPod({ phase: "Running", state: running(20) })] },
      "progressing",
      "TaskRunning",
    ],
    ["suspended", job([{ type: "Suspended", status: "True" }]), {}, "suspended", "Suspended"],
    ["Failed=False is no failure", job([{ type: "Failed", status: "False" }]), {}, "progressing", "Starting"],
    [
      "failed by exit code",
      job([FAILED]),
      { objects: [taskPod({ phase: "Failed", state: terminated(7) })] },
      "failed",
      "TaskFailed",
    ],
    [
      "failed, pods still ending",
      job([{ ...FAILED, type: "FailureTarget" }]),
      { objects: [taskPod({ phase: "Failed", state: terminated(7) })] },
      "failed",
      "TaskFailed",
    ],
    [
      "its pod was deleted by somebody",
      job([FAILED]),
      { objects: [deleted(taskPod({ phase: "Failed", state: terminated(143) }))] },
      "failed",
      "PodDeleted",
    ],
    [
      "its program failed before its pod was deleted",
      job([FAILED]),
      { objects: [deleted(taskPod({ phase: "Failed", state: terminated(7) }))] },
      "failed",
      "TaskFailed",
    ],
    [
      "failed in its init container",
      job([FAILED]),
      { objects: [taskPod({ phase: "Failed", init: { state: terminated(4) } })] },
      "failed",
      "InitFailed",
    ],
    [
      "failed for want of memory",
      job([FAILED]),
      { objects: [taskPod({ phase: "Failed", state: terminated(137, "OOMKilled") })] },
      "failed",
      "OutOfMemory",
    ],
    [
      "too slow",
      job([{ ...FAILED, reason: "DeadlineExceeded" }], {}, { activeDeadlineSeconds: 60 }),
      {},
      "failed",
      "Deadline",
    ],
    [
      "evicted, not its fault",
      job([FAILED]),
      {
        objects: [
          taskPod({
            phase: "Failed",
            status: { phase: "Failed", reason: "Evicted", message: "low on resource: memory" },
          }),
        ],
      },
      "failed",
      "Interrupted",
    ],
    [
      "its image does not exist: never fails by itself",
      job([]),
      { objects: [taskPod({ state: waiting("ImagePullBackOff", "ErrImagePull: manifest unknown") })] },
      "blocked",
      "ImageNotFound",
    ],
    [
      "its program failed and the Job has not given up yet",
      job([]),
      { objects: [taskPod({ phase: "Running", state: terminated(7) })] },
      "progressing",
      "TaskRunning",
    ],
    [
      "corpus: webhook-denied, told by events only",
      job([]),
      { events: { j: [warning("FailedCreate", 'Error creating: admission webhook "p" denied the request: no')] } },
      "blocked",
      "PolicyDenied",
    ],
  ]);

  describe("of several pods side by side", () => {
    const gang = (status: JsonObject = {}, conditions: readonly JsonObject[] = []): Manifest =>
      job(conditions, status, { completionMode: "Indexed", completions: 3, parallelism: 3 });
    const member = (index: number, given: Parameters<typeof pod>[0], on = "n1"): Manifest => {
      const one = taskPod(given);
      const annotations = { "batch.kubernetes.io/job-completion-index": String(index) };
      const spec = { ...(one["spec"] as JsonObject), ...(on === "" ? {} : { nodeName: on }) };
      return { ...one, metadata: { ...one.metadata, name: `web-${index}`, uid: `u${index}`, annotations }, spec };
    };
    const runs = (index: number) => member(index, { phase: "Running", state: running(20) });
    const homeless = (index: number): Manifest => {
      const message = "0/1 nodes are available: 1 Insufficient nvidia.com/gpu.";
      const one = member(index, {}, "");
      const conditions = [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }];
      return { ...one, status: { phase: "Pending", conditions } };
    };
    const found = (object: Manifest, objects: readonly Manifest[]) =>
      statusOf({ object, generation: 1, view: view({ objects }) });

    it("counts those that run, and calls it running when all have begun", () => {
      const starts = member(2, { phase: "Pending", state: waiting("ContainerCreating", "") });
      expect(found(gang(), [runs(0), runs(1), starts]).reason).toEqual({
        code: "PodsStarting",
        params: { running: 2, count: 3 },
      });
      expect(
        found(gang({ succeeded: 1 }), [runs(0), runs(1), member(2, { phase: "Succeeded", state: terminated(0) })])
          .reason,
      ).toEqual({
        code: "PodsRunning",
        params: { running: 2, count: 3, done: 1 },
      });
    });

    it("says that some have their place and hold it while others have none, and none of that when nobody has", () => {
      expect(found(gang(), [runs(0), homeless(1), homeless(2)])).toMatchObject({
        state: "blocked",
        reason: { code: "PodsPartlyPlaced", params: { placed: 1, count: 3 } },
      });
      expect(found(gang(), [homeless(0), homeless(1), homeless(2)]).reason.code).toBe("Unschedulable");
    });

    it("fails with the pod that failed, not with those that were ended because of it", () => {
      const culprit = member(1, { phase: "Failed", state: terminated(3) });
      const ended = [0, 2].map((index) => {
        const one = member(index, { phase: "Failed", state: terminated(143) });
        return { ...one, metadata: { ...one.metadata, deletionTimestamp: ago(1), creationTimestamp: ago(0) } };
      });
      const finding = found(gang({}, [FAILED]), [...ended, culprit]);
      expect(finding.reason).toMatchObject({ code: "TaskFailed", params: { exitCode: 3 } });
      expect(finding.evidence[0]?.object).toBe("Pod/web-1");
      expect(finding.log).toMatchObject({ pod: "web-1" });
    });
  });

  it("gives the exit code of the last pod and where its log is", () => {
    const first = taskPod({ phase: "Failed", state: terminated(1) });
    const last = taskPod({ phase: "Failed", state: terminated(9) });
    const older = { ...first, metadata: { ...first.metadata, name: "first", creationTimestamp: ago(100) } };
    const finding = statusOf({ object: job([FAILED]), generation: 1, view: view({ objects: [older, last] }) });
    expect(finding.reason.params).toEqual({ exitCode: 9 });
    expect(finding.log).toMatchObject({ pod: "web-1", container: "web", previous: false });
  });
});
