// A pod whose program tells of itself: progress and outputs, by a token that is good for this attempt only. Where the type asks for signs
// of life, a program that runs and gives none is stopped.
import type { JobMessage, JobOutcome, JobRun } from "../../../catalog/job.ts";
import { objectName, type PodWish, runPod, stopPod } from "../../../jobs/pods/podRun.ts";
import { listenTo } from "../../../jobs/remote/attemptMessages.ts";
import { LOST_BEATS, reportProgress } from "../../../jobs/remote/httpWorker.ts";
import { isObject, type JsonObject } from "../../../model/data/json.ts";
import { formatDuration } from "../../../model/document/duration.ts";
import { JOB_LABELS } from "../../../model/kubernetes/jobLabels.ts";
import { LABELS, MANAGED_BY, type Manifest } from "../../../model/kubernetes/manifest.ts";
import { reason } from "../../../model/reasons/reason.ts";

export async function runTelling(job: JobRun<unknown>, wish: PodWish): Promise<JobOutcome> {
  const silent = new AbortController();
  const silence = (job.clocks.heartbeat ?? 0) * LOST_BEATS;
  const running = Promise.withResolvers<void>();
  const watched: JobRun<unknown> = {
    ...job,
    signal: AbortSignal.any([job.signal, silent.signal]),
    report(why, evidence, phase) {
      if (phase !== "pending") running.resolve();
      job.report(why, evidence, phase);
    },
  };
  const listen = (signal: AbortSignal): Promise<JsonObject | null> =>
    outputsTold({ ...watched, signal }, { silence, running: running.promise, onSilence: () => silent.abort() });
  const secret = callbackSecret(job, wish);
  const alongside = [...wish.alongside, secret];
  const pod = withCallback(wish.pod, secret.metadata.name);
  const outcome = await runPod(watched, { ...wish, pod, alongside, listen });
  if (!silent.signal.aborted || job.signal.aborted) return outcome;
  await stopPod(job);
  const why = reason("Lost", { limit: formatDuration(silence) });
  return { phase: "interrupted", reason: why, evidence: [], retryable: true };
}

/** Who may read pods may not speak for them. */
function callbackSecret(job: JobRun<unknown>, { type }: PodWish): Manifest {
  const { url, token } = job.callback();
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const labels = { [LABELS.managedBy]: MANAGED_BY, [LABELS.project]: job.project, [JOB_LABELS.type]: type };
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `${objectName(job)}-callback`, namespace: job.namespace, labels },
    type: "Opaque",
    data: { url: base64(url), token: base64(token) },
  };
}

/** After isolation: no template may set these, and nothing that a user wrote is in them. */
function withCallback(spec: JsonObject, name: string): JsonObject {
  const from = (key: string): JsonObject => ({ secretKeyRef: { name, key } });
  const added = [
    { name: "KUBEMIN_CALLBACK", valueFrom: from("url") },
    { name: "KUBEMIN_TOKEN", valueFrom: from("token") },
  ];
  const containers = Array.isArray(spec["containers"]) ? spec["containers"] : [];
  return {
    ...spec,
    containers: containers.map((container, index) => {
      if (index > 0 || !isObject(container)) return container;
      const env = Array.isArray(container["env"]) ? container["env"] : [];
      return { ...container, env: [...env, ...added] };
    }),
  };
}

interface Listening {
  /** Milliseconds without a sign of life; 0: none are asked for. */
  readonly silence: number;
  readonly running: Promise<void>;
  readonly onSilence: () => void;
}

/** Null: it ended without having told any. */
async function outputsTold(
  job: JobRun<unknown>,
  { silence, running, onSilence }: Listening,
): Promise<JsonObject | null> {
  const told = listenTo(job);
  const stopped = new Promise<"over">((resolve) => {
    if (job.signal.aborted) resolve("over");
    job.signal.addEventListener("abort", () => resolve("over"), { once: true });
  });
  // A program that waits for its image cannot give a sign.
  if (silence > 0 && (await Promise.race([running, stopped])) === "over") return null;
  let outputs: JsonObject | null = null;
  for (;;) {
    const message: JobMessage | "silence" | "over" = await Promise.race([
      told.next(outputs === null ? silence : 0),
      stopped,
    ]);
    if (message === "over") return outputs;
    if (message === "silence") {
      onSilence();
      return null;
    }
    if (message.kind !== "complete") reportProgress(job, message.data);
    else if (isObject(message.data["outputs"])) outputs = message.data["outputs"];
  }
}
