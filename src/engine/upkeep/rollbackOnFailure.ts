// Implements `onFailure: rollback`: when a deploy fails after it changed something, the last revision that succeeded is
// deployed again, as a new revision. The message of its run names the run that failed. There is no rollback after a
// rollback or a repair, without an earlier revision that succeeded, or when another run was created meanwhile, because
// the requests of users come first.

import { PlatformError } from "../../model/errors/errors.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import { isFailure } from "../../model/run/phase.ts";
import type { ApplicationSummary } from "../../model/run/revision.ts";
import type { Run } from "../../model/run/run.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { applicationKeyOf } from "../contract/requests.ts";
import { eventOf } from "../driving/driver.ts";
import { isAutomatic, ROLLBACK_ACTOR } from "../starting/automatic.ts";
import type { DeployDependencies } from "../starting/deploy.ts";
import { rollbackApplication } from "../starting/rollback.ts";

/**
 * Milliseconds between tries when the cluster cannot be reached. Until then, the application stays as the failed run
 * left it.
 */
const PAUSES = [5_000, 30_000, 120_000];

export type RollbackDependencies = DeployDependencies & Dependencies<"log">;

/**
 * Called when the run has ended, and at the start of the server for the newest run of each application, if it ended a
 * short time before.
 */
export async function rollbackAfter(dependencies: RollbackDependencies, run: Run, signal: AbortSignal): Promise<void> {
  if (run.kind !== "deploy" || !isFailure(run.phase) || isAutomatic(run)) return;
  const key = applicationKeyOf(run);
  if (key === null) return;
  const current = await dependencies.store.applications.get(key.project, key.application);
  if (current === null || !isNewest(current, run)) return;
  const revision = await dependencies.store.applications.revision(key.project, key.application, run.revision);
  if (revision?.document.onFailure !== "rollback") return;
  const target = await lastGood(dependencies, run);
  if (target === null || !(await changedSomething(dependencies, run))) return;
  const request = {
    ...key,
    actor: ROLLBACK_ACTOR,
    expectedRevision: run.revision,
    revision: target,
    message: `rollback to revision ${target} because run ${run.number} failed`,
  };
  for (const pause of [...PAUSES, null]) {
    try {
      // A user may have deployed a fix meanwhile.
      const now = await dependencies.store.applications.get(key.project, key.application);
      if (now === null || !isNewest(now, run)) return;
      await rollbackApplication(dependencies, request, signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (pause === null || !isPassing(error)) return await reportImpossible(dependencies, run, error);
      await dependencies.clock.sleep(pause, signal);
      if (signal.aborted) return;
    }
  }
}

function isNewest(current: ApplicationSummary, run: Run): boolean {
  return current.lastRun?.id === run.id && current.revision === run.revision;
}

/**
 * The newest revision before this one whose deploy succeeded. A revision that ever succeeded itself is not what broke.
 */
async function lastGood({ store }: Dependencies<"store">, run: Run): Promise<number | null> {
  const filter = { project: run.project, application: run.application, phase: "succeeded" as const };
  let after: string | undefined;
  do {
    const page = await store.runs.list(filter, { limit: 100, ...(after === undefined ? {} : { after }) });
    for (const one of page.items) {
      // Revisions from before a deletion do not count.
      if (one.kind === "delete" || one.revision === run.revision) return null;
      if (one.revision < run.revision) return one.revision;
    }
    after = page.next ?? undefined;
  } while (after !== undefined);
  return null;
}

/** A job that was started may have changed something; a job that was not started has changed nothing. */
async function changedSomething({ store }: Dependencies<"store">, run: Run): Promise<boolean> {
  return (await store.runs.jobs(run.id)).some((job) => job.attempt > 0);
}

function isPassing(error: unknown): boolean {
  return error instanceof PlatformError && ["ClusterUnreachable", "CredentialRefused"].includes(error.code);
}

async function reportImpossible(
  { store, log }: Dependencies<"store" | "log">,
  run: Run,
  error: unknown,
): Promise<void> {
  const detail = error instanceof PlatformError ? error.message : "it failed unexpectedly";
  log.write("warn", "an automatic rollback could not be started", {
    application: writtenName(run.application),
    run: run.id,
    detail,
  });
  await store.events.append(eventOf(run, "application.changed", { rollback: "impossible", because: detail }));
}
