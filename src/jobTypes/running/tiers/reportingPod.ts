// Runs a pod whose program reports progress and outputs to the API, with a token that is valid for this attempt only.
// When the type requires heartbeats, a running program that sends none is stopped.
import type { JobMessage, JobOutcome, JobRun } from "../../../catalog/job.ts";
import { CALLBACK, objectName, type PodRequest, runPod } from "../../../jobs/pods/podRun.ts";
import { messagesOfAttempt } from "../../../jobs/remote/attemptMessages.ts";
import { LOST_BEATS, reportProgress } from "../../../jobs/remote/httpWorker.ts";
import { isObject, type JsonObject } from "../../../model/data/json.ts";
import { formatDuration } from "../../../model/document/duration.ts";
import { JOB_LABELS } from "../../../model/kubernetes/jobLabels.ts";
import { LABELS, MANAGED_BY, type Manifest } from "../../../model/kubernetes/manifest.ts";
import { reason } from "../../../model/reasons/reason.ts";

export async function runTelling(job: JobRun<unknown>, wish: PodRequest): Promise<JobOutcome> {
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
    reportedOutputs({ ...watched, signal }, { silence, running: running.promise, onSilence: () => silent.abort() });
  const secret = callbackSecret(job, wish);
  const alongside = [...wish.alongside, secret];
  const pod = withCallback(wish.pod, secret.metadata.name);
  const outcome = await runPod(watched, { ...wish, pod, alongside, listen });
  if (!silent.signal.aborted || job.signal.aborted) return outcome;
  const why = reason("Lost", { limit: formatDuration(silence) });
  return { phase: "interrupted", reason: why, evidence: [], retryable: true };
}

/** The token is in a Secret, so that a user who may only read pods cannot report in their name. */
function callbackSecret(job: JobRun<unknown>, { type }: PodRequest): Manifest {
  const { url, token } = job.callback();
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const labels = { [LABELS.managedBy]: MANAGED_BY, [LABELS.project]: job.project, [JOB_LABELS.type]: type };
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `${objectName(job)}${CALLBACK}`, namespace: job.namespace, labels },
    type: "Opaque",
    data: { url: base64(url), token: base64(token) },
  };
}

/** Adds the variables after isolation: a template cannot set them, and they contain no text of a user. */
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
  /** Longest time in milliseconds without a heartbeat. 0: no heartbeats are required. */
  readonly silence: number;
  readonly running: Promise<void>;
  readonly onSilence: () => void;
}

/** The reported outputs; `null` when the program ended without reporting any. */
async function reportedOutputs(
  job: JobRun<unknown>,
  { silence, running, onSilence }: Listening,
): Promise<JsonObject | null> {
  const messages = messagesOfAttempt(job);
  const stopped = new Promise<"over">((resolve) => {
    if (job.signal.aborted) resolve("over");
    job.signal.addEventListener("abort", () => resolve("over"), { once: true });
  });
  // A program whose image is still being pulled cannot send a heartbeat.
  if (silence > 0 && (await Promise.race([running, stopped])) === "over") return null;
  let outputs: JsonObject | null = null;
  for (;;) {
    const message: JobMessage | "silence" | "over" = await Promise.race([
      messages.next(outputs === null ? silence : 0),
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
