// Implements `drift: repair`: when the watches show that a person or a tool changed the objects of an application, its
// newest revision is deployed again. The repair waits a moment first, because changes come in groups, and longer after
// each repair that did not last, so that it does not compete with another tool at full speed. Drift of other
// applications is shown by `kubemin status`, and nothing changes it.
import { PlatformError } from "../../model/errors/errors.ts";
import { type Manifest, shortRef } from "../../model/kubernetes/manifest.ts";
import type { PlannedJob } from "../../model/run/plan.ts";
import { type Cluster, ClusterError, type Drift } from "../../ports/cluster.ts";
import { appliedJobs, confirmedDrift, lasting, lastJobs } from "../answering/drift.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { ApplicationKey } from "../contract/requests.ts";
import { REPAIR_ACTOR } from "../starting/automatic.ts";
import { type BeginDependencies, createRun } from "../starting/createRun.ts";
import { forced } from "../starting/deploy.ts";
import { watchClusters } from "./watchClusters.ts";

const SETTLES = 1_000;
const FIRST_PAUSE = 10_000;
const LONGEST_PAUSE = 10 * 60_000;
/** Milliseconds after which a repair counts as lasting. The next repair then begins with a short pause again. */
const LASTED = 30 * 60_000;

interface Watched {
  readonly applicationKey: ApplicationKey;
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly revision: number;
  readonly jobs: readonly PlannedJob[];
  readonly manifests: readonly Manifest[];
}

interface Tries {
  readonly count: number;
  readonly last: number;
}

export interface Repairs {
  /**
   * Decides again whether the application is to be watched, and compares its objects. Called when one of its runs
   * ended.
   */
  reconsider(applicationKey: ApplicationKey): Promise<void>;
}

export function startRepairs(
  dependencies: BeginDependencies & Dependencies<"vault" | "log">,
  signal: AbortSignal,
): Repairs {
  const watched = new Map<string, Watched>();
  const tries = new Map<string, Tries>();
  const due = new Set<string>();
  const stop = watchClusters(dependencies, (cluster, namespace) => {
    for (const [key, one] of watched)
      if (one.cluster === cluster && (namespace === "*" || namespace === one.namespace)) void soon(key);
  });
  signal.addEventListener("abort", stop, { once: true });

  // No caller waits for this promise, so an error would end the process. It is logged and tried again: the store or the
  // cluster may be back later.
  const soon = (key: string): Promise<void> =>
    repairSoon(key).catch(async (error: unknown) => {
      if (signal.aborted) return;
      dependencies.log.write("error", "a drift repair failed; it is tried again", {
        application: key,
        error: String(error),
      });
      await dependencies.clock.sleep(FIRST_PAUSE, signal);
      void soon(key);
    });

  const repairSoon = async (key: string): Promise<void> => {
    if (due.has(key) || signal.aborted) return;
    due.add(key);
    const wait = pauseBefore(tries.get(key), dependencies.clock.now().getTime());
    await dependencies.clock.sleep(Math.max(SETTLES, wait), signal);
    due.delete(key);
    const one = watched.get(key);
    if (signal.aborted || one === undefined) return;
    const drifted = await driftOf(dependencies, one, signal);
    if (drifted.length === 0 || watched.get(key) !== one) return;
    const now = dependencies.clock.now().getTime();
    const before = tries.get(key);
    const count = before === undefined || now - before.last > LASTED ? 1 : before.count + 1;
    if (await repair(dependencies, one, { drifted, count })) tries.set(key, { count, last: now });
  };

  return {
    async reconsider(applicationKey) {
      const key = `${applicationKey.project}/${applicationKey.application}`;
      const found = signal.aborted ? null : await toWatch(dependencies, applicationKey);
      watched.delete(key);
      if (found === null) return;
      watched.set(key, found);
      void soon(key);
    },
  };
}

function pauseBefore(tries: Tries | undefined, now: number): number {
  if (tries === undefined || now - tries.last > LASTED) return 0;
  return tries.last + Math.min(FIRST_PAUSE * 2 ** (tries.count - 1), LONGEST_PAUSE) - now;
}

/**
 * The application to watch, or `null`. Only an application whose newest deploy succeeded is repaired. After a failed
 * run the user must act, unless the failed run was itself a repair.
 */
async function toWatch(
  dependencies: Dependencies<"store" | "clusters">,
  applicationKey: ApplicationKey,
): Promise<Watched | null> {
  const current = await dependencies.store.applications.get(applicationKey.project, applicationKey.application);
  if (current?.lastRun?.kind !== "deploy" || current.lastRun.phase === "running") return null;
  if (current.lastRun.phase !== "succeeded") {
    const run = await dependencies.store.runs.get(current.lastRun.id);
    if (run?.actor !== REPAIR_ACTOR) return null;
  }
  const revision = await dependencies.store.applications.revision(
    applicationKey.project,
    applicationKey.application,
    current.revision,
  );
  const cluster = dependencies.clusters.get(current.cluster);
  if (revision?.document.drift !== "repair" || cluster === undefined) return null;
  const jobs = repairJobs(appliedJobs(revision.plan.jobs, await lastJobs(dependencies, current)));
  return {
    applicationKey,
    cluster,
    namespace: current.namespace,
    revision: current.revision,
    jobs,
    manifests: lasting(jobs),
  };
}

/** The jobs of the components only. Steps of the workflow belong to a deploy: a repair asks for no approval. */
function repairJobs(jobs: readonly PlannedJob[]): readonly PlannedJob[] {
  const ofComponents = jobs.filter((job) => job.component !== null);
  const names = new Set(ofComponents.map((job) => job.name));
  return ofComponents.map((job) => ({
    name: job.name,
    type: job.type,
    component: job.component,
    ...(job.locks === undefined ? {} : { locks: job.locks }),
    needs: job.needs.filter((need) => names.has(need.job)),
    objects: job.objects,
    // A task that runs at each deploy (`always`) does not run for a repair.
    input: job.input["always"] === true ? { ...job.input, always: false } : job.input,
    timeout: job.timeout,
    retry: job.retry,
  }));
}

async function driftOf(
  dependencies: Dependencies<"vault">,
  one: Watched,
  signal: AbortSignal,
): Promise<readonly Drift[]> {
  try {
    return await confirmedDrift(dependencies, { ...one, project: one.applicationKey.project }, signal);
  } catch (error) {
    // The cluster cannot be reached. Its watches report changes again once it is back.
    if (error instanceof ClusterError || signal.aborted) return [];
    throw error;
  }
}

/** False when another run was created first. What that run deploys decides. */
async function repair(
  dependencies: BeginDependencies,
  one: Watched,
  seen: { readonly drifted: readonly Drift[]; readonly count: number },
): Promise<boolean> {
  try {
    await createRun(dependencies, {
      ...one.applicationKey,
      actor: REPAIR_ACTOR,
      kind: "deploy",
      revision: one.revision,
      seenRevision: one.revision,
      cluster: one.cluster.name,
      namespace: one.namespace,
      message: messageOf(seen),
      jobs: one.jobs.map(forced),
    });
    return true;
  } catch (error) {
    if (error instanceof PlatformError) return false;
    throw error;
  }
}

function messageOf({ drifted, count }: { readonly drifted: readonly Drift[]; readonly count: number }): string {
  const shown = drifted.slice(0, 3).map((drift) => {
    const by = drift.managers.length === 0 ? "" : ` by ${drift.managers.join(", ")}`;
    return drift.gone
      ? `${shortRef(drift.ref)} is gone`
      : `${shortRef(drift.ref)} ${drift.fields.slice(0, 3).join(", ")}${by}`;
  });
  const more = drifted.length > shown.length ? ` and ${drifted.length - shown.length} more` : "";
  return `drift repair${count > 1 ? ` (${count} in a row)` : ""}: ${shown.join("; ")}${more}`.slice(0, 500);
}
