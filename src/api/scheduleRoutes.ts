// The routes about schedules, a part of the table in routes.ts. A schedule starts runs at fixed times.
import { z } from "zod";
import { DNS_LABEL } from "../model/kubernetes/name.ts";
import { FORMS } from "../model/problems/requestProblems.ts";
import { MISSED, OVERLAPS } from "../model/run/schedule.ts";
import { P, project } from "./routeParts.ts";
import { scheduledRun } from "./runRoutes.ts";
import * as view from "./views.ts";

const schedule = project.extend({ schedule: z.string().regex(DNS_LABEL, FORMS.name) });

const settings = {
  cron: z.string().max(200).meta({ description: "minute hour day month weekday, or @hourly, @daily, …" }),
  timeZone: z.string().max(100).default("UTC").meta({ description: "e.g. Europe/Berlin" }),
  overlap: z.enum(OVERLAPS).default("skip").meta({
    description:
      "what to do when the previous run has not ended: skip this time, start another run, or cancel the previous run",
  }),
  missed: z.enum(MISSED).default("skip").meta({
    description: "what to do about times that passed while no server was running: skip them, or start one run for all",
  }),
  run: scheduledRun.meta({ description: "the run to start, with the same fields as a new run" }),
};

const ScheduleView = z.object({
  name: z.string(),
  ...settings,
  actor: z.string(),
  createdAt: view.timestamp,
  pausedBy: z.string().nullable(),
  nextAt: view.timestamp.nullable(),
  last: z
    .object({
      at: view.timestamp,
      run: z.string().nullable(),
      skipped: z.enum(["overlap", "missed"]).nullable(),
      problem: z.string().nullable(),
    })
    .nullable(),
});

export const SCHEDULE_ROUTES = {
  listSchedules: {
    method: "GET",
    path: `${P}/schedules`,
    summary: "List schedules, with their next times",
    access: "read",
    params: project,
    status: 200,
    response: view.pageOf(ScheduleView),
  },
  putSchedule: {
    method: "PUT",
    path: `${P}/schedules/:schedule`,
    summary: "Create or change a schedule; its run is checked, but not started",
    access: "write",
    params: schedule,
    body: z.strictObject(settings),
    holds: "document",
    status: 200,
    response: ScheduleView,
  },
  getSchedule: {
    method: "GET",
    path: `${P}/schedules/:schedule`,
    summary: "Get a schedule",
    access: "read",
    params: schedule,
    status: 200,
    response: ScheduleView,
  },
  removeSchedule: {
    method: "DELETE",
    path: `${P}/schedules/:schedule`,
    summary: "Remove a schedule; runs that it started continue",
    access: "write",
    params: schedule,
    status: 204,
    response: z.null(),
  },
  pauseSchedule: {
    method: "POST",
    path: `${P}/schedules/:schedule/pause`,
    summary: "Pause a schedule; times that pass meanwhile are skipped",
    access: "write",
    params: schedule,
    status: 200,
    response: ScheduleView,
  },
  resumeSchedule: {
    method: "POST",
    path: `${P}/schedules/:schedule/resume`,
    summary: "Resume a schedule",
    access: "write",
    params: schedule,
    status: 200,
    response: ScheduleView,
  },
} as const;
