// Scenes with Deployments and ReplicaSets.
import {
  all,
  condition,
  crashed,
  exists,
  field,
  hasField,
  ready,
  rolledOut,
  runsFor,
  some,
  waitingFor,
  warned,
} from "../judges.ts";
import { deployment, idle, NO_IMAGE, never, pod, quota, replicaSet, runs } from "../manifests.ts";
import type { Scene } from "../scene.ts";

const subject = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
const of = (name: string, scene: Omit<Scene, "name" | "subject">): Scene => ({
  name: `deployment-${name}`,
  subject,
  ...scene,
});
const WAIT_READY = { wait: all(rolledOut, runsFor(11)) };
const sidecar = (text: string) => [{ ...runs(text), name: "helper", restartPolicy: "Always" }];

const STANDING: readonly Scene[] = [
  of("complete", {
    objects: [deployment()],
    until: all(rolledOut, runsFor(11)),
    expected: { state: "ready", code: "Ready" },
  }),
  of("written-but-not-shown", {
    objects: [deployment()],
    until: rolledOut,
    asked: "ahead",
    expected: { state: "progressing", code: "Starting" },
  }),
  of("none-wanted", {
    objects: [deployment(pod(), { replicas: 0 })],
    until: field("Deployment", "status.observedGeneration", 1),
    expected: { state: "ready", code: "Ready" },
  }),
  of("paused-before-its-first-pod", {
    objects: [deployment(pod(), { paused: true })],
    until: field("Deployment", "status.observedGeneration", 1),
    expected: { state: "suspended", code: "Suspended" },
  }),
  of("paused-in-the-middle", {
    objects: [deployment()],
    afterwards: [
      WAIT_READY,
      { apply: [deployment(pod(idle({ env: [{ name: "NEW", value: "1" }] })), { paused: true })] },
    ],
    until: field("Deployment", "status.observedGeneration", 2),
    expected: { state: "suspended", code: "Suspended" },
  }),
  of("paused-when-done", {
    objects: [deployment()],
    afterwards: [WAIT_READY, { apply: [deployment(pod(), { paused: true })] }],
    until: field("Deployment", "status.observedGeneration", 2),
    expected: { state: "ready", code: "Ready" },
  }),
  of("recreate-between-old-and-new", {
    objects: [
      deployment(pod(runs("trap '' TERM; while true; do sleep 1; done"), { terminationGracePeriodSeconds: 20 }), {
        strategy: { type: "Recreate" },
      }),
    ],
    afterwards: [WAIT_READY, { apply: [deployment(pod(idle()), { strategy: { type: "Recreate" } })] }],
    until: all(
      some("Pod", (one) => one.metadata.deletionTimestamp !== undefined),
      field("Deployment", "status.observedGeneration", 2),
    ),
    expected: { state: "progressing", code: "Progressing" },
  }),
  of("rolling-while-the-old-one-serves", {
    objects: [deployment()],
    afterwards: [WAIT_READY, { apply: [deployment(pod(idle({ readinessProbe: never })))] }],
    until: all(field("Deployment", "status.updatedReplicas", 1), warned("Unhealthy")),
    expected: { state: "progressing", code: "NotReady" },
  }),
];

const PROGRAM: readonly Scene[] = [
  of("registry-unreachable", {
    objects: [deployment(pod(idle({ image: NO_IMAGE })))],
    until: waitingFor("ErrImagePull", "ImagePullBackOff"),
    expected: { state: "blocked", code: "ImageRegistryUnreachable", turns: ["failed", 120] },
  }),
  of("image-name-invalid", {
    objects: [deployment(pod(idle({ image: "Web" })))],
    until: waitingFor("InvalidImageName"),
    expected: { state: "failed", code: "ImageInvalidName" },
  }),
  of("image-never-pulled", {
    objects: [deployment(pod(idle({ image: NO_IMAGE, imagePullPolicy: "Never" })))],
    until: waitingFor("ErrImageNeverPull"),
    expected: { state: "failed", code: "ImageNotOnNode" },
  }),
  of("image-of-init-missing", {
    objects: [deployment(pod(idle(), { initContainers: [{ name: "prepare", image: NO_IMAGE }] }))],
    until: waitingFor("ErrImagePull", "ImagePullBackOff"),
    expected: { state: "blocked", code: "ImageRegistryUnreachable", turns: ["failed", 120] },
  }),
  of("crashes", {
    objects: [deployment(pod(runs("exit 3")))],
    until: crashed(1),
    expected: { state: "blocked", code: "CrashLoop", turns: ["failed", 20] },
  }),
  of("crashed-often", {
    objects: [deployment(pod(runs("exit 3")))],
    until: crashed(3),
    expected: { state: "failed", code: "CrashLoop" },
  }),
  of("crashes-after-it-was-ready", {
    objects: [deployment(pod(runs("sleep 15; exit 3")))],
    afterwards: [{ wait: rolledOut }],
    until: crashed(1),
    expected: { state: "blocked", code: "CrashLoop", turns: ["failed", 20] },
  }),
  of("ends-again-and-again-without-error", {
    objects: [deployment(pod(runs("exit 0")))],
    until: crashed(3),
    expected: { state: "failed", code: "EndsByItself" },
  }),
  of("out-of-memory", {
    objects: [
      deployment(
        pod(runs("x=0123456789abcdef; while true; do x=$x$x; done", { resources: { limits: { memory: "16Mi" } } })),
      ),
    ],
    until: crashed(3),
    expected: { state: "failed", code: "OutOfMemory" },
  }),
  of("init-fails", {
    objects: [deployment(pod(idle(), { initContainers: [{ ...runs("exit 9"), name: "prepare" }] }))],
    until: crashed(1),
    expected: { state: "blocked", code: "InitFailed", turns: ["failed", 20] },
  }),
  of("sidecar-crashes", {
    objects: [deployment(pod(idle(), { initContainers: sidecar("exit 4") }))],
    until: crashed(1),
    expected: { state: "blocked", code: "CrashLoop", turns: ["failed", 20] },
  }),
  of("command-not-found", {
    objects: [deployment(pod({ name: "web", image: "busybox:1.36", command: ["servr"] }))],
    until: waitingFor("RunContainerError", "CreateContainerError", "CrashLoopBackOff"),
    expected: { state: "blocked", code: "CannotStart", turns: ["failed", 20] },
  }),
  of("not-ready", {
    objects: [deployment(pod(idle({ readinessProbe: never })))],
    until: all(warned("Unhealthy"), runsFor(2)),
    expected: { state: "progressing", code: "NotReady" },
  }),
  of("killed-by-its-probe", {
    objects: [
      deployment(
        pod(runs("trap 'exit 143' TERM; sleep infinity & wait", { livenessProbe: never, readinessProbe: never })),
      ),
    ],
    until: crashed(1),
    expected: { state: "blocked", code: "ProbeKilled", turns: ["failed", 20] },
  }),
  of("deadline-exceeded", {
    objects: [deployment(pod(idle({ readinessProbe: never })), { progressDeadlineSeconds: 4 })],
    until: condition("Deployment", "Progressing", "False", "ProgressDeadlineExceeded"),
    expected: { state: "failed", code: "NotReady" },
  }),
  of("deadline-exceeded-without-a-node", {
    objects: [deployment(pod(idle({ resources: { requests: { cpu: "500" } } })), { progressDeadlineSeconds: 4 })],
    until: condition("Deployment", "Progressing", "False", "ProgressDeadlineExceeded"),
    expected: { state: "blocked", code: "Unschedulable" },
  }),
];

const env = (source: object) => idle({ env: [{ name: "PASSWORD", valueFrom: JSON.parse(JSON.stringify(source)) }] });

const PLATFORM: readonly Scene[] = [
  of("secret-missing", {
    objects: [deployment(pod(env({ secretKeyRef: { name: "none", key: "password" } })))],
    until: waitingFor("CreateContainerConfigError"),
    expected: { state: "blocked", code: "MissingReference", turns: ["failed", 10] },
  }),
  of("config-missing", {
    objects: [
      deployment(
        pod(idle({ volumeMounts: [{ name: "v", mountPath: "/v" }] }), {
          volumes: [{ name: "v", configMap: { name: "none" } }],
        }),
      ),
    ],
    until: warned("FailedMount"),
    expected: { state: "blocked", code: "MissingReference", turns: ["failed", 10] },
  }),
  of("account-missing", {
    objects: [deployment(pod(idle(), { serviceAccountName: "none" }))],
    until: condition("Deployment", "ReplicaFailure", "True"),
    expected: { state: "blocked", code: "MissingReference", turns: ["failed", 10] },
  }),
  of("claim-missing", {
    objects: [deployment(pod(idle(), { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "none" } }] }))],
    until: condition("Pod", "PodScheduled", "False"),
    expected: { state: "blocked", code: "MissingReference", turns: ["failed", 10] },
  }),
  of("unschedulable", {
    objects: [deployment(pod(idle(), { nodeSelector: { "example.com/disk": "nvme" } }))],
    until: condition("Pod", "PodScheduled", "False"),
    expected: { state: "blocked", code: "Unschedulable" },
  }),
  of("gated", {
    objects: [deployment(pod(idle(), { schedulingGates: [{ name: "example.com/gate" }] }))],
    until: condition("Pod", "PodScheduled", "False", "SchedulingGated"),
    expected: { state: "blocked", code: "PodGated" },
  }),
  of("no-such-scheduler", {
    objects: [deployment(pod(idle(), { schedulerName: "none" }))],
    until: all(exists("Pod"), hasField("Deployment", "status.unavailableReplicas")),
    expected: { state: "progressing", code: "Scheduling" },
  }),
  of("quota-used-up", {
    objects: [quota({ pods: "1" }), deployment(pod(), { replicas: 2 })],
    until: all(condition("Deployment", "ReplicaFailure", "True"), ready, runsFor(11)),
    expected: { state: "blocked", code: "QuotaExceeded" },
  }),
  of("quota-never-enough", {
    objects: [quota({ "requests.cpu": "100m" }), deployment(pod(idle({ resources: { requests: { cpu: "2" } } })))],
    until: condition("Deployment", "ReplicaFailure", "True"),
    expected: { state: "rejected", code: "QuotaExceeded" },
  }),
  of("pod-security", {
    labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    objects: [deployment()],
    until: condition("Deployment", "ReplicaFailure", "True"),
    expected: { state: "rejected", code: "PodSecurity" },
  }),
];

const SETS: readonly Scene[] = [
  {
    name: "replicaset-complete",
    subject: { ...subject, kind: "ReplicaSet" },
    objects: [replicaSet()],
    until: all(field("ReplicaSet", "status.availableReplicas", 1), runsFor(11)),
    expected: { state: "ready", code: "Ready" },
  },
  {
    name: "replicaset-refused",
    subject: { ...subject, kind: "ReplicaSet" },
    labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    objects: [replicaSet()],
    until: condition("ReplicaSet", "ReplicaFailure", "True"),
    expected: { state: "rejected", code: "PodSecurity" },
  },
];

export const DEPLOYMENTS: readonly Scene[] = [...STANDING, ...PROGRAM, ...PLATFORM, ...SETS];
