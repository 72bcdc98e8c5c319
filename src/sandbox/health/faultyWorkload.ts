// The verdict on a workload whose pods have a fault: one row per fault, with the messages that a kubelet or a scheduler
// would write.

import { optionalNumberAt, scalarAt, textAt } from "../../model/data/fieldReaders.ts";
import type { Evidence } from "../../model/kubernetes/health.ts";
import { shortRef } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { Fault, FaultName } from "../faults/faults.ts";
import type { SandboxPod, StoredObject } from "../objects/sandboxObjects.ts";
import { commandOf } from "../objects/workloadTemplate.ts";
import { type SandboxVerdict, type SandboxView, seen, verdict } from "./healthRule.ts";

interface Case {
  readonly object: StoredObject;
  readonly pod: SandboxPod;
  readonly fault: Fault;
}

const DEADLINE_SECONDS = 600;
const container = ({ fault }: Case): string => textAt(fault.container, "name") || "main";
const image = ({ fault }: Case): string => textAt(fault.container, "image");

function evidence(one: Case, source: Evidence["source"], text: string): Evidence {
  return { source, object: `Pod/${one.pod.name}`, text: `sandbox: ${text}` };
}

const WHEN_DUE: Readonly<Record<FaultName, (one: Case, view: SandboxView) => SandboxVerdict>> = {
  "image-not-found": (one) =>
    seen("failed", reason("ImageNotFound", { image: image(one) }), [
      evidence(
        one,
        "container",
        `${container(one)} waiting: ImagePullBackOff: Back-off pulling image "${image(one)}": ${one.fault.detail}`,
      ),
    ]),
  "crash-loop": crashLoop,
  "task-fails": crashLoop,
  "out-of-memory": (one) =>
    seen(
      "failed",
      reason("OutOfMemory", {
        container: container(one),
        limit: scalarAt(one.fault.container, "resources", "limits", "memory") || "LimitOfNode",
      }),
      [evidence(one, "container", `${container(one)} terminated: OOMKilled, exit code 137`)],
    ),
  unschedulable: (one) =>
    seen("blocked", reason("Unschedulable", { detail: one.fault.detail }), [
      evidence(one, "condition", `PodScheduled=False Unschedulable: ${one.fault.detail}`),
    ]),
  quota: (one) =>
    seen(
      "rejected",
      reason("QuotaExceeded", { quota: "sandbox", requested: "pods=1", used: "pods=10", limited: "pods=10" }),
      [
        {
          source: "event",
          object: shortRef({ kind: one.object.manifest.kind, name: one.object.manifest.metadata.name }),
          text: `sandbox: FailedCreate: ${one.fault.detail}`,
        },
      ],
    ),
  policy: (one) =>
    seen("rejected", reason("PolicyDenied", { detail: one.fault.detail }), [
      evidence(one, "response", one.fault.detail),
    ]),
  "never-ready": neverReady,
};

function crashLoop(one: Case): SandboxVerdict {
  const { exitCode } = one.fault;
  return seen("failed", reason("CrashLoop", { container: container(one), exitCode, restarts: 3 }), [
    evidence(
      one,
      "container",
      `${container(one)} waiting: CrashLoopBackOff; last state terminated: Error, exit code ${exitCode}`,
    ),
    evidence(one, "log", `${commandOf(one.fault.container)} was not really run, and exits with code ${exitCode}`),
  ]);
}

function neverReady(one: Case, view: SandboxView): SandboxVerdict {
  const object = shortRef({ kind: one.object.manifest.kind, name: one.object.manifest.metadata.name });
  const seconds = optionalNumberAt(one.object.manifest, "spec", "progressDeadlineSeconds") ?? DEADLINE_SECONDS;
  const proof = [evidence(one, "event", `Unhealthy: ${one.fault.detail}`)];
  const deadline = one.pod.born + seconds * 1000;
  if (view.now >= deadline) return seen("failed", reason("RolloutDeadline", { object }), proof);
  const waiting = seen(
    "progressing",
    reason("NotReady", { container: container(one), detail: one.fault.detail }),
    proof,
  );
  return { ...waiting, changesAt: deadline };
}

/**
 * The verdict of a fault. Quotas and schedulers answer immediately; image pulls and programs take the time of a first
 * attempt.
 */
export function faultyVerdict(one: Case, view: SandboxView): SandboxVerdict {
  const due = one.pod.born + (one.fault.name === "crash-loop" ? view.timing.verdict : view.timing.start);
  if (view.now >= due) return WHEN_DUE[one.fault.name](one, view);
  const early =
    one.fault.name === "image-not-found"
      ? reason("Pulling", { image: image(one) })
      : reason("Starting", {
          object: shortRef({ kind: one.object.manifest.kind, name: one.object.manifest.metadata.name }),
        });
  return verdict("progressing", early, due);
}
