// Simulates Kueue for Jobs with its label: each has a Workload, is suspended until the quota of its queue is free, and
// then admitted, the oldest first (BestEffortFIFO). The conditions have the words of Kueue 0.17. Not simulated: cohorts,
// several flavors, priorities, admission checks.
import { writeAmount } from "../../capacity/kubernetes/amounts.ts";
import { podRequests } from "../../capacity/kubernetes/podRequests.ts";
import { listAt, objectAt, textAt } from "../../model/data/fieldReaders.ts";
import { dig, type JsonObject } from "../../model/data/json.ts";
import { type Manifest, type ObjectRef, refOf } from "../../model/kubernetes/manifest.ts";
import { podGroupOf, queueOf } from "../../model/kubernetes/podGroups.ts";
import { faultOf } from "../faults/faults.ts";
import { groupKind } from "../objects/kinds.ts";
import type { SandboxObjects, StoredObject } from "../objects/sandboxObjects.ts";
import { stamped } from "../objects/write.ts";
import { hasEnded } from "../pods/occupation.ts";
import { KUEUE, type QuotaRoom, queueBehind } from "./clusterQueue.ts";
import { conditionsFor, type QueueAdmission } from "./workloadConditions.ts";

const LABEL = "kueue.x-k8s.io/queue-name";

export function isQueuedJob(manifest: Manifest): boolean {
  return groupKind(manifest) === "batch/Job" && queueOf(manifest) === "kueue";
}

export function workloadRef({ metadata }: Manifest): ObjectRef {
  const name = `job-${metadata.name}-${(metadata.uid ?? "").slice(0, 5)}`;
  return { apiVersion: KUEUE, kind: "Workload", namespace: metadata.namespace ?? "", name };
}

/** Must run before the pods are reconciled: a suspended Job has no pods. */
export function reconcileWorkloads(objects: SandboxObjects): void {
  const jobs = objects.list().filter(({ manifest, goneAt }) => goneAt === null && isQueuedJob(manifest));
  dropOrphans(objects, jobs);
  const used = new Map<string, Map<string, number>>();
  const admissions = jobs.map((job) => ({ job, held: heldBy(objects, job) }));
  for (const { job, held } of admissions) if (held) charge(usedIn(used, objects, job), amountsOf(job));
  for (const { job, held } of admissions) write(objects, job, admissionOf(objects, { job, held, used }));
}

function dropOrphans(objects: SandboxObjects, jobs: readonly StoredObject[]): void {
  const wanted = new Set(jobs.map(({ manifest }) => workloadRef(manifest).name));
  for (const { manifest } of objects.list())
    if (manifest.kind === "Workload" && !wanted.has(manifest.metadata.name)) objects.drop(refOf(manifest));
}

/** Whether the Job has its quota now: it was admitted, has not ended, and its queue does not drain. */
function heldBy(objects: SandboxObjects, job: StoredObject): boolean {
  const queue = behind(objects, job);
  if (typeof queue === "string" || queue.stopped === "HoldAndDrain") return false;
  return wasAdmitted(objects, job) && isActive(objects, job) && !hasEnded(job, objects.now());
}

interface Candidate {
  readonly job: StoredObject;
  readonly held: boolean;
  /** What the admitted Jobs of each ClusterQueue use; this function adds what it admits. */
  readonly used: Map<string, Map<string, number>>;
}

function admissionOf(objects: SandboxObjects, { job, held, used }: Candidate): QueueAdmission {
  const queue = behind(objects, job);
  const admitted = wasAdmitted(objects, job);
  if (typeof queue === "string") return { state: "inadmissible", message: queue };
  if (hasEnded(job, objects.now()))
    return { state: "finished", queue: queue.name, failed: faultOf(job.manifest) !== null };
  if (!isActive(objects, job)) return { state: "deactivated", evicted: admitted };
  if (held) return { state: "admitted", queue: queue.name };
  if (queue.stopped !== "None") return { state: "stopped", queue: queue.name, evicted: admitted };
  const usage = usedIn(used, objects, job);
  const message = whyNot(queue, amountsOf(job), usage);
  if (message !== undefined) return { state: "pending", message };
  charge(usage, amountsOf(job));
  return { state: "admitted", queue: queue.name };
}

/** The message of the first resource that the queue cannot give; `undefined` when it can give all. */
function whyNot(queue: QuotaRoom, asked: ReadonlyMap<string, number>, used: Map<string, number>): string | undefined {
  const prefix = "couldn't assign flavors to pod set main: ";
  for (const [resource, amount] of asked) {
    if (amount === 0 || resource === "pods") continue;
    const room = queue.resources.get(resource);
    if (room === undefined) return `${prefix}resource ${resource} unavailable in ClusterQueue`;
    const { flavor, nominal } = room;
    if (amount > nominal)
      return `${prefix}insufficient quota for ${resource} in flavor ${flavor}, previously considered podsets requests (0) + current podset request (${writeAmount(resource, amount)}) > maximum capacity (${writeAmount(resource, nominal)})`;
    const more = (used.get(resource) ?? 0) + amount - nominal;
    if (more > 0)
      return `${prefix}insufficient unused quota for ${resource} in flavor ${flavor}, ${writeAmount(resource, more)} more needed`;
  }
  return undefined;
}

function behind(objects: SandboxObjects, { manifest }: StoredObject): QuotaRoom | string {
  const namespace = manifest.metadata.namespace ?? "";
  return queueBehind(objects, { namespace, name: textAt(manifest, "metadata", "labels", LABEL) });
}

function usedIn(used: Candidate["used"], objects: SandboxObjects, job: StoredObject): Map<string, number> {
  const queue = behind(objects, job);
  const name = typeof queue === "string" ? "" : queue.name;
  const own = used.get(name) ?? new Map<string, number>();
  used.set(name, own);
  return own;
}

function amountsOf({ manifest }: StoredObject): ReadonlyMap<string, number> {
  const group = podGroupOf(manifest);
  if (group === undefined) return new Map();
  return new Map([...podRequests(objectAt(group.pod, "spec"))].map(([name, amount]) => [name, amount * group.count]));
}

function charge(sum: Map<string, number>, amounts: ReadonlyMap<string, number>): void {
  for (const [name, amount] of amounts) sum.set(name, (sum.get(name) ?? 0) + amount);
}

function wasAdmitted(objects: SandboxObjects, { manifest }: StoredObject): boolean {
  const workload = objects.get(workloadRef(manifest))?.manifest;
  return listAt(workload, "status", "conditions").some(
    (one) => textAt(one, "type") === "Admitted" && textAt(one, "status") === "True",
  );
}

function isActive(objects: SandboxObjects, { manifest }: StoredObject): boolean {
  return dig(objects.get(workloadRef(manifest))?.manifest, "spec", "active") !== false;
}

function write(objects: SandboxObjects, job: StoredObject, admission: QueueAdmission): void {
  const { manifest } = job;
  const ref = workloadRef(manifest);
  const live = objects.get(ref);
  const before = listAt(live?.manifest, "status", "conditions");
  const conditions = conditionsFor(admission, before, new Date(objects.now()).toISOString());
  if (live === undefined || JSON.stringify(conditions) !== JSON.stringify(before)) {
    const next = { ...(live?.manifest ?? workloadOf(manifest, ref)), status: { conditions } };
    const workload = stamped(next, live?.manifest, objects);
    objects.put({ manifest: workload, sent: live?.sent ?? {}, since: objects.now(), goneAt: null, pods: [] });
  }
  suspend(objects, job, admission.state !== "admitted" && admission.state !== "finished");
}

function workloadOf({ metadata }: Manifest, { name, namespace }: ObjectRef): Manifest {
  const owner = { apiVersion: "batch/v1", kind: "Job", name: metadata.name, uid: metadata.uid ?? "", controller: true };
  return {
    apiVersion: KUEUE,
    kind: "Workload",
    metadata: { name, namespace, ownerReferences: [owner] },
    spec: { queueName: metadata.labels?.[LABEL] ?? "", active: true },
  };
}

function suspend(objects: SandboxObjects, job: StoredObject, suspended: boolean): void {
  const { manifest } = job;
  if (dig(manifest, "spec", "suspend") === suspended) return;
  const spec: JsonObject = { ...objectAt(manifest, "spec"), suspend: suspended };
  objects.put({ ...job, manifest: stamped({ ...manifest, spec }, manifest, objects), since: objects.now() });
}
