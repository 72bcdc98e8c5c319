// Registers every route of the table with Fastify, and does what all routes share: input, response, ETag, streams.
// Whether the caller may use the route is decided earlier, in guard.ts.
import type { FastifyInstance, FastifyReply } from "fastify";
import { ROUTES, type Route, type RouteName } from "../../api/routes.ts";
import { LIMITS } from "../../model/document/document.ts";
import type { Implementations, Reply, Stream } from "../shared/contract.ts";
import type { ServerParts } from "../shared/serverParts.ts";
import { sendStream } from "../streams/eventStream.ts";
import { matchesEtag } from "./conditionalRequests.ts";
import { checked, contextOf, openStream, type ServerExchange, streamOptions } from "./exchange.ts";
import { parseInput } from "./input.ts";
import { socketOf } from "./socketRoute.ts";

const JSON_BYTES = 64 * 1024;

function bodyLimit({ body, holds }: Route): number {
  if (body === "document") return LIMITS.documentBytes;
  return holds === "document" ? LIMITS.documentBytes + LIMITS.inputsBytes + JSON_BYTES : JSON_BYTES;
}

interface RegisteredRoutes {
  readonly implementations: Implementations;
  /** Names of the routes to register; `undefined` for all. */
  readonly only: readonly RouteName[] | undefined;
}

export function registerRoutes(
  app: FastifyInstance,
  parts: ServerParts,
  { implementations, only }: RegisteredRoutes,
): void {
  // Object.entries types the keys as string, but the table has only route names.
  for (const [name, route] of Object.entries(ROUTES) as [RouteName, Route][]) {
    if (only?.includes(name) === false) continue;
    app.route({
      method: route.method,
      url: route.path,
      bodyLimit: bodyLimit(route),
      config: { route },
      handler: (request, reply) => answerRequest({ parts, name, route, request, reply }, implementations),
      ...(route.socket === true ? socketOf({ parts, name, route }, implementations) : {}),
    });
  }
}

async function answerRequest(exchange: ServerExchange, implementations: Implementations): Promise<unknown> {
  const { parts, name, route, request, reply } = exchange;
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  const context = contextOf(exchange, gone.signal);
  try {
    const answer = await implementations[name](parseInput(route, request) as never, context); // parsed by this route's own schemas
    if (answer.kind === "stream") return await stream(exchange, answer, gone);
    parts.checkAnswer?.(name, answer.body);
    return send(exchange, answer);
  } catch (error) {
    // The client has closed the connection, so no response can be sent, and the aborted work is not an error.
    if (gone.signal.aborted) return reply.hijack();
    throw error;
  }
}

function send(
  { route, request, reply }: ServerExchange,
  { body, etag, location, status }: Reply<unknown>,
): FastifyReply {
  if (location !== undefined) void reply.header("location", location);
  if (etag !== undefined) {
    void reply.header("etag", `"${etag}"`);
    if (matchesEtag(request.headers["if-none-match"], etag)) return reply.code(304).send();
  }
  void reply.code(status ?? route.status);
  return route.status === 204 ? reply.send() : reply.type("application/json; charset=utf-8").send(JSON.stringify(body));
}

async function stream(exchange: ServerExchange, answer: Stream<unknown>, gone: AbortController): Promise<void> {
  openStream(exchange, gone);
  try {
    await sendStream(exchange.reply, checked(exchange, answer), streamOptions(exchange, gone));
  } finally {
    exchange.parts.streams.closed(gone);
  }
}
