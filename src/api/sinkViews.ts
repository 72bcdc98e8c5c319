// The schema of sinks in the API's answers.
import { z } from "zod";
import { timestamp } from "./views.ts";

export const SinkView = z.object({
  name: z.string(),
  type: z.enum(["webhook", "kafka"]),
  target: z
    .string()
    .meta({ description: "address of the receiver; for a webhook only scheme, host and port of its URL" }),
  events: z.array(z.string()).meta({ description: "event types that are sent; all types if empty" }),
  application: z.string().nullable().meta({ description: "application whose events are sent; null for all" }),
  createdAt: timestamp,
  state: z.enum(["delivering", "failing", "dead"]).meta({
    description:
      "failing: it is tried again; dead: it accepted no event for three days, and is tried again only when it is resumed",
  }),
  breaker: z
    .enum(["closed", "open", "half-open"])
    .meta({ description: "open: nothing is sent until retryAt; half-open: one event is sent to test the receiver" }),
  retryAt: timestamp.nullable(),
  deliveredUpTo: z.int().meta({ description: "all events up to this sequence number were delivered" }),
  deliveredAt: timestamp.nullable(),
  behind: z.int().meta({ description: "number of events of the project that the sink has not read yet" }),
  oldest: timestamp.nullable().meta({ description: "time of the oldest event that was not delivered" }),
  failingSince: timestamp.nullable(),
  failure: z
    .object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])), message: z.string() })
    .nullable()
    .meta({ description: "the last failure" }),
  held: z
    .array(
      z.object({
        application: z.string(),
        run: z.string().nullable(),
        attempts: z.int(),
        since: timestamp,
        retryAt: timestamp,
        dead: z.boolean(),
      }),
    )
    .meta({ description: "runs that are held back by an event that was not delivered; at most 50 are shown" }),
  heldCount: z.int(),
});
