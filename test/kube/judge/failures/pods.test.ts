// What is wrong with a pod: one fixture per signal of the failure table.
import { describe, expect, it } from "vitest";
import { gravestTrouble } from "../../../../src/kube/judge/failures/pod.ts";
import { statusOf } from "../../../../src/kube/judge/status/table.ts";
import type { EventFact } from "../../../../src/kube/watches/eventRing.ts";
import type { JsonObject } from "../../../../src/model/data/json.ts";
import type { Manifest } from "../../../../src/model/kubernetes/manifest.ts";
import { NOW, object, pod, running, terminated, view, waiting, warning } from "../../fixtures.ts";

const unscheduled = (message: string): Manifest =>
  pod({
    status: {
      conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }],
      containerStatuses: [],
    },
  });
/** A pod that was created `ago` milliseconds ago and has no condition from a scheduler. */
const unseen = (ago: number): Manifest => ({
  ...pod({ spec: { schedulerName: "batch" } }),
  metadata: { name: "web-1", uid: "Pod-uid", creationTimestamp: new Date(NOW - ago).toISOString() },
  status: { phase: "Pending" },
});
const trouble = (subject: Manifest, events: readonly EventFact[] = []) =>
  gravestTrouble([subject], view({ events: { "Pod-uid": events } }));

type Case = readonly [
  name: string,
  subject: Manifest,
  events: readonly EventFact[],
  state: string | undefined,
  code: string | undefined,
];

const loop = (lastState: JsonObject, restarts: number): Manifest =>
  pod({ phase: "Running", state: waiting("CrashLoopBackOff"), lastState, restarts });

describe("troubles of a pod", () => {
  it.each<Case>([
    ["creating", pod(), [], undefined, undefined],
    ["not looked at by a scheduler yet", unseen(5_000), [], "progressing", "Scheduling"],
    ["never looked at by a scheduler", unseen(31_000), [], "blocked", "SchedulerAbsent"],
    ["running and ready", pod({ ready: true, phase: "Running", state: running(60) }), [], undefined, undefined],
    [
      "invalid image name",
      pod({ state: waiting("InvalidImageName", "invalid reference format") }),
      [],
      "failed",
      "ImageInvalidName",
    ],
    [
      "image not found",
      pod({ state: waiting("ErrImagePull", 'failed to pull and unpack image "web:1": not found') }),
      [],
      "blocked",
      "ImageNotFound",
    ],
    [
      "back-off that does not say why: the event does",
      pod({ state: waiting("ImagePullBackOff", 'Back-off pulling image "web:1"') }),
      [warning("Failed", 'Failed to pull image "web:1": rpc error: unauthorized')],
      "blocked",
      "ImageUnauthorized",
    ],
    ["image absent and never pulled", pod({ state: waiting("ErrImageNeverPull") }), [], "failed", "ImageNotOnNode"],
    [
      "missing Secret",
      pod({ state: waiting("CreateContainerConfigError", 'secret "p" not found') }),
      [],
      "blocked",
      "MissingReference",
    ],
    [
      "the kubelet's cache is behind",
      pod({ state: waiting("CreateContainerConfigError", "failed to sync secret cache: timed out") }),
      [],
      undefined,
      undefined,
    ],
    [
      "missing ConfigMap as a volume",
      pod(),
      [warning("FailedMount", 'MountVolume.SetUp failed for volume "v" : configmap "c" not found')],
      "blocked",
      "MissingReference",
    ],
    [
      "volume cannot be mounted",
      pod(),
      [warning("FailedMount", "MountVolume.SetUp failed: exit status 32")],
      "blocked",
      "VolumeMountFailed",
    ],
    [
      "an old mount failure of a pod that runs",
      pod({ ready: true, phase: "Running", state: running(60) }),
      [warning("FailedMount", "x")],
      undefined,
      undefined,
    ],
    [
      "command not found",
      pod({ state: waiting("RunContainerError", 'exec: "x": executable file not found in $PATH') }),
      [],
      "blocked",
      "CannotStart",
    ],
    ["first crash", pod({ phase: "Running", state: terminated(1) }), [], "blocked", "CrashLoop"],
    ["crash loop", loop(terminated(1), 1), [], "blocked", "CrashLoop"],
    ["third restart", loop(terminated(1), 3), [], "failed", "CrashLoop"],
    [
      "back after a crash a moment ago",
      pod({ ready: true, phase: "Running", state: running(2), lastState: terminated(1), restarts: 1 }),
      [],
      "blocked",
      "CrashLoop",
    ],
    [
      "back after a crash long ago",
      pod({ ready: true, phase: "Running", state: running(60), lastState: terminated(1), restarts: 7 }),
      [],
      undefined,
      undefined,
    ],
    ["exits cleanly again and again", loop(terminated(0), 1), [], "blocked", "EndsByItself"],
    ["out of memory", loop(terminated(137, "OOMKilled"), 1), [], "blocked", "OutOfMemory"],
    [
      "corpus: init container ImagePullBackOff",
      pod({
        state: waiting("PodInitializing"),
        init: { state: waiting("ImagePullBackOff", "ErrImagePull: not found") },
      }),
      [],
      "blocked",
      "ImageNotFound",
    ],
    [
      "init container fails",
      pod({ state: waiting("PodInitializing"), init: { state: terminated(4) } }),
      [],
      "blocked",
      "InitFailed",
    ],
    [
      "corpus: sidecar crashes",
      pod({
        state: running(60),
        phase: "Running",
        initSpec: { restartPolicy: "Always" },
        init: { state: waiting("CrashLoopBackOff"), lastState: terminated(2), restartCount: 4 },
      }),
      [],
      "failed",
      "CrashLoop",
    ],
    [
      "probe fails",
      pod({ phase: "Running", state: running(60) }),
      [warning("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503")],
      "progressing",
      "NotReady",
    ],
    ["no node", unscheduled("0/2 nodes are available: 2 Insufficient cpu."), [], "blocked", "Unschedulable"],
    [
      "missing claim",
      unscheduled('0/1 nodes are available: persistentvolumeclaim "data" not found.'),
      [],
      "blocked",
      "MissingReference",
    ],
    [
      "preempted",
      pod({
        phase: "Failed",
        conditions: [{ type: "DisruptionTarget", status: "True", reason: "PreemptionByScheduler" }],
      }),
      [],
      "progressing",
      "Interrupted",
    ],
    [
      "the node had no room after all",
      pod({ phase: "Failed", status: { phase: "Failed", reason: "OutOfcpu" } }),
      [],
      "progressing",
      "Interrupted",
    ],
  ])("%s", (_name, subject, events, state, code) => {
    const finding = trouble(subject, events);
    expect([finding?.state, finding?.reason.code]).toEqual([state, code]);
  });

  it("shows the container's own words and where its last log is", () => {
    const finding = trouble(loop(terminated(3), 3));
    expect(finding?.evidence[0]).toEqual({
      source: "container",
      object: "Pod/web-1",
      text: "web: Error exit code 3, 3 restarts, CrashLoopBackOff",
    });
    expect(finding?.log).toEqual({ namespace: "test", pod: "web-1", container: "web", previous: true });
  });

  it("says in one line what a mount was about", () => {
    const message =
      'MountVolume.SetUp failed for volume "data" : mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs nas.corp:/exports/x /var/lib/kubelet/pods/5b/volumes/kubernetes.io~nfs/data\nOutput: mount.nfs: Failed to resolve server nas.corp: Name or service not known\n';
    const finding = trouble(pod(), [warning("FailedMount", message)]);
    expect(finding?.reason.params["detail"]).toBe(
      "data (nfs nas.corp:/exports/x): Failed to resolve server nas.corp: Name or service not known",
    );
  });

  it("names the init container that everything waits for, once it lasts", () => {
    const since = (seconds: number) =>
      gravestTrouble([pod({ state: waiting("PodInitializing"), init: { state: running(seconds) } })], view());
    expect(since(3)?.reason.code).toBe("Starting");
    expect(since(15)?.reason).toEqual({ code: "InitRunning", params: { container: "prepare", delay: "10s" } });
    expect(since(200)?.reason.params["delay"]).toBe("3m00s");
    expect(since(200)?.evidence[0]?.text).toContain("prepare: running since");
  });

  it("keeps its key from one pod to the next, so that a replaced pod goes on counting", () => {
    const first = trouble(loop(terminated(3), 1));
    const second = trouble({
      ...loop(terminated(3), 1),
      metadata: { name: "web-2", namespace: "test", uid: "Pod-uid" },
    });
    expect(first?.turns?.key).toBe(second?.turns?.key);
  });
});

describe("Pod by itself", () => {
  it.each<[string, Manifest, string]>([
    [
      "corpus: failed (kstatus calls it current)",
      pod({ phase: "Failed", state: terminated(1), spec: { restartPolicy: "Never" } }),
      "failed",
    ],
    ["succeeded", pod({ phase: "Succeeded", state: terminated(0) }), "ready"],
    ["ready", pod({ ready: true, phase: "Running", state: running(60) }), "ready"],
    ["pending", pod(), "progressing"],
  ])("%s", (_name, subject, state) => {
    expect(statusOf({ object: subject, generation: 0, view: view() }).state).toBe(state);
  });
});

describe("kinds without a rule", () => {
  const custom = (conditions: readonly JsonObject[]): Manifest =>
    object({ kind: "Widget", apiVersion: "example.com/v1", status: { conditions } });
  it.each<[string, Manifest, string]>([
    ["exists", object({ kind: "ConfigMap" }), "ready"],
    ["ready", custom([{ type: "Ready", status: "True" }]), "ready"],
    ["not ready", custom([{ type: "Ready", status: "False", message: "wait" }]), "progressing"],
    [
      "ready, but for an older generation",
      custom([{ type: "Ready", status: "True", observedGeneration: 0 }]),
      "progressing",
    ],
    ["stalled", custom([{ type: "Stalled", status: "True" }]), "failed"],
    ["reconciling", custom([{ type: "Reconciling", status: "True" }]), "progressing"],
    [
      "corpus: CRD not established",
      object({ kind: "CustomResourceDefinition", apiVersion: "apiextensions.k8s.io/v1" }),
      "progressing",
    ],
  ])("%s", (_name, subject, state) => {
    expect(statusOf({ object: subject, generation: 1, view: view() }).state).toBe(state);
  });
});
