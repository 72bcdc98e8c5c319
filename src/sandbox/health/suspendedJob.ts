// The verdict on a suspended Job. A Job in a queue of Kueue has the answer of its Workload, read by src/capacity/queues
// as on a real cluster; any other was suspended by a user.
import { lastConditions, type QueueAnswer, type QueueClass } from "../../capacity/queues/answer.ts";
import { workloadAnswer } from "../../capacity/queues/kueue.ts";
import type { KueueObjects } from "../../capacity/queues/kueueQueue.ts";
import { textAt } from "../../model/data/fieldReaders.ts";
import type { Evidence, Health } from "../../model/kubernetes/health.ts";
import { type Manifest, type ObjectRef, refOf, shortRef } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { StoredObject } from "../objects/sandboxObjects.ts";
import { givenQueue, KUEUE } from "../queues/clusterQueue.ts";
import { workloadRef } from "../queues/workloads.ts";
import { type SandboxVerdict, type SandboxView, seen, verdict } from "./healthRule.ts";

export function suspendedVerdict({ manifest }: StoredObject, view: SandboxView): SandboxVerdict {
  const workload = view.get(workloadRef(manifest));
  const answer = workload === undefined ? undefined : workloadAnswer(workload.manifest, objectsAround(workload, view));
  if (workload === undefined || answer === undefined)
    return verdict("suspended", reason("Suspended", { object: shortRef(refOf(manifest)) }));
  const graceEnd = workload.since + (answer.grace ?? 0);
  const open = answer.grace !== undefined && view.now < graceEnd;
  const state = open ? "blocked" : STATES[answer.class];
  return { ...seen(state, reasonOf(answer), evidenceOf(workload)), changesAt: open ? graceEnd : null };
}

function objectsAround({ manifest }: StoredObject, view: SandboxView): KueueObjects {
  const find = (ref: ObjectRef): Manifest | null => view.get(ref)?.manifest ?? givenQueue(ref) ?? null;
  const { namespace = "" } = manifest.metadata;
  const name = textAt(manifest, "spec", "queueName");
  const localQueue = find({ apiVersion: KUEUE, kind: "LocalQueue", namespace, name });
  const behind = textAt(localQueue, "spec", "clusterQueue");
  if (behind === "") return { localQueue, clusterQueue: undefined };
  return { localQueue, clusterQueue: find({ apiVersion: KUEUE, kind: "ClusterQueue", namespace: "", name: behind }) };
}

const STATES: Readonly<Record<QueueClass, Health["state"]>> = {
  waits: "blocked",
  evicted: "blocked",
  rejected: "rejected",
  expired: "failed",
  failed: "failed",
};

function reasonOf({ class: verdict, reason: why }: QueueAnswer): QueueAnswer["reason"] {
  return verdict === "expired" ? reason("QueueGaveUp", why.params) : why;
}

function evidenceOf({ manifest }: StoredObject): readonly Evidence[] {
  const object = shortRef(refOf(manifest));
  return lastConditions(manifest).map((text) => ({ source: "condition", object, text: `sandbox: ${text}` }));
}
