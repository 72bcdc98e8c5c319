// The token with which a worker or a pod tells of its own attempt: sealed, so that it cannot be made or changed by anybody else, and good
// for that attempt only. What comes with it becomes a message to the job, or is refused because the attempt is over.
import type { Callback } from "../../catalog/job.ts";
import { dig, isObject, type JsonObject } from "../../model/data/json.ts";
import { mapStrings, sealedPayload, sealedToken } from "../../model/document/sealed.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { isActive } from "../../model/run/phase.ts";
import type { Job } from "../../model/run/run.ts";
import { filledInput } from "../deciding/bindings.ts";
import { contextOf } from "../deciding/context.ts";
import type { Dependencies } from "../interface/dependencies.ts";
import { wakeRunCalled } from "../interface/duties.ts";
import { attemptMask, NOTHING_HIDDEN } from "../secrets/masking.ts";
import { eventOf } from "./driver.ts";
import { guardedOutput } from "./outputs.ts";

export interface AttemptName {
  readonly run: string;
  readonly job: string;
  readonly attempt: number;
}

/** No project can be called so: a value that a user sealed never passes for one of these. */
const PURPOSE = " callback";
/** It must not look like a sealed value: those are opened on their way to the cluster, and this one goes there as it is. */
const PREFIX = "kubemin-attempt:";

export function callbackOf(
  { vault, publicUrl }: Dependencies<"vault" | "publicUrl">,
  { run, job, attempt }: AttemptName,
): Callback {
  const token = vault.seal(PURPOSE, JSON.stringify({ run, job, attempt }));
  return { url: `${publicUrl()}/api/v1/callback`, token: PREFIX + sealedPayload(token) };
}

/** Throws NotSignedIn. */
export function readCallback({ vault }: Dependencies<"vault">, authorization: string | undefined): AttemptName {
  const token = /^Bearer (.+)$/.exec(authorization ?? "")?.[1] ?? "";
  try {
    if (!token.startsWith(PREFIX)) throw new Error("no token of ours");
    const named: unknown = JSON.parse(vault.open(PURPOSE, sealedToken(token.slice(PREFIX.length))));
    const [run, job, attempt] = [dig(named, "run"), dig(named, "job"), dig(named, "attempt")];
    return { run: String(run), job: String(job), attempt: Number(attempt) };
  } catch {
    throw new PlatformError("NotSignedIn");
  }
}

/** `once`: there can be one of the kind for an attempt; a second one is refused. Others replace the one before: only the newest counts. */
export async function tellFromOutside(
  dependencies: Dependencies<"store" | "jobTypes" | "vault" | "dispatch">,
  name: AttemptName,
  message: { readonly kind: string; readonly data: JsonObject; readonly once: boolean },
): Promise<void> {
  const jobs = await dependencies.store.runs.jobs(name.run);
  const job = jobs.find((one) => one.name === name.job);
  if (job === undefined || !isActive(job.phase) || job.attempt !== name.attempt) {
    const cause = standingOf(job);
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

function standingOf(job: Job | undefined): Reason {
  return job === undefined ? reason("JobGone") : reason("AttemptStands", { phase: job.phase, current: job.attempt });
}

/** It is kept until the job reads it. Progress and errors are words; an output is sealed by what its type says of it. */
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
  const told = mapStrings(words, (text) => mask.text(text)) as JsonObject; // an object stays one
  if (!isObject(outputs) || definition === undefined) return told;
  return { ...told, outputs: guardedOutput(dependencies, { run, definition, mask }, outputs) };
}

/** Once for each attempt and kind: who comes too late again and again must not fill the history. */
async function recordRefusal(
  { store }: Dependencies<"store">,
  name: AttemptName,
  { kind, job: stands }: { readonly kind: string; readonly job: Job },
): Promise<void> {
  const { run: id, job, attempt } = name;
  const standing = `${stands.phase}, attempt ${stands.attempt}`;
  const run = await store.runs.get(id);
  const key = `refused ${kind}/${attempt}`;
  const note = { ...name, kind: "refused", data: { kind }, actor: "worker", key };
  if (run === null || !(await store.messages.put(note))) return;
  await store.events.append(eventOf(run, "job.refused", { job, attempt, kind, code: "StaleAttempt", standing }));
}
