// `onFailure: rollback`: when a deploy fails after it changed something, the last revision that succeeded is deployed again by itself, as a
// new revision with a run of its own that says because of which. Never after a rollback or a repair, never without a revision to go back
// to, and never when somebody else has started something meanwhile: people go first.

import { PlatformError } from "../../model/errors/errors.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import { isFailure } from "../../model/run/phase.ts";
import type { ApplicationSummary } from "../../model/run/revision.ts";
import type { Run } from "../../model/run/run.ts";
import { eventOf } from "../driving/driver.ts";
import type { Dependencies } from "../interface/dependencies.ts";
import { placeOf } from "../interface/requests.ts";
import { isAutomatic, ROLLBACK_ACTOR } from "../starting/automatic.ts";
import type { DeployDependencies } from "../starting/deploy.ts";
import { rollbackApplication } from "../starting/rollback.ts";

/** A cluster that is away may be back soon; the application stays as the failed run left it until then. */
const PAUSES = [5_000, 30_000, 120_000];

export type RollbackDependencies = DeployDependencies & Dependencies<"log">;

/** Called once the run has ended, and again at the start of the server for the newest run of each application. */
export async function rollbackAfter(dependencies: RollbackDependencies, run: Run, signal: AbortSignal): Promise<void> {
  if (run.kind !== "deploy" || !isFailure(run.phase) || isAutomatic(run)) return;
  const place = placeOf(run);
  if (place === null) return;
  const current = await dependencies.store.applications.get(place.project, place.application);
  if (current === null || !isNewest(current, run)) return;
  const revision = await dependencies.store.applications.revision(place.project, place.application, run.revision);
  if (revision?.document.onFailure !== "rollback") return;
  const target = await lastGood(dependencies, run);
  if (target === null || !(await changedSomething(dependencies, run))) return;
  const request = {
    ...place,
    actor: ROLLBACK_ACTOR,
    expectedRevision: run.revision,
    revision: target,
    message: `rollback to revision ${target} because run ${run.number} failed`,
  };
  for (const pause of [...PAUSES, null]) {
    try {
      // Somebody may have mended it while we waited.
      const now = await dependencies.store.applications.get(place.project, place.application);
      if (now === null || !isNewest(now, run)) return;
      await rollbackApplication(dependencies, request, signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (pause === null || !isPassing(error)) return await tell(dependencies, run, error);
      await dependencies.clock.sleep(pause, signal);
      if (signal.aborted) return;
    }
  }
}

function isNewest(current: ApplicationSummary, run: Run): boolean {
  return current.lastRun?.id === run.id && current.revision === run.revision;
}

/** The newest revision before this one whose deploy succeeded. A revision that ever succeeded itself is not what broke. */
async function lastGood({ store }: Dependencies<"store">, run: Run): Promise<number | null> {
  const filter = { project: run.project, application: run.application, phase: "succeeded" as const };
  let after: string | undefined;
  do {
    const page = await store.runs.list(filter, { limit: 100, ...(after === undefined ? {} : { after }) });
    for (const one of page.items) {
      // What was deployed before a deletion is another life of the application.
      if (one.kind === "delete" || one.revision === run.revision) return null;
      if (one.revision < run.revision) return one.revision;
    }
    after = page.next ?? undefined;
  } while (after !== undefined);
  return null;
}

/** A job that was started may have written; one that was not, has not. */
async function changedSomething({ store }: Dependencies<"store">, run: Run): Promise<boolean> {
  return (await store.runs.jobs(run.id)).some((job) => job.attempt > 0);
}

function isPassing(error: unknown): boolean {
  return error instanceof PlatformError && ["ClusterUnreachable", "CredentialRefused"].includes(error.code);
}

async function tell({ store, log }: Dependencies<"store" | "log">, run: Run, error: unknown): Promise<void> {
  const detail = error instanceof PlatformError ? error.message : "it failed unexpectedly";
  log.write("warn", "an automatic rollback could not be started", {
    application: writtenName(run.application),
    run: run.id,
    detail,
  });
  await store.events.append(eventOf(run, "application.changed", { rollback: "impossible", because: detail }));
}
