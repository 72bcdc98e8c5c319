// Answers `kubemin status`: the health of an application's objects on the cluster, together with the jobs of its newest
// run, which also describe tasks and components that have no objects.
import type { Catalog } from "../../catalog/catalog.ts";
import { runsOnce } from "../../catalog/runsOnce.ts";
import { type Health, type HealthState, type ObjectHealth, worst } from "../../model/kubernetes/health.ts";
import { refKey, refOf } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import { isActive, isFailure, isSettled, PHASES } from "../../model/run/phase.ts";
import type { Revision } from "../../model/run/revision.ts";
import type { Job, Run } from "../../model/run/run.ts";
import { ClusterError, type Drift } from "../../ports/cluster.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { ApplicationHealth, ApplicationKey, ApplicationStatus, ComponentStatus } from "../contract/requests.ts";
import { isLeftOut } from "../deciding/rootJob.ts";
import { knownCluster } from "../planning/chooseCluster.ts";
import { applicationMask, type Mask } from "../secrets/masking.ts";
import { knownApplication } from "../starting/deleteApplication.ts";
import { knownRevision } from "../starting/revisions.ts";
import { appliedJobs, confirmedDrift, lasting } from "./drift.ts";
import { withFinishedJobs } from "./finishedJobs.ts";
import { type OutdatedComponent, outdatedVersions, withVersion } from "./outdatedComponents.ts";
import { pastOf } from "./pastRuns.ts";
import { lastRepeated, runNow } from "./runStatus.ts";
import { type LeftOut, leftVersions } from "./skippedComponents.ts";

const HEALTH_OF: Readonly<Record<HealthState, ApplicationHealth>> = {
  ready: "healthy",
  progressing: "changing",
  suspended: "changing",
  blocked: "degraded",
  degraded: "degraded",
  failed: "degraded",
  rejected: "degraded",
  missing: "degraded",
  unknown: "unknown",
};
/** Kinds that set the number of pods of another object and run none themselves. */
const ONLY_WISHES: ReadonlySet<string> = new Set(["HorizontalPodAutoscaler"]);
const WORST_FIRST: readonly ApplicationHealth[] = ["degraded", "unknown", "changing", "outdated", "healthy"];

export type StatusDependencies = Dependencies<"store" | "clusters" | "catalog" | "vault" | "dispatch" | "clock">;

export async function applicationStatus(
  dependencies: StatusDependencies,
  key: ApplicationKey,
  signal: AbortSignal,
): Promise<ApplicationStatus> {
  const summary = await knownApplication(dependencies, key);
  const revision = await knownRevision(dependencies, key, summary.revision);
  const run = summary.lastRun === null ? null : await dependencies.store.runs.get(summary.lastRun.id);
  const lastRun = run === null ? null : await runNow(dependencies, run);
  const jobs = lastRun?.jobs ?? [];
  const health = await withFinishedJobs(dependencies, revision, await liveHealth(dependencies, revision, signal));
  // While a run is under way or has failed, the objects differ from the revision for a known reason.
  const drift =
    run?.phase === "succeeded" && run.kind === "deploy"
      ? await liveDrift(dependencies, { revision, jobs }, signal)
      : [];
  const mask = await applicationMask(dependencies, key);
  const history = { revision, lastRun, past: pastOf(dependencies, key) };
  const left = await leftVersions(dependencies, key, history);
  const outdated = await outdatedVersions(dependencies, key, history);
  const components = revision.document.components.map((component) =>
    componentStatus({
      name: component.name,
      type: component.type,
      catalog: dependencies.catalog,
      revision,
      jobs,
      health,
      drift,
      left: left.get(component.name),
      outdated: outdated.get(component.name),
      mask,
    }),
  );
  const addresses = [
    ...new Set(
      health.flatMap((one) => (one.facts?.address === undefined || one.state !== "ready" ? [] : [one.facts.address])),
    ),
  ];
  return { summary, lastRun, health: overall(run, components), addresses, components };
}

function overall(run: Run | null, components: readonly ComponentStatus[]): ApplicationHealth {
  if (run?.phase === "running") return "changing";
  // A failed step of the workflow belongs to no component, but the application is not as its document asks.
  if (run !== null && isFailure(run.phase)) return "degraded";
  return WORST_FIRST.find((health) => components.some((one) => one.health === health)) ?? "healthy";
}

async function liveHealth(
  dependencies: Dependencies<"clusters">,
  revision: Revision,
  signal: AbortSignal,
): Promise<readonly ObjectHealth[]> {
  const refs = revision.plan.jobs.flatMap((job) => job.objects.map((object) => refOf(object.manifest)));
  const cluster = await knownCluster(dependencies, revision.cluster);
  try {
    return await cluster.health(refs, signal);
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return refs.map((ref) => ({ ref, state: "unknown", reason: error.reason, evidence: [] }));
  }
}

async function liveDrift(
  dependencies: Dependencies<"clusters" | "vault">,
  { revision, jobs }: { readonly revision: Revision; readonly jobs: readonly Job[] },
  signal: AbortSignal,
): Promise<readonly Drift[]> {
  try {
    const cluster = await knownCluster(dependencies, revision.cluster);
    const manifests = lasting(appliedJobs(revision.plan.jobs, jobs));
    return await confirmedDrift(dependencies, { project: revision.project, cluster, manifests }, signal);
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return [];
  }
}

interface Sources {
  readonly name: string;
  readonly type: string;
  readonly catalog: Catalog;
  readonly revision: Revision;
  readonly jobs: readonly Job[];
  readonly health: readonly ObjectHealth[];
  readonly drift: readonly Drift[];
  readonly left: LeftOut | undefined;
  readonly outdated: OutdatedComponent | undefined;
  readonly mask: Mask;
}

function isOnce({ components }: Catalog, type: string): boolean {
  const definition = components.get(type);
  return definition !== undefined && runsOnce(definition);
}

function componentStatus(sources: Sources): ComponentStatus {
  const { name, type, catalog, revision, jobs } = sources;
  const keys = new Set(
    revision.plan.jobs
      .filter((job) => job.component === name)
      .flatMap((job) => job.objects.map((object) => refKey(refOf(object.manifest)))),
  );
  const objects = sources.health
    .filter((one) => keys.has(refKey(one.ref)))
    .map((one) => ({ ...one, reason: sources.mask.reason(one.reason), evidence: sources.mask.evidence(one.evidence) }));
  const { left, outdated } = sources;
  const own = left?.jobs ?? outdated?.jobs ?? jobs.filter((job) => job.plan.component === name);
  if (left?.isThere === false)
    return { name, type, health: "healthy", state: "suspended", ...said(left), repeated: null, objects: [], drift: [] };
  const deciding = decidingHealth(isOnce(catalog, type), own, { objects, left, outdated });
  const counted = countsOf(objects);
  const health = own.some((job) => !isSettled(job.phase) && job.phase !== "waiting")
    ? "changing"
    : outdated !== undefined && deciding.state === "ready"
      ? "outdated"
      : HEALTH_OF[deciding.state];
  return {
    name,
    type,
    health,
    state: deciding.state,
    reason: deciding.reason,
    evidence: deciding.evidence,
    repeated: lastRepeated(own),
    objects,
    // An older version runs, so a difference from the newest revision is no drift.
    drift: left === undefined && outdated === undefined ? sources.drift.filter((one) => keys.has(refKey(one.ref))) : [],
    ...(counted?.ready === undefined ? {} : { ready: counted.ready }),
    ...(counted?.wanted === undefined ? {} : { wanted: counted.wanted }),
    ...(counted?.before === undefined ? {} : { before: counted.before }),
  };
}

/** The number of pods that are ready and wanted, from the object that runs them. */
export function countsOf(objects: readonly ObjectHealth[]): ObjectHealth["facts"] {
  return objects.find((one) => one.facts?.wanted !== undefined && !ONLY_WISHES.has(one.ref.kind))?.facts;
}

const said = ({ reason, evidence }: Pick<Health, "reason" | "evidence">): Pick<Health, "reason" | "evidence"> => ({
  reason,
  evidence,
});

interface Live {
  readonly objects: readonly ObjectHealth[];
  readonly left: LeftOut | undefined;
  readonly outdated: OutdatedComponent | undefined;
}

/**
 * The health that decides about a component. For a task it comes from its job, because its pods do not stay. For all
 * others it comes from the cluster, unless the newest run did not deploy the component, or has not yet: then the job
 * decides, because the objects may be of the version before.
 */
function decidingHealth(isTask: boolean, jobs: readonly Job[], { objects, left, outdated }: Live): Health {
  const job = jobs.find((one) => one.phase !== "succeeded" && !isLeftOut(one)) ?? jobs[0];
  const live = worst(objects);
  if (job === undefined) return live ?? { state: "ready", reason: reason("Ready"), evidence: [] };
  const ofJob: Health = { state: PHASES[job.phase].health, ...said(job) };
  if (isTask || live === undefined) return ofJob;
  const older =
    outdated === undefined || live.state === "missing"
      ? ofJob
      : { ...ofJob, reason: withVersion(job.reason, outdated) };
  if (left !== undefined) return live.state === "ready" ? { ...live, ...said(left) } : live;
  if (job.phase === "succeeded") return live;
  if (live.state === "missing" || isFailure(job.phase)) return older;
  if (isActive(job.phase)) return ofJob;
  return live.state === "ready" || !isSettled(job.phase) ? { ...live, ...said(older) } : live;
}
