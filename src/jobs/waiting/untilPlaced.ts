// Reports on pods that exist and find no node: in addition to the scheduler's message, who uses what they wait for,
// their position in the queue and the usual wait. untilRoom.ts reports the same for pods that are not created yet. The
// pods wait in the same queue, so that room that becomes free is not given to a later job. The scheduler and the clocks
// (src/jobs/pods/startClocks.ts) decide. Only a pod that no node can ever take, and for which the autoscaler adds none,
// is given up here.
import type { JobRun } from "../../catalog/job.ts";
import type { CapacityVerdict, PodGroup, Ticket } from "../../model/kubernetes/capacity.ts";
import type { Evidence, ObjectHealth } from "../../model/kubernetes/health.ts";
import { type Manifest, refKey, refOf } from "../../model/kubernetes/manifest.ts";
import { podGroupOf } from "../../model/kubernetes/podGroups.ts";
import { explainReason, type Reason, type ReasonCode, withAlso } from "../../model/reasons/reason.ts";
import { NO_NODE_YET } from "../../model/run/jobEnding.ts";
import { type CapacityQuestion, ClusterError } from "../../ports/cluster.ts";
import { createNews } from "../../ports/news.ts";
import { rememberUnplacedPod } from "./unplacedPod.ts";
import { CHECK_AGAIN, ticketOf, weightedTicket } from "./untilRoom.ts";
import { verdictEvidence } from "./verdictEvidence.ts";

/** Reasons that mean that the scheduler found no node for a pod. */
export const UNPLACED: ReadonlySet<ReasonCode> = new Set<ReasonCode>([...NO_NODE_YET, "PodsPartlyPlaced"]);

/** Milliseconds for which an autoscaler must say no before it is believed. It looks again every ten seconds. */
const GRACE = 60_000;

/** Called when the pods can never run: no node can take them, and the autoscaler adds none. */
export type OnNever = (why: Reason, evidence: readonly Evidence[]) => void;

interface PlacementReport {
  /**
   * Reports the health. When pods have no node, the report also contains what is known about the room that they wait
   * for.
   */
  report(health: ObjectHealth, phase: "pending" | "running"): void;
  stop(): void;
}

interface Unplaced {
  readonly health: ObjectHealth;
  readonly phase: "pending" | "running";
}

export function reportPlacement(
  job: JobRun<unknown>,
  manifests: readonly Manifest[],
  onNever?: OnNever,
): PlacementReport {
  const { capacity } = job.cluster;
  let unplaced: Unplaced | null = null;
  let known: readonly Evidence[] = [];
  let watching: AbortController | null = null;
  let flavor: string | undefined;
  const since = { at: 0 };
  const hopeless = hopelessAfter(job);
  const reportUnplaced = ({ health, phase }: Unplaced): void =>
    job.report(health.reason, [...known, ...health.evidence], phase);
  const watchRoom = async (group: PodGroup, signal: AbortSignal): Promise<void> => {
    const changes = createNews((notify) => capacity?.subscribe(notify) ?? (() => {}));
    const podOf = rememberUnplacedPod(job.cluster, group);
    try {
      while (!signal.aborted) {
        const counted = changes.count();
        const asked = async () => askedFor(await podOf(evidenceOf(unplaced), signal), unplaced);
        const seen = await roomOrNone(job, asked, signal);
        if (signal.aborted || unplaced === null) return;
        ({ evidence: known, flavor } = seen);
        reportUnplaced(unplaced);
        const refused = seen.never === undefined ? undefined : refusedBy(unplaced.health);
        if (hopeless(refused !== undefined) && seen.never !== undefined)
          return onNever?.(withAlso(seen.never, refused), unplaced.health.evidence);
        await changes.after(counted, { signal, limit: { clock: job.clock, milliseconds: CHECK_AGAIN } });
      }
    } finally {
      changes.close();
      // A check that was under way when the watch was stopped has put the request into the queue again.
      if (signal.aborted) capacity?.leave(ticketOf(job).id, "free");
    }
  };
  const stop = (): void => {
    watching?.abort();
    if (watching !== null) capacity?.leave(ticketOf(job).id, "free");
    [watching, known, unplaced] = [null, [], null];
  };
  return {
    report(health, phase) {
      if (!UNPLACED.has(health.reason.code)) {
        const waited = watching !== null && flavor !== undefined ? job.clock.now().getTime() - since.at : 0;
        if (waited > 0 && flavor !== undefined) void job.waits.add(flavor, waited).catch(() => {});
        stop();
        return job.report(health.reason, health.evidence, phase);
      }
      unplaced = { health, phase };
      reportUnplaced(unplaced);
      const group = groupOf(health, manifests);
      if (watching !== null || group === undefined || capacity === undefined) return;
      watching = new AbortController();
      since.at = job.clock.now().getTime();
      void watchRoom(group, AbortSignal.any([watching.signal, job.signal]));
    },
    stop,
  };
}

const evidenceOf = (unplaced: Unplaced | null): readonly Evidence[] => unplaced?.health.evidence ?? [];

function askedFor(group: PodGroup, unplaced: Unplaced | null): Pick<Next, "group" | "existingNodes"> {
  return { group, existingNodes: refusedBy(unplaced?.health) !== undefined };
}

/** What the autoscaler says, when it adds no node for the pods and nothing shows that this passes. */
function refusedBy(health: ObjectHealth | undefined): Reason | undefined {
  const said = [health?.reason, health?.reason.cause].find((one) => one?.code === "NoNewNode");
  return (said?.also ?? []).some(({ code }) => code === "GroupsBackOff") ? undefined : said;
}

/** Notes whether the pods are hopeless now; `true` once they have been for the whole grace. */
function hopelessAfter({ clock }: JobRun<unknown>): (isHopeless: boolean) => boolean {
  let since: number | undefined;
  return (isHopeless) => {
    const now = clock.now().getTime();
    since = isHopeless ? (since ?? now) : undefined;
    return since !== undefined && now - since >= GRACE;
  };
}

function groupOf({ ref }: ObjectHealth, manifests: readonly Manifest[]): PodGroup | undefined {
  const manifest = manifests.find((one) => refKey(refOf(one)) === refKey(ref));
  return manifest === undefined ? undefined : podGroupOf(manifest);
}

interface RoomFound {
  readonly evidence: readonly Evidence[];
  readonly flavor: string | undefined;
  /** Why the pods can never run; absent when they may. */
  readonly never?: Reason;
}

type Asked = Pick<Next, "group" | "existingNodes">;

async function roomOrNone(job: JobRun<unknown>, source: () => Promise<Asked>, signal: AbortSignal): Promise<RoomFound> {
  try {
    return await checkRoom(job, source, signal);
  } catch (error) {
    // This information is only an addition to the scheduler's message, so an error must not disturb the job.
    if (error instanceof ClusterError || signal.aborted) return { evidence: [], flavor: undefined };
    throw error;
  }
}

async function checkRoom(job: JobRun<unknown>, source: () => Promise<Asked>, signal: AbortSignal): Promise<RoomFound> {
  const { project, cluster, waits } = job;
  if (cluster.capacity === undefined) return { evidence: [], flavor: undefined };
  const asked = { ...(await source()), project, ticket: await weightedTicket(job) };
  const verdict = await roomForNext(cluster.capacity, asked, signal);
  if (verdict.class === "fits" || verdict.class === "unknown") return { evidence: [], flavor: verdict.flavor };
  const lately = verdict.flavor === undefined ? [] : await waits.lately(verdict.flavor);
  const never = verdict.class === "rejected" ? { never: verdict.reason } : {};
  return { evidence: roomEvidence(verdict, lately), flavor: verdict.flavor, ...never };
}

interface Next {
  readonly group: PodGroup;
  readonly project: string;
  readonly ticket?: Ticket;
  /** The autoscaler adds no node, so only the nodes that exist count. */
  readonly existingNodes?: boolean;
}

/**
 * Some pods of the group may run already, so the check asks for room for one more pod. First it checks whether the
 * whole group would fit the empty cluster; if not, that rejection is the verdict.
 */
export async function roomForNext(
  capacity: CapacityQuestion,
  { group, ...asked }: Next,
  signal: AbortSignal,
): Promise<CapacityVerdict> {
  const { project, existingNodes = false } = asked;
  const whole = await capacity.check({ groups: [group], project, existingNodes }, signal);
  if (whole.class === "rejected") return whole;
  return capacity.check({ groups: [{ ...group, count: 1 }], ...asked }, signal);
}

/** The evidence of the verdict. Its first entry is the reason of the verdict in one sentence. */
export function roomEvidence(...[verdict, lately]: Parameters<typeof verdictEvidence>): readonly Evidence[] {
  const { reason: why } = verdict;
  const said = { source: "capacity", object: "room", text: explainReason(why, "en"), reason: why } as const;
  return [said, ...verdictEvidence(verdict, lately)];
}
