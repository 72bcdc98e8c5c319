// `drift: repair`: when the watches show that somebody changed an application's objects, its revision is deployed again by itself. Waits a
// moment first (changes come in groups), and longer after each repair that did not last, so that two who disagree do not fight at full speed.
// Looks only at applications that asked for it; everybody else's drift is shown by `status` and touched by nobody.
import { PlatformError } from "../../model/errors/errors.ts";
import { type Manifest, shortRef } from "../../model/kubernetes/manifest.ts";
import type { PlannedJob } from "../../model/run/plan.ts";
import { type Cluster, ClusterError, type Drift } from "../../ports/cluster.ts";
import { broughtJobs, confirmedDrift, lasting, lastJobs } from "../asking/drift.ts";
import type { Dependencies } from "../interface/dependencies.ts";
import type { ApplicationKey } from "../interface/requests.ts";
import { REPAIR_ACTOR } from "../starting/automatic.ts";
import { type BeginDependencies, createRun } from "../starting/createRun.ts";
import { forced } from "../starting/deploy.ts";

const SETTLES = 1_000;
const FIRST_PAUSE = 10_000;
const LONGEST_PAUSE = 10 * 60_000;
/** A repair that lasted so long was a good one: the next begins with a short pause again. */
const LASTED = 30 * 60_000;

interface Watched {
  readonly place: ApplicationKey;
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
  /** Something about the application ended or began: looks whether it is to be watched, and at its objects. */
  reconsider(place: ApplicationKey): Promise<void>;
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

  // Nobody waits for this: what it throws would end the process. The store or the cluster may be back later.
  const soon = (key: string): Promise<void> =>
    look(key).catch(async (error: unknown) => {
      if (signal.aborted) return;
      dependencies.log.write("error", "a drift repair failed; it is tried again", {
        application: key,
        error: String(error),
      });
      await dependencies.clock.sleep(FIRST_PAUSE, signal);
      void soon(key);
    });

  const look = async (key: string): Promise<void> => {
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
    async reconsider(place) {
      const key = `${place.project}/${place.application}`;
      const found = signal.aborted ? null : await toWatch(dependencies, place);
      watched.delete(key);
      if (found === null) return;
      watched.set(key, found);
      void soon(key);
    },
  };
}

/** Those that are registered later, too. */
function watchClusters(
  { clusters }: Dependencies<"clusters">,
  onChange: (cluster: Cluster, namespace: string) => void,
): () => void {
  const stops = new Map<Cluster, () => void>();
  const sync = (): void => {
    const present = new Set(clusters.names().flatMap((name) => clusters.get(name) ?? []));
    for (const [cluster, stop] of stops) {
      if (present.has(cluster)) continue;
      stop();
      stops.delete(cluster);
    }
    for (const cluster of present)
      if (!stops.has(cluster))
        stops.set(
          cluster,
          cluster.subscribe((namespace) => onChange(cluster, namespace)),
        );
  };
  const leave = clusters.onChange(sync);
  sync();
  return () => {
    leave();
    for (const stop of stops.values()) stop();
  };
}

function pauseBefore(tries: Tries | undefined, now: number): number {
  if (tries === undefined || now - tries.last > LASTED) return 0;
  return tries.last + Math.min(FIRST_PAUSE * 2 ** (tries.count - 1), LONGEST_PAUSE) - now;
}

/** Only what was deployed well is kept so: after a failed run it is the user's turn, unless it was the repair itself that failed. */
async function toWatch(
  dependencies: Dependencies<"store" | "clusters">,
  place: ApplicationKey,
): Promise<Watched | null> {
  const current = await dependencies.store.applications.get(place.project, place.application);
  if (current?.lastRun?.kind !== "deploy" || current.lastRun.phase === "running") return null;
  if (current.lastRun.phase !== "succeeded") {
    const run = await dependencies.store.runs.get(current.lastRun.id);
    if (run?.actor !== REPAIR_ACTOR) return null;
  }
  const revision = await dependencies.store.applications.revision(place.project, place.application, current.revision);
  const cluster = dependencies.clusters.get(current.cluster);
  if (revision?.document.drift !== "repair" || cluster === undefined) return null;
  const jobs = repairJobs(broughtJobs(revision.plan.jobs, await lastJobs(dependencies, current)));
  return { place, cluster, namespace: current.namespace, revision: current.revision, jobs, manifests: lasting(jobs) };
}

/** Steps of the workflow are for a deploy: a repair asks nobody for approval, and brings nothing that a condition left out. */
function repairJobs(jobs: readonly PlannedJob[]): readonly PlannedJob[] {
  const brought = jobs.filter((job) => job.component !== null);
  const names = new Set(brought.map((job) => job.name));
  return brought.map((job) => ({
    name: job.name,
    type: job.type,
    component: job.component,
    ...(job.locks === undefined ? {} : { locks: job.locks }),
    needs: job.needs.filter((need) => names.has(need.job)),
    objects: job.objects,
    // A repair is no deploy: what runs at each deploy does not run for it.
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
    return await confirmedDrift(dependencies, { ...one, project: one.place.project }, signal);
  } catch (error) {
    // The cluster is away: it will tell of changes again once it is back.
    if (error instanceof ClusterError || signal.aborted) return [];
    throw error;
  }
}

/** False when a run of somebody else was faster: what that one deploys decides. */
async function repair(
  dependencies: BeginDependencies,
  one: Watched,
  seen: { readonly drifted: readonly Drift[]; readonly count: number },
): Promise<boolean> {
  try {
    await createRun(dependencies, {
      ...one.place,
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
