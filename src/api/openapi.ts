// Generates OpenAPI 3.1 from the route table. A test checks that docs/reference/openapi.json is its current output.
import { z } from "zod";
import { isObject, type JsonObject } from "../model/data/json.ts";
import * as planViews from "./planViews.ts";
import { ROUTES, type Route } from "./routes.ts";
import * as views from "./views.ts";

const PROBLEM = { $ref: "#/components/responses/Problem" };
const ACCESS: Readonly<Record<Route["access"], string>> = {
  public: "No token is needed.",
  read: "Needs a token with at least role `read`.",
  write: "Needs a token with at least role `write`.",
  attempt: "Needs the token of a job's attempt, which is valid for these routes only.",
  admin: "Needs a token with role `admin` for all projects.",
};

const accessOf = ({ access, path }: Route): string =>
  access === "admin" && path.includes(":project") ? "Needs a token with role `admin`." : ACCESS[access];

let made: JsonObject | undefined;

/** The whole contract. It is generated once per process, because that takes some milliseconds. */
export function openapiDocument(): JsonObject {
  made ??= make();
  return made;
}

function make(): JsonObject {
  const names = Object.entries<Route>(ROUTES);
  const registry = schemaRegistry(names);
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const [name, route] of names) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(name, route, registry) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "kubemin", version: "v1", license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      responses: { Problem: problemResponse(registry) },
      schemas: componentSchemas(registry),
    },
  };
}

type Registry = ReturnType<typeof schemaRegistry>;

/**
 * The schemas of answers with their ids: the name of a view, or the name of the route for answers of a single route.
 */
function schemaRegistry(routes: readonly (readonly [string, Route])[]) {
  const registry = z.registry<{ id: string }>();
  // Sorted, because test runners keep the exports of a module in another order than Node.
  for (const [name, value] of Object.entries({ ...views, ...planViews }).sort(([a], [b]) => (a < b ? -1 : 1)))
    if (value instanceof z.ZodType) registry.add(value, { id: name.replace(/View$/, "") });
  for (const [name, { response, status }] of routes) {
    if (status === 204) continue;
    const schema = response instanceof z.ZodType ? response : response.events;
    if (registry.get(schema) === undefined)
      registry.add(schema, { id: `${name.charAt(0).toUpperCase()}${name.slice(1)}Answer` });
  }
  return registry;
}

function refTo(schema: z.ZodType, registry: Registry): JsonObject {
  return { $ref: `#/components/schemas/${registry.get(schema)?.id ?? ""}` };
}

function componentSchemas(registry: Registry): JsonObject {
  const uri = (id: string): string => `#/components/schemas/${id}`;
  const { schemas } = z.toJSONSchema(registry, {
    uri,
    unrepresentable: "any",
    override: ({ jsonSchema }) => tidy(jsonSchema),
  });
  // A JSON Schema is JSON.
  const entries = Object.entries(schemas).map(([id, schema]) => [id, bare(schema as JsonObject)]);
  return Object.fromEntries(entries);
}

/**
 * Allows unknown fields, because clients must accept fields that a newer server adds, and removes the limits of a
 * double as noise.
 */
function tidy(schema: { additionalProperties?: unknown; minimum?: number; maximum?: number }): void {
  if (schema.additionalProperties === false) delete schema.additionalProperties;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
}

function bare(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== "$schema" && key !== "$id"));
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): JsonObject {
  const made = z.toJSONSchema(schema, { io, unrepresentable: "any", override: ({ jsonSchema }) => tidy(jsonSchema) });
  return bare(made as JsonObject); // A JSON Schema is JSON.
}

function operation(name: string, route: Route, registry: Registry): JsonObject {
  const { summary, access, query, headers } = route;
  const parameters = [...pathParameters(route), ...parametersOf("query", query), ...parametersOf("header", headers)];
  return {
    operationId: name,
    summary,
    description: accessOf(route),
    ...(access === "public" ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBody(route),
    responses: responses(route, registry),
  };
}

function pathParameters({ params }: Route): JsonObject[] {
  return parametersOf("path", params).map((one) => ({ ...one, required: true }));
}

/**
 * A parameter is sent as text and converted: its shape and bounds come from the converted value, `required` from the
 * sent one.
 */
function parametersOf(place: "path" | "query" | "header", schema: z.ZodObject | undefined): JsonObject[] {
  if (schema === undefined) return [];
  const { properties } = schemaOf(schema, "output");
  const { required } = schemaOf(schema, "input");
  return Object.entries(isObject(properties) ? properties : {}).map(([name, shape]) => {
    const { description, ...rest } = isObject(shape) ? shape : {};
    return {
      name,
      in: place,
      ...(description === undefined ? {} : { description }),
      required: Array.isArray(required) && required.includes(name),
      schema: rest,
    };
  });
}

function requestBody({ body }: Route): JsonObject {
  if (body === undefined) return {};
  if (body !== "document")
    return {
      requestBody: {
        required: !body.safeParse(undefined).success,
        content: { "application/json": { schema: schemaOf(body, "input") } },
      },
    };
  const schema = {
    type: "string",
    description: "An application document; its schema is at /api/v1/schema/application.json.",
  };
  const types = ["application/json", "application/yaml", "text/yaml", "text/plain"];
  return {
    requestBody: {
      required: true,
      content: Object.fromEntries(
        types.map((type) => [
          type,
          type === "application/json" ? { schema: { type: "object", description: schema.description } } : { schema },
        ]),
      ),
    },
  };
}

function responses(route: Route, registry: Registry): JsonObject {
  const refused = route.access === "public" ? {} : { 401: PROBLEM, 403: PROBLEM };
  const waits = route.query !== undefined && "wait" in route.query.shape;
  const ended = waits
    ? { 200: { ...success({ ...route, status: 200 }, registry), description: "With wait: the run has ended." } }
    : {};
  return { ...ended, [route.status]: success(route, registry), ...refused, default: PROBLEM };
}

function success({ status, response }: Route, registry: Registry): JsonObject {
  if (status === 204) return { description: "Done." };
  if (!(response instanceof z.ZodType)) return eventStream(response.events, registry);
  const content = { "application/json": { schema: refTo(response, registry) } };
  if (status !== 202) return { description: "The answer.", content };
  const headers = { Location: { description: "Address of the run.", schema: { type: "string" } } };
  return { description: "Accepted: a run was created.", headers, content };
}

/** OpenAPI cannot describe events, so the extension `x-event-data` names the schema of each event's `data`. */
function eventStream(events: z.ZodType, registry: Registry): JsonObject {
  const description =
    "Server-Sent Events. The data of each event is JSON with the schema `x-event-data`. An event of type `problem` contains an Error and is the last event.";
  return {
    description,
    content: { "text/event-stream": { schema: { type: "string" }, "x-event-data": refTo(events, registry) } },
  };
}

function problemResponse(registry: Registry): JsonObject {
  const schema = refTo(views.ErrorView, registry);
  return { description: "A problem (RFC 9457).", content: { "application/problem+json": { schema } } };
}
