// Derives the state of runs that have not ended, and why a run does not go on (model/run/runState.ts has the states).
// Nothing of it is stored: it is derived for each request. The reason of a job that no process has looked at yet
// follows from the state of its run, so that no job is shown as about to start while its run is held back.

import { type Reason, reason, whoActs } from "../../model/reasons/reason.ts";
import { isSettled } from "../../model/run/phase.ts";
import type { Job, Run } from "../../model/run/run.ts";
import { isStateOfJobs, onlyWaits, type RunState, stateOfJobs } from "../../model/run/runState.ts";
import type { Duty, QueuedDuty } from "../../ports/dispatch.ts";
import type { JobUnderWay, UnfinishedRun } from "../../ports/runLists.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { runDuty } from "../contract/duties.ts";
import type { RepeatedJob, RunNow, RunStatus } from "../contract/requests.ts";

/** The facts about a run that are not stored in the run itself. */
interface Seen {
  readonly jobs: readonly Omit<JobUnderWay, "run">[];
  /** Why no process drives the run although it is due. */
  readonly notTakenUp: Reason | undefined;
  readonly now: Date;
}

export function runStatus(run: RunMarks, seen: Seen): RunStatus {
  return { ...stateOf(run, seen), repeated: run.phase === "running" ? lastRepeated(seen.jobs) : null };
}

type RunMarks = Pick<Run, "phase" | "cancelledBy" | "pausedBy" | "startAt">;

function stateOf(run: RunMarks, { jobs, notTakenUp, now }: Seen): Omit<RunStatus, "repeated"> {
  if (run.phase !== "running") return { state: run.phase, reason: null };
  if (run.cancelledBy !== null)
    return { state: "cancelling", reason: reason("Cancelling", { actor: run.cancelledBy }) };
  if (run.pausedBy !== null) return { state: "paused", reason: reason("Paused", { actor: run.pausedBy }) };
  if (run.startAt !== null && new Date(run.startAt) > now)
    return { state: "scheduled", reason: reason("Scheduled", { at: run.startAt }) };
  if (notTakenUp !== undefined) return { state: "queued", reason: notTakenUp };
  const state = stateOfJobs(jobs);
  return { state, reason: state === "running" ? null : (urgent(jobs.filter(onlyWaits))?.reason ?? null) };
}

/** The job that was tried again last and has not ended. `null` when there is none. */
export function lastRepeated(jobs: Seen["jobs"]): RepeatedJob | null {
  const repeated = jobs.flatMap(({ name, phase, attempt, earlier }) => {
    const before = earlier.at(-1);
    return isSettled(phase) || before === undefined ? [] : [{ job: name, attempt, before }];
  });
  return repeated.toSorted((a, b) => Date.parse(b.before.at) - Date.parse(a.before.at))[0] ?? null;
}

const URGENCY = { you: 0, operator: 1, nobody: 2 } as const;

/**
 * The first job about which the user can do something, otherwise the first about which an operator can, otherwise the
 * first.
 */
export function urgent<J extends { readonly reason: Reason }>(jobs: readonly J[]): J | undefined {
  return jobs.toSorted((a, b) => URGENCY[whoActs(a.reason)] - URGENCY[whoActs(b.reason)])[0];
}

/**
 * The jobs with the reasons to show. A job whose needs are met, and that no process has looked at since, is about to
 * begin, unless the whole run is held back: then it shows the reason of the run. All other jobs keep their own reasons.
 */
export function shownJobs(
  jobs: readonly Job[],
  { state, reason: why }: Pick<RunStatus, "state" | "reason">,
): readonly Job[] {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const allEnded = jobs.every((job) => job.plan.final === true || isSettled(job.phase));
  const next = why === null || isStateOfJobs(state) ? reason("Beginning") : why;
  return jobs.map((job) => {
    if (job.phase !== "waiting" || job.dueAt !== null || (job.plan.final === true && !allEnded)) return job;
    const waits = job.plan.needs.some((need) => !isSettled(byName.get(need.job)?.phase ?? "succeeded"));
    return waits ? job : { ...job, reason: next };
  });
}

export async function runNow(dependencies: Dependencies<"store" | "dispatch" | "clock">, run: Run): Promise<RunNow> {
  const [jobs, status] = await Promise.all([dependencies.store.runs.jobs(run.id), runStatusOf(dependencies, run)]);
  return { run, jobs: shownJobs(jobs, status), status };
}

export async function runStatusOf(
  dependencies: Dependencies<"store" | "dispatch" | "clock">,
  run: Run,
): Promise<RunStatus> {
  const found = (await statusesByRun(dependencies, [run])).get(run.id);
  return found ?? runStatus(run, { jobs: [], notTakenUp: undefined, now: dependencies.clock.now() });
}

export async function statusesByRun(
  dependencies: Dependencies<"store" | "dispatch" | "clock">,
  runs: readonly Run[],
): Promise<ReadonlyMap<string, RunStatus>> {
  const open = runs.filter((run) => run.phase === "running").map((run) => run.id);
  const [jobs, queue] = await Promise.all([
    open.length === 0 ? [] : dependencies.store.runs.underWay(open),
    open.length === 0 ? new Map<Duty, QueuedDuty>() : dependencies.dispatch.queued(open.map(runDuty)),
  ]);
  const byRun = Map.groupBy(jobs, (job) => job.run);
  const names = new Map<string, string>();
  const now = dependencies.clock.now();
  const all = new Map<string, RunStatus>();
  for (const run of runs) {
    const queued = queue.get(runDuty(run.id));
    const notTakenUp = queued === undefined ? undefined : await queueReason(dependencies, queued, names);
    all.set(run.id, runStatus(run, { jobs: byRun.get(run.id) ?? [], notTakenUp, now }));
  }
  return all;
}

/** The number of these runs in each state. */
export async function countStates(
  { store, dispatch, clock }: Dependencies<"store" | "dispatch" | "clock">,
  runs: readonly UnfinishedRun[],
): Promise<ReadonlyMap<RunState, number>> {
  const ids = runs.map((run) => run.id);
  const [jobs, queue] = await Promise.all([store.runs.underWay(ids), dispatch.queued(ids.map(runDuty))]);
  const byRun = Map.groupBy(jobs, (job) => job.run);
  const now = clock.now();
  const counts = new Map<RunState, number>();
  for (const run of runs) {
    const notTakenUp = queue.has(runDuty(run.id)) ? reason("NotTakenUp") : undefined;
    const { state } = runStatus({ ...run, phase: "running" }, { jobs: byRun.get(run.id) ?? [], notTakenUp, now });
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}

/** The most holders of a slot that are named in a reason. */
const NAMED = 3;

async function queueReason(
  dependencies: Dependencies<"store">,
  { because, limit, holders }: QueuedDuty,
  names: Map<string, string>,
): Promise<Reason> {
  if (because === "slots") return reason("NotTakenUp");
  const named: string[] = [];
  for (const duty of holders.slice(0, NAMED)) {
    const id = duty.slice(duty.indexOf("/") + 1);
    const name = names.get(id) ?? (await nameOfRun(dependencies, id));
    names.set(id, name);
    named.push(name);
  }
  const more = holders.length > NAMED ? [`+${holders.length - NAMED}`] : [];
  return reason("PlacesTaken", {
    taken: holders.length,
    limit: limit ?? holders.length,
    holders: [...named, ...more].join(", "),
  });
}

/** The name of a run in a reason: by its number when it belongs to an application, as on the command line. */
async function nameOfRun({ store }: Dependencies<"store">, id: string): Promise<string> {
  const run = await store.runs.get(id);
  if (run === null) return id;
  return run.application === null ? `${id} (${run.workflow})` : `${run.application}#${run.number}`;
}
