// The events that the store keeps: what happened, in order. An event is written in the same transaction as the change
// that it describes. The event stream of the API, the command line and the sinks read it.
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

/** Stands for a project in events of the whole installation. It is not a valid name of a project. */
export const INSTALLATION = "*";

export interface NewEvent {
  readonly project: string;
  /** `null` when the event belongs to no application: a token, a cluster, a job type, a run that only has job types. */
  readonly application: string | null;
  readonly run: string | null;
  readonly type: EventType;
  readonly data: JsonObject;
}

export interface PlatformEvent extends NewEvent {
  /** Number that grows in the order of commits. Clients send it as Last-Event-ID. */
  readonly sequence: number;
  readonly at: string;
}
