// Starts a rollback. The document of the old revision is planned again, for the cluster as it is now, and becomes a new
// revision.

import type { JsonObject } from "../../model/data/json.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import type { Run } from "../../model/run/run.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { ApplicationKey, WriteConditions } from "../contract/requests.ts";
import { keepSizes } from "../planning/keepVolumeSizes.ts";
import { knownApplication } from "./deleteApplication.ts";
import { conditionsOf, type DeployDependencies, startDeployRun } from "./deploy.ts";
import { knownRevision } from "./revisions.ts";

const RUNS = 200;

/** The inputs of the workflow when the revision was last deployed. */
async function inputsOf(
  { store }: Dependencies<"store">,
  { project, application }: ApplicationKey,
  revision: number,
): Promise<JsonObject> {
  const { items } = await store.runs.list({ project, application }, { limit: RUNS });
  return items.find((run) => run.kind === "deploy" && run.revision === revision)?.inputs ?? {};
}

export async function rollbackApplication(
  dependencies: DeployDependencies,
  request: ApplicationKey &
    WriteConditions & { readonly revision: number; readonly message?: string; readonly inputs?: JsonObject },
  signal: AbortSignal,
): Promise<Run> {
  const current = await knownApplication(dependencies, request);
  const old = await knownRevision(dependencies, request, request.revision);
  const message = request.message || `rollback to revision ${request.revision}`;
  const common = {
    ...conditionsOf(request),
    project: request.project,
    application: request.application,
    format: "json",
    cluster: current.cluster,
    createNamespace: false,
    inputs: request.inputs ?? (await inputsOf(dependencies, request, request.revision)),
  } as const;
  try {
    return await startDeployRun(dependencies, { ...common, text: JSON.stringify(old.document), message }, signal);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    const now = await knownRevision(dependencies, request, current.revision);
    const kept = keepSizes(old.document, now.document, error.problems);
    if (kept === null) throw error;
    const fullMessage = `${message}; volumes keep their size: ${kept.components.join(", ")}`;
    return startDeployRun(
      dependencies,
      { ...common, text: JSON.stringify(kept.document), message: fullMessage },
      signal,
    );
  }
}
