// The part of the contract that begins runs by the clock: see routes.ts, which it is a part of.
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
    description: "when the run of the time before goes on: skip this time, start another beside it, or cancel that one",
  }),
  missed: z.enum(MISSED).default("skip").meta({
    description: "times that passed while no server was there: skip them, or one run once for all of them",
  }),
  run: scheduledRun.meta({ description: "what is started, as for a run" }),
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
    summary: "What begins by the clock, and when next",
    access: "read",
    params: project,
    status: 200,
    response: view.pageOf(ScheduleView),
  },
  putSchedule: {
    method: "PUT",
    path: `${P}/schedules/:schedule`,
    summary: "Start a run at times, or change how; checked like a run, with nothing started",
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
    summary: "One schedule",
    access: "read",
    params: schedule,
    status: 200,
    response: ScheduleView,
  },
  removeSchedule: {
    method: "DELETE",
    path: `${P}/schedules/:schedule`,
    summary: "Start no more runs; those that were started go on",
    access: "write",
    params: schedule,
    status: 204,
    response: z.null(),
  },
  pauseSchedule: {
    method: "POST",
    path: `${P}/schedules/:schedule/pause`,
    summary: "Start no runs for a while; times that pass meanwhile are left out",
    access: "write",
    params: schedule,
    status: 200,
    response: ScheduleView,
  },
  resumeSchedule: {
    method: "POST",
    path: `${P}/schedules/:schedule/resume`,
    summary: "Go on",
    access: "write",
    params: schedule,
    status: 200,
    response: ScheduleView,
  },
} as const;
