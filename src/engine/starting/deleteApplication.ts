// Starts the run that deletes an application. It is a run like any other, with the dependencies between its jobs
// reversed.

import { listed } from "../../model/data/text.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import type { ApplicationSummary } from "../../model/run/revision.ts";
import type { Run } from "../../model/run/run.ts";
import { planRemoval } from "../../plan/removal.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { ApplicationKey, WriteConditions } from "../contract/requests.ts";
import { type BeginDependencies, createRun, earlierRun, expectRevision } from "./createRun.ts";
import { conditionsOf } from "./deploy.ts";

export async function deleteApplication(
  dependencies: BeginDependencies & Dependencies<"jobTypes">,
  request: ApplicationKey & WriteConditions & { readonly volumes: boolean },
): Promise<Run> {
  const before = await earlierRun(dependencies, request.project, request);
  if (before !== null) return before;
  const current = await knownApplication(dependencies, request);
  expectRevision(current.name, current.revision, request.expectedRevision);
  const revision = await dependencies.store.applications.revision(request.project, current.name, current.revision);
  if (revision === null) throw new PlatformError("NotFound", { what: "revision", name: current.revision, known: "" });
  const { cluster, namespace } = current;
  const owned = await dependencies.store.inventory.list(request.project, current.name);
  const plan = planRemoval({
    application: current.name,
    namespace,
    cluster,
    previous: revision.plan,
    owned,
    volumes: request.volumes,
    types: dependencies.jobTypes.usable(request.project),
  });
  return createRun(dependencies, {
    ...conditionsOf(request),
    project: request.project,
    application: current.name,
    kind: "delete",
    revision: current.revision,
    seenRevision: current.revision,
    cluster,
    namespace,
    message: request.volumes ? "delete with volumes" : "delete",
    jobs: plan.jobs,
  });
}

export async function knownApplication(
  { store }: Dependencies<"store">,
  key: ApplicationKey,
): Promise<ApplicationSummary> {
  const found = await store.applications.get(key.project, key.application);
  if (found !== null) return found;
  const { items } = await store.applications.list(key.project, { limit: 20 });
  throw new PlatformError("NotFound", {
    what: "application",
    name: key.application,
    known: listed(items.map((one) => one.name)),
  });
}
