// What happened, in order. Written in the same transaction as the state it tells of; read by SSE, CLI and console.
import type { JsonObject } from "../data/json.ts";

export const EVENT_TYPES = [
  "run.created",
  "run.finished",
  "run.cancelling",
  "run.paused",
  "job.told",
  "job.refused",
  "run.resumed",
  "job.changed",
  "notification",
  "log",
  "application.changed",
  "application.deleted",
  "cluster.changed",
  "job-type.changed",
  "token.changed",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** In the place of a project: events of the whole installation. No project is called so. */
export const INSTALLATION = "*";

export interface NewEvent {
  readonly project: string;
  /** `null` for an event of no application: a token, a cluster, a job type, a run of job types alone. */
  readonly application: string | null;
  readonly run: string | null;
  readonly type: EventType;
  readonly data: JsonObject;
}

export interface PlatformEvent extends NewEvent {
  /** Grows by order of commit; what Last-Event-ID carries. */
  readonly sequence: number;
  readonly at: string;
}
