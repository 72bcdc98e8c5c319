// What the rows of the route table are made of.
import { z } from "zod";
import { isObject, type JsonObject, readJson } from "../model/data/json.ts";
import { PRIORITIES } from "../model/run/run.ts";

/**
 * public: no token · read/write/admin: a token with at least that role, for the route's project where it has one · attempt: the token that
 * one attempt of one job was given, which opens nothing else.
 */
type Access = "public" | "read" | "write" | "admin" | "attempt";

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  /** "document": an application document as JSON or YAML text, whatever its content type says. */
  readonly body?: z.ZodType | "document";
  /** A body that holds a document beside other things may be as large as these two. */
  readonly holds?: "document";
  readonly status: 200 | 201 | 202 | 204;
  /** The same events by WebSocket, where the request asks for an upgrade. */
  readonly socket?: true;
  /** "events": Server-Sent Events whose data is the named view. */
  readonly response: z.ZodType | { readonly events: z.ZodType };
}

export const project = z.object({ project: z.string() });
export const cluster = z.object({ cluster: z.string() });
export const application = project.extend({ application: z.string() });
export const run = project.extend({ run: z.string() });
export const page = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().optional(),
});
export const flag = z.stringbool().default(false);
export const write = z.object({
  "idempotency-key": z.string().min(1).max(200).optional(),
  "if-match": z.string().optional(),
});
export const priority = z
  .enum(PRIORITIES)
  .optional()
  .meta({ description: "which run that waits for a worker goes first" });

export const wait = z.string().optional().meta({
  description:
    "wait for the end of the run, like 30s, at most 60s: 200 with its end, or 202 when it goes on; 0s: do not wait",
});
const inputs = z
  .string()
  .max(12_000)
  .transform((text, context): JsonObject => {
    const read = readJson(text);
    if (read.is === "json" && isObject(read.value)) return read.value;
    const message =
      read.is === "inexact"
        ? `the number at ${read.pointer} has too many digits to be kept as it is: send it as a text`
        : "a JSON object is expected";
    context.issues.push({ code: "custom", message, input: text });
    return z.NEVER;
  })
  .optional();

export const target = z.object({
  cluster: z
    .string()
    .optional()
    .meta({ description: "default: the only cluster of the server, or the one it runs on now" }),
  createNamespace: flag,
  force: flag.meta({ description: "take over fields that other managers own" }),
  adopt: flag.meta({ description: "take over objects that exist already and belong to nobody" }),
  inputs: inputs.meta({ description: "values for the workflow's inputs: a JSON object" }),
});

export const P = "/api/v1/projects/:project";

/** Whatever JSON object somebody else's schema will judge. Requests are JSON, so nothing else can be in it: hence the cast. */
export const jsonObject = z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject>;
