// The routes about sinks, a part of the table in routes.ts. A sink sends events to an address outside the server.

import { z } from "zod";
import { DNS_LABEL } from "../model/kubernetes/name.ts";
import { FORMS } from "../model/problems/requestProblems.ts";
import { EVENT_TYPES } from "../model/run/event.ts";
import { P, project } from "./routeParts.ts";
import { SinkView } from "./sinkViews.ts";
import * as view from "./views.ts";

const anySink = {
  name: z.string().regex(DNS_LABEL, FORMS.name),
  events: z.array(z.enum(EVENT_TYPES)).default([]).meta({ description: "event types to send; all types if empty" }),
  application: z.string().min(1).optional().meta({ description: "send only events of this application" }),
};
const newSink = z.discriminatedUnion("type", [
  z.strictObject({
    ...anySink,
    type: z.literal("webhook"),
    url: z.string().max(2_000),
    secret: z
      .string()
      .min(16)
      .max(500)
      .optional()
      .meta({ description: "secret with which calls are signed; default: a new one" }),
  }),
  z.strictObject({
    ...anySink,
    type: z.literal("kafka"),
    brokers: z
      .array(z.string().regex(/^([a-z0-9][-a-z0-9.]*|\[[0-9a-f:.]+\]):\d{1,5}$/i, FORMS.broker))
      .min(1)
      .max(10),
    topic: z.string().regex(/^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/, FORMS.topic),
  }),
]);
const sink = project.extend({ sink: z.string() });

export const SINK_ROUTES = {
  listSinks: {
    method: "GET",
    path: `${P}/sinks`,
    summary: "List sinks, with the state of their delivery",
    access: "read",
    params: project,
    status: 200,
    response: view.pageOf(SinkView),
  },
  addSink: {
    method: "POST",
    path: `${P}/sinks`,
    summary: "Add a sink: send new events to a webhook or a Kafka topic; the secret of a webhook is shown only once",
    access: "admin",
    params: project,
    body: newSink,
    status: 201,
    response: SinkView.extend({ secret: z.string().optional() }),
  },
  getSink: {
    method: "GET",
    path: `${P}/sinks/:sink`,
    summary: "Get a sink",
    access: "read",
    params: sink,
    status: 200,
    response: SinkView,
  },
  removeSink: {
    method: "DELETE",
    path: `${P}/sinks/:sink`,
    summary: "Remove a sink; events that were not delivered are dropped",
    access: "admin",
    params: sink,
    status: 204,
    response: z.null(),
  },
  resumeSink: {
    method: "POST",
    path: `${P}/sinks/:sink/resume`,
    summary: "Resume a sink: events that are dead or wait for a retry are sent immediately",
    access: "write",
    params: sink,
    status: 200,
    response: SinkView,
  },
} as const;
