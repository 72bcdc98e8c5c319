// Starts runs by the clock. A schedule is a duty like a run: one process takes it, starts the run that is due, and
// gives the duty back to dispatch until the next time. Each time has an idempotency key of its own, so that its run
// starts once, even when a process dies in between.

import { listed } from "../../model/data/text.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import type { Schedule, ScheduledRun, ScheduleSettings, ScheduleTick } from "../../model/run/schedule.ts";
import type { DriveOutcome, Duty, Lease } from "../../ports/dispatch.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import {
  planWorkflowRun,
  type StartDependencies,
  sealedRequest,
  startWorkflowRun,
} from "../starting/startWorkflowRun.ts";
import { cancelRun } from "../steering/cancel.ts";
import { cronFault, nextTime } from "./cron.ts";

/**
 * Milliseconds after which a time counts as missed. Longer than another process needs to take over from one that died.
 */
const LATE = 60_000;

function scheduleDuty(id: string): Duty {
  return `schedule/${id}`;
}

export async function driveSchedule(dependencies: StartDependencies, id: string, lease: Lease): Promise<DriveOutcome> {
  while (!lease.signal.aborted) {
    const schedule = await dependencies.store.schedules.find(id);
    if (schedule === null || schedule.pausedBy !== null || schedule.nextAt === null) return "done";
    const due = new Date(schedule.nextAt);
    const now = dependencies.clock.now();
    if (due > now) return { again: due };
    const last = await startScheduledRun(dependencies, schedule, now);
    const next = nextOf(schedule.settings, now);
    const lastTick = next.problem === null ? last : { ...last, problem: next.problem };
    await dependencies.store.schedules.advance(schedule, { nextAt: next.at, last: lastTick });
  }
  return "done";
}

/**
 * The next time of the schedule, or `null` with a problem for the user. A schedule that was valid when it was created
 * may have no next time, because this program may not know its time zone.
 */
function nextOf(
  { cron, timeZone }: ScheduleSettings,
  after: Date,
): { readonly at: string | null; readonly problem: ScheduleTick["problem"] } {
  try {
    return { at: nextTime(cron, timeZone, after).toISOString(), problem: null };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { at: null, problem: { message: `the schedule has no next time: ${error.message}`, problems: [] } };
  }
}

async function startScheduledRun(
  dependencies: StartDependencies,
  schedule: Schedule,
  now: Date,
): Promise<ScheduleTick> {
  const { settings, project, actor, name, last } = schedule;
  const at = schedule.nextAt ?? now.toISOString();
  const tick = { at, run: null, skipped: null, problem: null };
  if (now.getTime() - Date.parse(at) > LATE && settings.missed === "skip") return { ...tick, skipped: "missed" };
  const before = last?.run == null ? null : await dependencies.store.runs.get(last.run);
  if (before?.phase === "running" && settings.overlap === "skip")
    return { ...tick, run: before.id, skipped: "overlap" };
  try {
    if (before?.phase === "running" && settings.overlap === "cancel")
      await cancelRun(dependencies, { project, run: before.id, actor: `schedule ${name}` });
    const key = `schedule/${schedule.id}/${at}`;
    const { run } = await startWorkflowRun(dependencies, {
      ...settings.run,
      project,
      actor,
      message: `schedule ${name}, ${at}`,
      idempotency: { key, request: key },
    });
    return { ...tick, run: run.id };
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return { ...tick, problem: { message: error.message, problems: error.problems } };
  }
}

interface ScheduleRequest {
  readonly project: string;
  readonly name: string;
  readonly settings: ScheduleSettings;
  readonly actor: string;
}

/**
 * Creates or replaces a schedule. A run that would be refused at its time is refused now, with all its problems
 * together.
 */
export async function putSchedule(dependencies: StartDependencies, request: ScheduleRequest): Promise<Schedule> {
  const { project, name, settings, actor } = request;
  const fault = cronFault(settings.cron, settings.timeZone);
  if (fault !== undefined) throw new PlatformError("InvalidSchedule", {}, { faults: [fault] });
  await planWorkflowRun(dependencies, { ...settings.run, project });
  const now = dependencies.clock.now();
  const schedule = await dependencies.store.schedules.put({
    id: dependencies.newId(),
    project,
    name,
    settings: { ...settings, run: sealedSettings(dependencies, project, settings.run) },
    actor,
    createdAt: now.toISOString(),
    pausedBy: null,
    nextAt: nextTime(settings.cron, settings.timeZone, now).toISOString(),
    last: null,
  });
  await dependencies.dispatch.wake(scheduleDuty(schedule.id), { group: project });
  return schedule;
}

function sealedSettings(
  dependencies: Dependencies<"catalog" | "jobTypes" | "vault">,
  project: string,
  run: ScheduledRun,
): ScheduledRun {
  const { project: _, ...sealed } = sealedRequest(dependencies, { ...run, project });
  return sealed;
}

/**
 * Pauses or resumes a schedule. Times that pass during a pause are left out, whatever `missed` says. A resume continues
 * with the next time.
 */
export async function pauseSchedule(
  dependencies: Dependencies<"store" | "dispatch" | "clock">,
  request: { readonly project: string; readonly name: string; readonly actor: string; readonly pause: boolean },
): Promise<Schedule> {
  const schedule = await knownSchedule(dependencies, request.project, request.name);
  const resumes = !request.pause && schedule.pausedBy !== null;
  const nextAt = resumes ? nextOf(schedule.settings, dependencies.clock.now()).at : schedule.nextAt;
  await dependencies.store.schedules.pause(schedule.id, request.pause ? request.actor : null, nextAt);
  await dependencies.dispatch.wake(scheduleDuty(schedule.id), { group: schedule.project });
  return knownSchedule(dependencies, request.project, request.name);
}

export async function removeSchedule(
  dependencies: Dependencies<"store" | "dispatch">,
  project: string,
  name: string,
): Promise<void> {
  const schedule = await knownSchedule(dependencies, project, name);
  await dependencies.store.schedules.remove(project, name);
  await dependencies.dispatch.wake(scheduleDuty(schedule.id), { group: project });
}

export async function knownSchedule(
  { store }: Dependencies<"store">,
  project: string,
  name: string,
): Promise<Schedule> {
  const found = await store.schedules.get(project, name);
  if (found !== null) return found;
  const known = listed((await store.schedules.list(project)).map((one) => one.name));
  throw new PlatformError("NotFound", { what: "schedule", name, known });
}

/** Looks for a next time for schedules that have none: an older program may not have known their time zones. */
async function findTimesAgain({ store, clock }: Dependencies<"store" | "clock">): Promise<void> {
  for (const { id, settings, pausedBy, nextAt } of await store.schedules.list()) {
    if (pausedBy !== null || nextAt !== null) continue;
    const { at } = nextOf(settings, clock.now());
    if (at !== null) await store.schedules.pause(id, null, at);
  }
}

export async function dispatchSchedules(dependencies: Dependencies<"store" | "dispatch" | "clock">): Promise<void> {
  const { store, dispatch } = dependencies;
  await findTimesAgain(dependencies);
  const running = (await store.schedules.list()).filter((one) => one.pausedBy === null && one.nextAt !== null);
  await dispatch.ensure(
    running.map(({ id, project, nextAt }) => ({
      duty: scheduleDuty(id),
      terms: { group: project, ...(nextAt === null ? {} : { at: new Date(nextAt) }) },
    })),
  );
}
