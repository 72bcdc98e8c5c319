// Runs a pod (or a gang of pods) to its end for a job: it waits for room, creates a Kubernetes Job, follows it, stores
// its log and reads its output. The name of the Job consists of run, job and attempt, so that a continued attempt finds
// it again. The Job owns all other objects, and the cluster removes all of them an hour after the end, even if kubemin
// does not run. What an attempt holds when it ends without success is removed by releasePod, which the engine calls.
import { type JobOutcome, type JobRun, STOPPED } from "../../catalog/job.ts";
import { type Gang, gangAnnotations, gangEnv, gangService, jobFieldsOf } from "../../catalog/parts/pod/gang.ts";
import { listAt } from "../../model/data/fieldReaders.ts";
import type { JsonObject } from "../../model/data/json.ts";
import { hasFinished } from "../../model/kubernetes/finishedJob.ts";
import type { ObjectHealth } from "../../model/kubernetes/health.ts";
import { JOB_LABELS } from "../../model/kubernetes/jobLabels.ts";
import {
  ANNOTATIONS,
  LABELS,
  MANAGED_BY,
  type Manifest,
  type ObjectRef,
  refOf,
} from "../../model/kubernetes/manifest.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import { podGroupsOf } from "../../model/kubernetes/podGroups.ts";
import { reason } from "../../model/reasons/reason.ts";
import { endingOf, mayPass } from "../../model/run/jobEnding.ts";
import type { BadEnding } from "../../model/run/phase.ts";
import { type Applied, ClusterError, type LogLine } from "../../ports/cluster.ts";
import { followUntil } from "../../ports/followUntil.ts";
import { refusal, withRetries } from "../waiting/retryCluster.ts";
import { reportPlacement } from "../waiting/untilPlaced.ts";
import { releaseRoom, untilRoom } from "../waiting/untilRoom.ts";
import { markOf } from "./attemptMark.ts";
import { outputOf, type Said, withoutOutput } from "./podOutput.ts";
import { clockOutcome, neverOutcome, startClocks } from "./startClocks.ts";
import { keepLog, readTaskLog } from "./taskLog.ts";

export interface PodRequest {
  /** Name of the job type. It becomes a label of the pod, for policies. */
  readonly type: string;
  /** Labels from isolation, in addition to the labels that each pod of kubemin has. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** The finished pod spec: the template after isolation. */
  readonly pod: JsonObject;
  /** Number of pods that run at the same time. */
  readonly pods: number;
  /** Network policies and Secrets. They are created before the pod and removed with it. */
  readonly alongside: readonly Manifest[];
  readonly failureMap: readonly FailureRule[];
  /** Secret values in the output of the pod, so that its log is stored without them. */
  readonly secretsOf?: (output: JsonObject) => readonly string[];
  /**
   * Follows what the pod reports to the API in addition to its log. Resolves with the reported output, or `null`
   * without one.
   */
  readonly listen?: (signal: AbortSignal) => Promise<JsonObject | null>;
}

interface FailureRule {
  readonly exitCode: number;
  readonly reason?: string;
  readonly domain?: "job" | "config" | "dependency" | "platform";
  readonly retryable?: boolean;
}

const KEPT_SECONDS = 3_600;
/** The end of the name of the Secret with which a program reports to the API. */
export const CALLBACK = "-callback";

export async function runPod(job: JobRun<unknown>, request: PodRequest): Promise<JobOutcome> {
  try {
    const manifest = jobManifest(job, request);
    const ref = refOf(manifest);
    const existing = await withRetries(job, () => job.cluster.read(ref, job.signal));
    if (existing === null) {
      const refused = await untilRoom(job, podGroupsOf(manifest));
      if (refused !== null) return refused;
    }
    const alongside = request.pods > 1 ? [...request.alongside, meetingPoint(job)] : request.alongside;
    // These objects are created before the pod, which may need them immediately. They get their owner when the Job
    // exists.
    if (existing === null) await applyAlongside(job, null, alongside);
    const applied = await withRetries(job, () => apply(job, manifest));
    await applyAlongside(job, applied, alongside);
    return await follow(job, applied, request);
  } catch (error) {
    if (error instanceof ClusterError) return refusal(error);
    throw error;
  } finally {
    releaseRoom(job);
  }
}

/**
 * Removes what an attempt still holds: its Job, unless the Job has finished, and the objects alongside that no Job owns,
 * because the attempt ended before there was a Job.
 */
export async function releasePod(job: JobRun<unknown>): Promise<void> {
  const { namespace } = job;
  const name = objectName(job);
  const ref = { apiVersion: "batch/v1", kind: "Job", namespace, name };
  const live = await job.cluster.read(ref, job.signal);
  if (live !== null && !hasFinished(live))
    await job.cluster.remove(ref, { signal: job.signal, uid: live.metadata.uid ?? "" });
  for (const [apiVersion, kind, suffix] of ALONGSIDE)
    await removeUnowned(job, { apiVersion, kind, namespace, name: `${name}${suffix}` });
}

/** What may be created before the Job, with the end of its name. Isolation adds the policy, the tiers add Secrets. */
const ALONGSIDE = [
  ["networking.k8s.io/v1", "NetworkPolicy", ""],
  ["v1", "Secret", ""],
  ["v1", "Secret", CALLBACK],
  ["v1", "Service", ""],
] as const;

/** At most 63 characters including the suffix of the pods. Run ids are unique, so a long job name can be cut. */
export function objectName({ run, job, attempt }: Pick<JobRun<unknown>, "run" | "job" | "attempt">): string {
  const word = job
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 30);
  return `${run.toLowerCase().slice(0, 20)}-${word}-${attempt}`;
}

function labelsOf(job: JobRun<unknown>, { type, labels }: PodRequest): Readonly<Record<string, string>> {
  return {
    ...labels,
    [LABELS.managedBy]: MANAGED_BY,
    [LABELS.project]: job.project,
    [LABELS.application]: writtenName(job.application),
    [LABELS.kubeminComponent]: writtenName(job.component),
    [JOB_LABELS.run]: job.run,
    [JOB_LABELS.type]: type,
  };
}

function jobManifest(job: JobRun<unknown>, request: PodRequest): Manifest {
  const labels = labelsOf(job, request);
  const gang = { pods: request.pods, service: objectName(job) };
  const template = {
    metadata: { labels, annotations: request.annotations ?? {} },
    spec: gang.pods > 1 ? withGang(request.pod, gang) : request.pod,
  };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: objectName(job),
      namespace: job.namespace,
      labels,
      annotations: { ...gangAnnotations(gang, template), [ANNOTATIONS.attempt]: markOf(job) },
    },
    spec: {
      // The engine does all retries, so that each attempt is recorded and counted in one place.
      backoffLimit: 0,
      completions: 1,
      parallelism: 1,
      ...jobFieldsOf(gang),
      ttlSecondsAfterFinished: KEPT_SECONDS,
      template,
    },
  };
}

/** Adds the environment variables and the subdomain of a gang. The settings of isolation stay unchanged. */
function withGang(pod: JsonObject, gang: Gang): JsonObject {
  const containers = listAt(pod, "containers").map((one) => ({
    ...one,
    env: [...listAt(one, "env"), ...gangEnv(gang)],
  }));
  return { ...pod, subdomain: gang.service, containers };
}

function meetingPoint(job: JobRun<unknown>): Manifest {
  const name = objectName(job);
  const service = gangService(name, { "batch.kubernetes.io/job-name": name });
  return { ...service, metadata: { ...service.metadata, labels: { [LABELS.managedBy]: MANAGED_BY } } };
}

function apply(job: JobRun<unknown>, manifest: Manifest): Promise<Applied> {
  return job.cluster.apply(manifest, { signal: job.signal, reveal: job.reveal });
}

export async function removeUnowned(job: JobRun<unknown>, ref: ObjectRef): Promise<void> {
  const live = await job.cluster.read(ref, job.signal);
  const uid = live?.metadata.uid;
  if (uid !== undefined && live?.metadata["ownerReferences"] === undefined)
    await job.cluster.remove(ref, { signal: job.signal, uid });
}

async function applyAlongside(
  job: JobRun<unknown>,
  owner: Applied | null,
  alongside: readonly Manifest[],
): Promise<void> {
  const owned = owner === null ? {} : { ownerReferences: [ownerReference(owner)] };
  for (const manifest of alongside) {
    const metadata = { ...manifest.metadata, namespace: job.namespace, ...owned };
    await withRetries(job, () => apply(job, { ...manifest, metadata }));
  }
}

function ownerReference({ ref, uid }: Applied): JsonObject {
  const { apiVersion, kind, name } = ref;
  return { apiVersion, kind, name, uid, controller: false, blockOwnerDeletion: false };
}

async function follow(job: JobRun<unknown>, applied: Applied, request: PodRequest): Promise<JobOutcome> {
  const ended = new AbortController();
  const signal = AbortSignal.any([job.signal, ended.signal]);
  const reportedOutput = request.listen?.(signal) ?? Promise.resolve(null);
  try {
    const end = await untilEnd(withoutEvidence(job, request), applied, jobManifest(job, request));
    if (end === null) return STOPPED;
    if (end.kind === "clock") return end.outcome;
    const lines = await readTaskLog(job, applied.ref.name);
    const said = outputOf(
      end.health,
      lines.filter((line) => request.pods === 1 || isFirst(line, applied.ref)).map((line) => line.text),
    );
    if (request.secretsOf !== undefined)
      job.conceal(said.ok ? request.secretsOf(said.output) : [end.health.facts?.said ?? ""]);
    await keepLog(job, request.secretsOf === undefined ? lines : lines.map(withoutOutput));
    if (end.health.state !== "ready") return unsuccessful(end.health, request);
    ended.abort();
    const given = await reportedOutput;
    const result: Said = given === null ? said : { ok: true, output: given };
    return result.ok
      ? { phase: "succeeded", reason: reason("Completed"), output: result.output }
      : { phase: "failed", reason: result.wrong, evidence: [], retryable: false };
  } finally {
    ended.abort();
  }
}

/**
 * While the program runs, its log is not reported as evidence: it may contain a secret output that is not known yet.
 */
function withoutEvidence(job: JobRun<unknown>, { secretsOf }: PodRequest): JobRun<unknown> {
  if (secretsOf === undefined) return job;
  const report: JobRun<unknown>["report"] = (why, evidence, phase) =>
    job.report(why, phase === "pending" ? evidence : [], phase);
  return { ...job, report };
}

type End =
  | { readonly kind: "health"; readonly health: ObjectHealth }
  | { readonly kind: "clock"; readonly outcome: JobOutcome };

/** `null` when the signal aborted. */
async function untilEnd(job: JobRun<unknown>, applied: Applied, manifest: Manifest): Promise<End | null> {
  const overdue = new AbortController();
  let clock: End | null = null;
  const endAs = (outcome: JobOutcome): void => {
    clock ??= { kind: "clock", outcome };
    overdue.abort();
  };
  const clocks = startClocks(job, (why, evidence) => endAs(clockOutcome(why, evidence)));
  const placement = reportPlacement(job, [manifest], (why, evidence) => endAs(neverOutcome(why, evidence)));
  const decide = (health: ObjectHealth): End | undefined => {
    if (health.state === "ready" || health.state === "failed" || health.state === "rejected")
      return { kind: "health", health };
    const pending = clocks.note(health);
    placement.report(health, pending ? "pending" : "running");
    return undefined;
  };
  const signal = AbortSignal.any([job.signal, overdue.signal]);
  const end = await followUntil(job.cluster, { objects: [applied], signal, decide }).finally(() => {
    clocks.stop();
    placement.stop();
  });
  return end ?? clock;
}

function unsuccessful(health: ObjectHealth, request: PodRequest): JobOutcome {
  const code = Number(health.reason.params["exitCode"]);
  const rule = request.failureMap.find((one) => one.exitCode === code);
  const phase: BadEnding = endingOf(health.state, health.reason.code);
  const { evidence } = health;
  if (rule !== undefined && phase === "failed") {
    const why = reason("MappedFailure", {
      exitCode: code,
      name: rule.reason ?? "failed",
      domain: rule.domain ?? "job",
    });
    return { phase, reason: why, evidence, retryable: rule.retryable ?? false };
  }
  return {
    phase,
    reason: health.reason,
    evidence,
    retryable: phase === "failed" || phase === "timed-out" || phase === "interrupted" || mayPass(health.reason.code),
  };
}

/** Only the pod with index 0 gives the output. Kubernetes writes the index after the name of the Job. */
function isFirst({ pod }: LogLine, { name }: ObjectRef): boolean {
  return pod.startsWith(`${name}-0-`);
}
