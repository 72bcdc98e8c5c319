// The health of a Job: it runs for a moment and is then completed, or failed after as many attempts as it allows.
import { reason } from "../../model/reasons/reason.ts";
import { faultOf } from "../faults/faults.ts";
import type { StoredObject } from "../objects/sandboxObjects.ts";
import { commandOf, isSuspended } from "../objects/workloadTemplate.ts";
import { heldVerdict } from "./blockedPods.ts";
import { faultyVerdict } from "./faultyWorkload.ts";
import { type HealthRule, type SandboxView, seen, verdict } from "./healthRule.ts";
import { suspendedVerdict } from "./suspendedJob.ts";
import { currentPods } from "./workload.ts";

/** Faults that do not come from the program. A new attempt of the Job does not help against them. */
const NOT_THE_PROGRAM: ReadonlySet<string> = new Set([
  "image-not-found",
  "unschedulable",
  "quota",
  "policy",
  "out-of-memory",
]);

/** Faults with which the Job never ends: its pods go on trying to start. */
const NEVER_STARTS: ReadonlySet<string> = new Set([...NOT_THE_PROGRAM].filter((name) => name !== "out-of-memory"));

/** The condition of a Job that has ended. `undefined` while its pods run, or try to start. */
export function endOfJob(object: StoredObject, view: SandboxView): "Complete" | "Failed" | undefined {
  if (isSuspended(object.manifest)) return undefined;
  const { state } = jobHealth(object, view).health;
  if (state === "ready") return "Complete";
  if (state !== "failed" || currentPods(object).some((pod) => pod.hold !== null)) return undefined;
  return NEVER_STARTS.has(faultOf(object.manifest)?.name ?? "") ? undefined : "Failed";
}

export const jobHealth: HealthRule = (object, view) => {
  if (isSuspended(object.manifest)) return suspendedVerdict(object, view);
  const pods = currentPods(object);
  const held = heldVerdict(object, pods, view);
  if (held !== null) return held;
  const [first, last] = [pods[0], pods.at(-1)];
  const fault = faultOf(object.manifest);
  if (fault !== null && first !== undefined && NOT_THE_PROGRAM.has(fault.name))
    return faultyVerdict({ object, pod: first, fault }, view);
  const end = Math.max(object.since, ...pods.map((pod) => pod.due));
  if (view.now < end) return verdict("progressing", reason("TaskRunning"), end);
  if (fault === null || last === undefined) return verdict("ready", reason("Completed"));
  const pod = `Pod/${last.name}`;
  const { exitCode, container } = fault;
  return seen("failed", reason("TaskFailed", { exitCode }), [
    {
      source: "container",
      object: pod,
      text: `sandbox: terminated: Error, exit code ${exitCode}, attempt ${pods.length} of ${pods.length}`,
    },
    { source: "log", object: pod, text: `sandbox: the task was not really run: ${commandOf(container)}` },
  ]);
};
