// Sinks as the API shows them.
import { z } from "zod";
import { timestamp } from "./views.ts";

export const SinkView = z.object({
  name: z.string(),
  type: z.enum(["webhook", "kafka"]),
  target: z.string().meta({ description: "where the events go; of a webhook's URL only scheme, host and port" }),
  events: z.array(z.string()).meta({ description: "types that are sent; empty: all" }),
  application: z.string().nullable().meta({ description: "null: of all applications" }),
  createdAt: timestamp,
  state: z.enum(["delivering", "failing", "dead"]).meta({
    description:
      "failing: it is tried again; dead: it took nothing for three days, and is tried again when it is resumed",
  }),
  breaker: z
    .enum(["closed", "open", "half-open"])
    .meta({ description: "open: nothing is sent until retryAt; half-open: one event finds out" }),
  retryAt: timestamp.nullable(),
  deliveredUpTo: z.int().meta({ description: "every event up to this sequence number was taken" }),
  deliveredAt: timestamp.nullable(),
  behind: z.int().meta({ description: "events of the project that were not looked at yet" }),
  oldest: timestamp.nullable().meta({ description: "when the oldest event was written that was not taken" }),
  failingSince: timestamp.nullable(),
  failure: z
    .object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])), message: z.string() })
    .nullable()
    .meta({ description: "the last one" }),
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
    .meta({ description: "runs that wait behind an event that was not taken; at most 50 are shown" }),
  heldCount: z.int(),
});
