// The token with which a worker or a pod reports about its attempt, and what happens with such a report. The token is
// sealed, so that only the server can create it, and it is valid for one attempt. A report becomes a message to the
// job, or is refused because the attempt is over.
import type { Callback } from "../../catalog/job.ts";
import { dig, isObject, type JsonObject } from "../../model/data/json.ts";
import { mapStrings, sealedPayload, sealedToken } from "../../model/document/sealed.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { isActive } from "../../model/run/phase.ts";
import type { Job } from "../../model/run/run.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { wakeRunCalled } from "../contract/duties.ts";
import { filledInput } from "../deciding/bindings.ts";
import { contextOf } from "../deciding/context.ts";
import { attemptMask, NOTHING_HIDDEN } from "../secrets/masking.ts";
import { eventOf } from "./driver.ts";
import { guardedOutput } from "./outputs.ts";

export interface AttemptName {
  readonly run: string;
  readonly job: string;
  readonly attempt: number;
}

/**
 * Takes the place of a project name when the token is sealed. No project has such a name, so a value that a user sealed
 * is never accepted.
 */
const PURPOSE = " callback";
/**
 * Keeps the token from looking like a sealed value: those are opened on their way to the cluster, and this one must
 * stay as it is.
 */
const PREFIX = "kubemin-attempt:";

export function callbackOf(
  { vault, publicUrl }: Dependencies<"vault" | "publicUrl">,
  { run, job, attempt }: AttemptName,
): Callback {
  const token = vault.seal(PURPOSE, JSON.stringify({ run, job, attempt }));
  return { url: `${publicUrl()}/api/v1/callback`, token: PREFIX + sealedPayload(token) };
}

/**
 * The attempt that the token in the Authorization header belongs to. Throws NotSignedIn when there is no valid token.
 */
export function readCallback({ vault }: Dependencies<"vault">, authorization: string | undefined): AttemptName {
  const token = /^Bearer (.+)$/.exec(authorization ?? "")?.[1] ?? "";
  try {
    if (!token.startsWith(PREFIX)) throw new Error("the token has another prefix");
    const named: unknown = JSON.parse(vault.open(PURPOSE, sealedToken(token.slice(PREFIX.length))));
    const [run, job, attempt] = [dig(named, "run"), dig(named, "job"), dig(named, "attempt")];
    return { run: String(run), job: String(job), attempt: Number(attempt) };
  } catch {
    throw new PlatformError("NotSignedIn");
  }
}

/**
 * Stores a report of an attempt as a message to its job, and wakes the run. With `once`, an attempt can send one
 * message of the kind, and a second one is refused; otherwise a new message replaces the one before. Throws
 * StaleAttempt when the attempt is over, or for a second one.
 */
export async function reportFromWorker(
  dependencies: Dependencies<"store" | "jobTypes" | "vault" | "dispatch">,
  name: AttemptName,
  message: { readonly kind: string; readonly data: JsonObject; readonly once: boolean },
): Promise<void> {
  const jobs = await dependencies.store.runs.jobs(name.run);
  const job = jobs.find((one) => one.name === name.job);
  if (job === undefined || !isActive(job.phase) || job.attempt !== name.attempt) {
    const cause = staleReason(job);
    if (job !== undefined) await recordRefusal(dependencies, name, { kind: message.kind, job });
    throw new PlatformError("StaleAttempt", { run: name.run, job: name.job, attempt: name.attempt }, { cause });
  }
  const { kind, data, once } = message;
  const key = `${kind}/${name.attempt}`;
  const stored = { ...name, kind, data: await withoutSecrets(dependencies, { job, jobs }, data), actor: "worker", key };
  if (!once) await dependencies.store.messages.replace(stored);
  else if (!(await dependencies.store.messages.put(stored)))
    throw new PlatformError("StaleAttempt", { ...name }, { cause: reason("ReportedBefore", { kind }) });
  await wakeRunCalled(dependencies, name.run);
}

function staleReason(job: Job | undefined): Reason {
  return job === undefined ? reason("JobGone") : reason("AttemptStands", { phase: job.phase, current: job.attempt });
}

/**
 * The data as it may be stored until the job reads it: secrets in texts are masked, and secret values of an output are
 * sealed.
 */
async function withoutSecrets(
  dependencies: Dependencies<"store" | "jobTypes" | "vault">,
  { job, jobs }: { readonly job: Job; readonly jobs: readonly Job[] },
  data: JsonObject,
): Promise<JsonObject> {
  const run = await dependencies.store.runs.get(job.run);
  if (run === null) return {};
  const input = filledInput(job, contextOf(run, jobs, job));
  const mask = attemptMask(NOTHING_HIDDEN, input.ok ? input.value : {}, {
    project: run.project,
    vault: dependencies.vault,
  });
  const definition = dependencies.jobTypes.find(run.project, job.plan.type, job.plan.typeVersion);
  const { outputs, ...words } = data;
  const masked = mapStrings(words, (text) => mask.text(text)) as JsonObject; // an object stays one
  if (!isObject(outputs) || definition === undefined) return masked;
  return { ...masked, outputs: guardedOutput(dependencies, { run, definition, mask }, outputs) };
}

/**
 * Stores one event for each attempt and kind, so that a worker that is too late again and again does not fill the
 * history.
 */
async function recordRefusal(
  { store }: Dependencies<"store">,
  name: AttemptName,
  { kind, job: currentJob }: { readonly kind: string; readonly job: Job },
): Promise<void> {
  const { run: id, job, attempt } = name;
  const current = `${currentJob.phase}, attempt ${currentJob.attempt}`;
  const run = await store.runs.get(id);
  const key = `refused ${kind}/${attempt}`;
  const note = { ...name, kind: "refused", data: { kind }, actor: "worker", key };
  if (run === null || !(await store.messages.put(note))) return;
  await store.events.append(
    eventOf(run, "job.refused", { job, attempt, kind, code: "StaleAttempt", standing: current }),
  );
}
