// Scenes with StatefulSets and DaemonSets.
import { all, condition, crashed, field, runsFor, some, waitingFor, warned } from "../judges.ts";
import { claim, daemonSet, idle, NO_IMAGE, pod, runs, statefulSet, storageClass } from "../manifests.ts";
import type { Scene } from "../scene.ts";

const stateful = { apiVersion: "apps/v1", kind: "StatefulSet", name: "web" };
const daemon = { apiVersion: "apps/v1", kind: "DaemonSet", name: "web" };
const whole = all(field("StatefulSet", "status.availableReplicas", 1), runsFor(11));
const changed = idle({ env: [{ name: "NEW", value: "1" }] });
const onDelete = { updateStrategy: { type: "OnDelete" } };

const STATEFUL: readonly Scene[] = [
  {
    name: "statefulset-complete",
    subject: stateful,
    objects: [statefulSet()],
    until: whole,
    expected: { state: "ready", code: "Ready" },
  },
  {
    name: "statefulset-none-wanted",
    subject: stateful,
    objects: [statefulSet(pod(), { replicas: 0 })],
    until: field("StatefulSet", "status.observedGeneration", 1),
    expected: { state: "ready", code: "Ready" },
  },
  {
    name: "statefulset-on-delete-changed",
    subject: stateful,
    objects: [statefulSet(pod(), onDelete)],
    afterwards: [{ wait: whole }, { apply: [statefulSet(pod(changed), onDelete)] }],
    until: field("StatefulSet", "status.observedGeneration", 2),
    expected: { state: "ready", code: "Ready" },
  },
  {
    name: "statefulset-on-delete-none-ready",
    subject: stateful,
    objects: [statefulSet(pod(idle({ image: NO_IMAGE })), onDelete)],
    until: waitingFor("ErrImagePull", "ImagePullBackOff"),
    expected: { state: "blocked", code: "ImageRegistryUnreachable", turns: ["failed", 120] },
  },
  {
    name: "statefulset-partition-held-back",
    subject: stateful,
    objects: [statefulSet()],
    afterwards: [
      { wait: whole },
      { apply: [statefulSet(pod(changed), { updateStrategy: { rollingUpdate: { partition: 1 } } })] },
    ],
    until: field("StatefulSet", "status.observedGeneration", 2),
    expected: { state: "ready", code: "Ready" },
  },
  {
    name: "statefulset-stuck-on-the-version-before",
    subject: stateful,
    objects: [statefulSet(pod(idle({ image: NO_IMAGE })))],
    afterwards: [{ wait: waitingFor("ErrImagePull", "ImagePullBackOff") }, { apply: [statefulSet(pod(idle()))] }],
    until: field("StatefulSet", "status.observedGeneration", 2),
    expected: { state: "blocked", code: "ImageRegistryUnreachable", turns: ["failed", 20] },
  },
  {
    name: "statefulset-volume-not-provided",
    subject: stateful,
    objects: [
      storageClass("Immediate"),
      statefulSet(pod(), {
        volumeClaimTemplates: [{ ...claim({ storageClassName: "$namespace" }), metadata: { name: "data" } }],
      }),
    ],
    until: all(warned("ProvisioningFailed"), condition("Pod", "PodScheduled", "False")),
    expected: { state: "blocked", code: "VolumeBlocked" },
  },
  {
    name: "statefulset-pod-refused",
    subject: stateful,
    labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    objects: [statefulSet()],
    until: warned("FailedCreate"),
    expected: { state: "rejected", code: "PodSecurity" },
  },
];

const DAEMONS: readonly Scene[] = [
  {
    name: "daemonset-complete",
    subject: daemon,
    objects: [daemonSet()],
    until: all(
      some("DaemonSet", (one) => Number(Object(one["status"])["numberAvailable"]) > 0),
      runsFor(11),
    ),
    expected: { state: "ready", code: "Ready" },
  },
  {
    name: "daemonset-matches-no-node",
    subject: daemon,
    objects: [daemonSet(pod(idle(), { nodeSelector: { "example.com/disk": "nvme" } }))],
    until: field("DaemonSet", "status.observedGeneration", 1),
    expected: { state: "ready", code: "NoNodeMatches" },
  },
  {
    name: "daemonset-crashes",
    subject: daemon,
    objects: [daemonSet(pod(runs("exit 3")))],
    until: crashed(1),
    expected: { state: "blocked", code: "CrashLoop", turns: ["failed", 20] },
  },
  {
    name: "daemonset-pod-refused",
    subject: daemon,
    labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    objects: [daemonSet()],
    until: warned("FailedCreate"),
    expected: { state: "rejected", code: "PodSecurity" },
  },
];

export const SETS: readonly Scene[] = [...STATEFUL, ...DAEMONS];
