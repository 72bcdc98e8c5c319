// The type of the rows of the route table (routes.ts), and the schemas that several rows share.
import { z } from "zod";
import { isObject, type JsonObject, readJson } from "../model/data/json.ts";
import { fromPointer } from "../model/data/pointer.ts";
import { FORMS } from "../model/problems/requestProblems.ts";
import { PRIORITIES } from "../model/run/run.ts";

/**
 * The token that a route needs. `public`: none. `read`, `write`, `admin`: a token with at least this role, for the
 * project in the route's path if there is one. `attempt`: the token of an attempt of a job, which is valid for no other
 * routes.
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
  /** The schema of the body, or "document" for a document as JSON or YAML text, whatever its content type is. */
  readonly body?: z.ZodType | "document";
  /** The body contains a document in addition to other fields, and may therefore be as large as both together. */
  readonly holds?: "document";
  readonly status: 200 | 201 | 202 | 204;
  /** The route also sends its events by WebSocket, when the request asks for an upgrade. */
  readonly socket?: true;
  /** The schema of the answer, or `events` for Server-Sent Events whose data has this schema. */
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
export const priority = z.enum(PRIORITIES).optional().meta({
  description:
    "priority among the runs that wait for a free slot, and among the jobs of the project that wait for room",
});

export const wait = z.string().optional().meta({
  description:
    "how long to wait for the end of the run, like 30s, at most 60s: the answer is 200 if the run ended, else 202; 0s: do not wait",
});
const inputs = z
  .string()
  .max(12_000)
  .transform((text, context): JsonObject => {
    const read = readJson(text);
    if (read.is === "json" && isObject(read.value)) return read.value;
    context.issues.push(
      read.is === "inexact"
        ? { code: "custom", message: FORMS.digits, input: text, path: fromPointer(read.pointer) }
        : { code: "custom", message: FORMS.object, input: text },
    );
    return z.NEVER;
  })
  .optional();

export const target = z.object({
  cluster: z.string().optional().meta({
    description: "name of the cluster; default: the one that the application runs on, or the only one of the server",
  }),
  createNamespace: flag,
  force: flag.meta({ description: "take over fields that other managers own" }),
  adopt: flag.meta({ description: "take over existing objects that have no owner" }),
  inputs: inputs.meta({ description: "values for the workflow's inputs: a JSON object" }),
});

export const P = "/api/v1/projects/:project";

/** A JSON object that is checked later by another schema. The cast is safe, because requests are JSON. */
export const jsonObject = z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject>;
