// Pods that exist and find no node: beside the scheduler's words it is told who holds what they wait for, their place in the line and how long
// that usually takes, as for a task whose pods are not made yet. Meanwhile they stand in the same line: what becomes free is not given to
// somebody who came later. Decides nothing; whether it fails is for the scheduler and the clocks.
import type { JobRun } from "../../catalog/job.ts";
import type { CapacityVerdict, PodGroup, Ticket } from "../../model/kubernetes/capacity.ts";
import type { Evidence, ObjectHealth } from "../../model/kubernetes/health.ts";
import { type Manifest, refKey, refOf } from "../../model/kubernetes/manifest.ts";
import { podGroupOf } from "../../model/kubernetes/podGroups.ts";
import { explainReason, type ReasonCode } from "../../model/reasons/reason.ts";
import { type CapacityQuestion, ClusterError } from "../../ports/cluster.ts";
import { createNews } from "../../ports/news.ts";
import { LOOK_AGAIN, ticketOf } from "./untilRoom.ts";
import { verdictEvidence } from "./verdictEvidence.ts";

/** The scheduler has found no node for a pod. */
export const WITHOUT_PLACE: ReadonlySet<ReasonCode> = new Set<ReasonCode>(["Unschedulable", "PodsPartlyPlaced"]);

interface Places {
  /** Reports how it stands; for what has no place, with what is known of the room for it. */
  tell(health: ObjectHealth, phase: "pending" | "running"): void;
  stop(): void;
}

interface Unplaced {
  readonly health: ObjectHealth;
  readonly phase: "pending" | "running";
}

export function tellOfPlaces(job: JobRun<unknown>, manifests: readonly Manifest[]): Places {
  const { capacity } = job.cluster;
  let unplaced: Unplaced | null = null;
  let known: readonly Evidence[] = [];
  let looking: AbortController | null = null;
  let flavor: string | undefined;
  const since = { at: 0 };
  const say = ({ health, phase }: Unplaced): void => job.report(health.reason, [...known, ...health.evidence], phase);
  const look = async (group: PodGroup, signal: AbortSignal): Promise<void> => {
    const changes = createNews((notify) => capacity?.subscribe(notify) ?? (() => {}));
    try {
      while (!signal.aborted) {
        const counted = changes.count();
        const seen = await seenRoom(job, group, signal);
        if (signal.aborted || unplaced === null) return;
        ({ evidence: known, flavor } = seen);
        say(unplaced);
        await changes.after(counted, { signal, limit: { clock: job.clock, milliseconds: LOOK_AGAIN } });
      }
    } finally {
      changes.close();
    }
  };
  const stop = (): void => {
    looking?.abort();
    if (looking !== null) capacity?.leave(ticketOf(job).id, "free");
    [looking, known, unplaced] = [null, [], null];
  };
  return {
    tell(health, phase) {
      if (!WITHOUT_PLACE.has(health.reason.code)) {
        const waited = looking !== null && flavor !== undefined ? job.clock.now().getTime() - since.at : 0;
        if (waited > 0 && flavor !== undefined) void job.waits.add(flavor, waited).catch(() => {});
        stop();
        return job.report(health.reason, health.evidence, phase);
      }
      unplaced = { health, phase };
      say(unplaced);
      const group = groupOf(health, manifests);
      if (looking !== null || group === undefined || capacity === undefined) return;
      looking = new AbortController();
      since.at = job.clock.now().getTime();
      void look(group, AbortSignal.any([looking.signal, job.signal]));
    },
    stop,
  };
}

function groupOf({ ref }: ObjectHealth, manifests: readonly Manifest[]): PodGroup | undefined {
  const manifest = manifests.find((one) => refKey(refOf(one)) === refKey(ref));
  return manifest === undefined ? undefined : podGroupOf(manifest);
}

interface SeenRoom {
  readonly evidence: readonly Evidence[];
  readonly flavor: string | undefined;
}

async function seenRoom(job: JobRun<unknown>, group: PodGroup, signal: AbortSignal): Promise<SeenRoom> {
  try {
    return await askRoom(job, group, signal);
  } catch (error) {
    // What is told beside the scheduler's own words must not disturb anything.
    if (error instanceof ClusterError || signal.aborted) return { evidence: [], flavor: undefined };
    throw error;
  }
}

async function askRoom(job: JobRun<unknown>, group: PodGroup, signal: AbortSignal): Promise<SeenRoom> {
  const { project, cluster, waits } = job;
  if (cluster.capacity === undefined) return { evidence: [], flavor: undefined };
  const verdict = await roomForNext(cluster.capacity, { group, project, ticket: ticketOf(job) }, signal);
  if (verdict.class === "fits" || verdict.class === "unknown") return { evidence: [], flavor: verdict.flavor };
  const lately = verdict.flavor === undefined ? [] : await waits.lately(verdict.flavor);
  return { evidence: roomEvidence(verdict, lately), flavor: verdict.flavor };
}

interface Next {
  readonly group: PodGroup;
  readonly project: string;
  readonly ticket?: Ticket;
}

/** Of pods that are there in part it is asked for the next one; unless all of them together could never be, were the cluster empty. */
export async function roomForNext(
  capacity: CapacityQuestion,
  { group, ...asked }: Next,
  signal: AbortSignal,
): Promise<CapacityVerdict> {
  const whole = await capacity.check({ groups: [group], project: asked.project }, signal);
  if (whole.class === "rejected") return whole;
  return capacity.check({ groups: [{ ...group, count: 1 }], ...asked }, signal);
}

/** With what our own arithmetic says, in one sentence, before the rest. */
export function roomEvidence(...[verdict, lately]: Parameters<typeof verdictEvidence>): readonly Evidence[] {
  const { reason: why } = verdict;
  const said = { source: "capacity", object: "room", text: explainReason(why, "en"), reason: why } as const;
  return [said, ...verdictEvidence(verdict, lately)];
}
