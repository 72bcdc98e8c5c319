// Going back is going forward: the old document is planned anew, against the cluster as it is now, and becomes a new revision.
import type { Run } from "../model/run.ts";
import { conditionsOf, deployDocument } from "./deploy.ts";
import { knownApplication } from "./remove.ts";
import type { Place, WriteConditions } from "./requests.ts";
import { knownRevision } from "./revisions.ts";
import type { World } from "./world.ts";

export async function rollbackApplication(
  world: World,
  request: Place & WriteConditions & { readonly revision: number; readonly message?: string },
  signal: AbortSignal,
): Promise<Run> {
  const current = await knownApplication(world, request);
  const old = await knownRevision(world, request, request.revision);
  return deployDocument(
    world,
    {
      ...conditionsOf(request),
      project: request.project,
      application: request.application,
      text: JSON.stringify(old.document),
      format: "json",
      cluster: current.cluster,
      createNamespace: false,
      message: request.message || `rollback to revision ${request.revision}`,
    },
    signal,
  );
}
