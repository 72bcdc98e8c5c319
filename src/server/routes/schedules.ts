// The routes of schedules. Their rules are in src/engine/schedules/schedules.ts.
import { knownSchedule, pauseSchedule, putSchedule, removeSchedule } from "../../engine/schedules/schedules.ts";
import type { Schedule } from "../../model/run/schedule.ts";
import { given, type Implementations, type RouteContext } from "../shared/contract.ts";

export const schedules = {
  listSchedules: async ({ params }, { dependencies }) => {
    const all = await dependencies.store.schedules.list(params.project);
    return { body: { items: all.map(viewOf), next: null } };
  },

  putSchedule: async ({ params: { project, schedule }, body }, context) => {
    const { run, ...settings } = body;
    const request = { project, name: schedule, settings: { ...settings, run: given(run) }, ...actorOf(context) };
    return { body: viewOf(await putSchedule(context.dependencies, request)) };
  },

  getSchedule: async ({ params: { project, schedule } }, { dependencies }) => ({
    body: viewOf(await knownSchedule(dependencies, project, schedule)),
  }),

  removeSchedule: async ({ params: { project, schedule } }, { dependencies }) => {
    await removeSchedule(dependencies, project, schedule);
    return { body: null };
  },

  pauseSchedule: async ({ params: { project, schedule } }, context) => ({
    body: viewOf(
      await pauseSchedule(context.dependencies, { project, name: schedule, ...actorOf(context), pause: true }),
    ),
  }),

  resumeSchedule: async ({ params: { project, schedule } }, context) => ({
    body: viewOf(
      await pauseSchedule(context.dependencies, { project, name: schedule, ...actorOf(context), pause: false }),
    ),
  }),
} satisfies Partial<Implementations>;

function actorOf(context: RouteContext): { readonly actor: string } {
  return { actor: context.conditions().actor };
}

function viewOf({ name, settings, actor, createdAt, pausedBy, nextAt, last }: Schedule) {
  const { cron, timeZone, overlap, missed, run } = settings;
  return {
    name,
    cron,
    timeZone,
    overlap,
    missed,
    run,
    actor,
    createdAt,
    pausedBy,
    nextAt,
    last: last === null ? null : { ...last, problem: last.problem?.message ?? null },
  };
}
