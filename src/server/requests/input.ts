// Parses a request by its row of the route table. The error for an invalid request says what is wrong and where.
// Unknown query parameters are refused, so that a misspelt `volumes` does not silently mean its default.
import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Route } from "../../api/routes.ts";
import { parseExactly } from "../../model/data/json.ts";
import { listed } from "../../model/data/text.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import { DNS_LABEL } from "../../model/kubernetes/name.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";
import { faultsOf } from "../../plan/fields/requestFaults.ts";
import type { DocumentBody } from "../shared/contract.ts";

interface ParsedInput {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

const FORMATS: Readonly<Record<string, DocumentBody["format"]>> = {
  "application/json": "json",
  "application/yaml": "auto",
  "application/x-yaml": "auto",
  "text/yaml": "auto",
  "text/x-yaml": "auto",
  "text/plain": "auto",
  "": "auto",
};
/** Media types that the server reads. A route with a JSON body accepts only JSON. */
export const MEDIA_TYPES = Object.keys(FORMATS).filter((name) => name !== "");

/** The pointer of a fault begins with its part of the request: `/body/name`, `/query/limit`, `/path/project`, `/header/if-match`. */
export function invalidRequest(...faults: readonly Problem[]): PlatformError {
  return new PlatformError("InvalidRequest", {}, { faults });
}

export function parseInput(route: Route, request: FastifyRequest): ParsedInput {
  return {
    params: parseParams(route, request.params),
    query: parseQuery(route, request.query as Readonly<Record<string, unknown>>), // Fastify's parser always returns an object
    headers: parseHeaders(route, request),
    body: parseBody(route, request),
  };
}

function parseParams(route: Route, params: unknown): ParsedInput["params"] {
  if (route.params === undefined) return {};
  const parsed = check("path", route.params, params);
  const { project } = parsed;
  if (typeof project === "string" && !DNS_LABEL.test(project))
    throw invalidRequest(problem("UnfitName", "/path/project"));
  return parsed;
}

function parseQuery(route: Route, query: Readonly<Record<string, unknown>>): ParsedInput["query"] {
  const known = Object.keys(route.query?.shape ?? {});
  const unknown = Object.keys(query).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw invalidRequest(problem("UnknownParameter", "", { name: unknown.slice(0, 100), known: listed(known) }));
  return route.query === undefined ? {} : check("query", route.query, query);
}

/** An empty header counts as missing, because browsers send an empty Last-Event-ID at first. */
function parseHeaders(route: Route, { headers }: FastifyRequest): ParsedInput["headers"] {
  if (route.headers === undefined) return {};
  const names = Object.keys(route.headers.shape);
  const sent = names.flatMap((name) =>
    headers[name] === undefined || headers[name] === "" ? [] : [[name, headers[name]]],
  );
  return check("header", route.headers, Object.fromEntries(sent));
}

function parseBody({ body: expected }: Route, request: FastifyRequest): unknown {
  const text = typeof request.body === "string" ? request.body : undefined;
  if (expected === undefined) return undefined;
  const mediaType = mediaTypeOf(request);
  if (expected === "document") {
    const format = FORMATS[mediaType];
    if (format === undefined) throw new PlatformError("UnsupportedMediaType", { value: mediaType });
    // An empty document is not an invalid request: the document check reports it as a problem.
    return { text: text ?? "", format } satisfies DocumentBody;
  }
  if (text !== undefined && mediaType !== "application/json")
    throw new PlatformError("UnsupportedMediaType", { value: mediaType || "(none)" });
  return check("body", expected, text === undefined || text === "" ? undefined : parseJson(text));
}

function mediaTypeOf({ headers }: FastifyRequest): string {
  return (headers["content-type"] ?? "").split(";", 1).join("").trim().toLowerCase();
}

/**
 * JavaScript's own error message quotes the text, which may contain a secret, so only the position is taken from it.
 */
function parseJson(text: string): unknown {
  try {
    return parseExactly(text, refuseInexact);
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    const [, row, column] = /line (\d+) column (\d+)/.exec(String(error)) ?? [];
    throw invalidRequest(
      row === undefined || column === undefined
        ? problem("NotJson", "/body")
        : problem("NotJsonAt", "/body", { row, column }),
    );
  }
}

function refuseInexact(written: string): never {
  throw invalidRequest(problem("TooManyDigits", "/body", { value: written }));
}

function check<T extends z.ZodType>(where: string, schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalidRequest(...faultsOf(result.error, where));
}
