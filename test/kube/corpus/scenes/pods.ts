// Scenes with single pods and with PersistentVolumeClaims.
import { all, crashed, exists, field, ready, runsFor, warned } from "../judges.ts";
import { barePod, claim, pod, runs, storageClass } from "../manifests.ts";
import type { Scene } from "../scene.ts";

const subject = { apiVersion: "v1", kind: "Pod", name: "web" };
const once = { restartPolicy: "Never" };

const PODS_ONLY: readonly Scene[] = [
  {
    name: "pod-ready",
    subject,
    objects: [barePod()],
    until: all(ready, runsFor(11)),
    expected: { state: "ready", code: "Ready" },
  },
  {
    name: "pod-succeeded",
    subject,
    objects: [barePod(pod(runs("exit 0"), once))],
    until: field("Pod", "status.phase", "Succeeded"),
    expected: { state: "ready", code: "Completed" },
  },
  // kstatus calls it Current, gitops-engine Degraded.
  {
    name: "pod-failed",
    subject,
    objects: [barePod(pod(runs("exit 3"), once))],
    until: field("Pod", "status.phase", "Failed"),
    expected: { state: "failed", code: "CrashLoop" },
  },
  {
    name: "pod-crashes",
    subject,
    objects: [barePod(pod(runs("exit 3")))],
    until: crashed(1),
    expected: { state: "blocked", code: "CrashLoop", turns: ["failed", 20] },
  },
  {
    name: "pod-being-deleted",
    subject,
    objects: [barePod(pod(runs("trap '' TERM; while true; do sleep 1; done"), { terminationGracePeriodSeconds: 20 }))],
    afterwards: [{ wait: ready }, { kubectl: ["delete", "pod", "web", "--wait=false"] }],
    until: exists("Pod"),
    expected: { state: "progressing", code: "Terminating" },
  },
];

const volume = { apiVersion: "v1", kind: "PersistentVolumeClaim", name: "web" };
const named = claim({ storageClassName: "$namespace" });
const phase = (name: string) => field("PersistentVolumeClaim", "status.phase", name);
const handMade = {
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: "$namespace" },
  spec: {
    capacity: { storage: "1Gi" },
    accessModes: ["ReadWriteOnce"],
    storageClassName: "$namespace",
    hostPath: { path: "/var/none" },
  },
};

const CLAIMS: readonly Scene[] = [
  {
    name: "claim-bound",
    subject: volume,
    objects: [claim()],
    until: phase("Bound"),
    expected: { state: "ready", code: "Ready" },
  },
  {
    name: "claim-waits-for-its-first-pod",
    subject: volume,
    objects: [storageClass("WaitForFirstConsumer"), named],
    until: phase("Pending"),
    expected: { state: "ready", code: "Ready" },
  },
  {
    name: "claim-not-provided",
    subject: volume,
    objects: [storageClass("Immediate"), named],
    until: warned("ProvisioningFailed"),
    expected: { state: "blocked", code: "VolumeBlocked" },
  },
  {
    name: "claim-of-no-class",
    subject: volume,
    objects: [claim({ storageClassName: "" })],
    until: phase("Pending"),
    expected: { state: "progressing", code: "VolumePending" },
  },
  {
    name: "claim-of-a-class-that-is-not-there",
    subject: volume,
    objects: [named],
    until: warned("ProvisioningFailed"),
    expected: { state: "blocked", code: "VolumeBlocked" },
  },
  {
    name: "claim-lost-its-volume",
    subject: volume,
    objects: [storageClass("Immediate"), handMade, named],
    afterwards: [
      { wait: phase("Bound") },
      { kubectl: ["delete", "persistentvolume", "$namespace", "--wait=false"] },
      { kubectl: ["patch", "persistentvolume", "$namespace", "--patch", '{"metadata":{"finalizers":null}}'] },
    ],
    until: phase("Lost"),
    expected: { state: "failed", code: "VolumeLost" },
  },
];

export const PODS: readonly Scene[] = [...PODS_ONLY, ...CLAIMS];
