// The one loop over the route table. What every route has in common is here: input, answer, ETag, streams.
// Who may call it was decided before, in the hook of guard.ts.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ROUTES, type Route, type RouteName } from "../api/routes.ts";
import { readCallback } from "../engine/callback.ts";
import { LIMITS } from "../model/document.ts";
import { PlatformError } from "../model/errors.ts";
import { languageOf } from "../model/text.ts";
import { conditionsFor, matchesEtag } from "./conditions.ts";
import type { Context, Implementations, Reply, Stream } from "./contract.ts";
import { currentToken } from "./guard.ts";
import { parseInput } from "./input.ts";
import { problemBody, toPlatformError } from "./problem.ts";
import type { Service } from "./service.ts";
import { sendStream } from "./stream.ts";

const JSON_BYTES = 64 * 1024;

export function registerRoutes(app: FastifyInstance, service: Service, implementations: Implementations): void {
  // Object.entries forgets which names there are; the table knows nothing else.
  for (const [name, route] of Object.entries(ROUTES) as [RouteName, Route][]) {
    app.route({
      method: route.method,
      url: route.path,
      bodyLimit: route.body === "document" ? LIMITS.documentBytes : JSON_BYTES,
      config: { route },
      handler: (request, reply) => answerRequest({ service, name, route, request, reply }, implementations),
    });
  }
}

interface Exchange {
  readonly service: Service;
  readonly name: RouteName;
  readonly route: Route;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

async function answerRequest(exchange: Exchange, implementations: Implementations): Promise<unknown> {
  const { service, name, route, request, reply } = exchange;
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  const context = contextOf(exchange, gone.signal);
  try {
    const answer = await implementations[name](parseInput(route, request) as never, context); // parsed by this route's own schemas
    if ("items" in answer) return await stream(exchange, answer, gone);
    service.checkAnswer?.(name, answer.body);
    return send(exchange, answer);
  } catch (error) {
    // Nobody is left to be told; what was aborted for that reason is no failure of ours.
    if (gone.signal.aborted) return reply.hijack();
    throw error;
  }
}

function contextOf({ service, request }: Exchange, signal: AbortSignal): Context {
  const { world, version } = service;
  const { token } = request;
  return {
    world,
    version,
    token,
    language: languageOf(request.headers["accept-language"]),
    signal,
    attempt: () => readCallback(world, request.headers.authorization),
    conditions: () => {
      if (token === null) throw new PlatformError("NotSignedIn");
      return conditionsFor(request, token.name, world.vault);
    },
  };
}

function send({ route, request, reply }: Exchange, { body, etag, location }: Reply<unknown>): FastifyReply {
  if (location !== undefined) void reply.header("location", location);
  if (etag !== undefined) {
    void reply.header("etag", `"${etag}"`);
    if (matchesEtag(request.headers["if-none-match"], etag)) return reply.code(304).send();
  }
  void reply.code(route.status);
  return route.status === 204 ? reply.send() : reply.type("application/json; charset=utf-8").send(JSON.stringify(body));
}

async function stream(
  { service, name, request, reply }: Exchange,
  answer: Stream<unknown>,
  gone: AbortController,
): Promise<void> {
  const { log } = service.world;
  service.streams.add(gone);
  if (service.stopping.aborted) gone.abort();
  await sendStream(reply, checked(service, name, answer), {
    signal: gone.signal,
    heartbeatMilliseconds: service.heartbeatMilliseconds,
    // A stream may outlive its token: a revoked one ends with the next heartbeat.
    onHeartbeat: () =>
      void currentToken(service.world, request).catch((error: unknown) => {
        if (error instanceof PlatformError) gone.abort();
      }),
    onFailure: (error) => {
      const known = toPlatformError(error, request);
      if (known.code === "Internal")
        log.write("error", "a stream failed", { requestId: request.id, error: String(error) });
      return problemBody(known, languageOf(request.headers["accept-language"]), request.id);
    },
  });
  service.streams.delete(gone);
}

function checked({ checkAnswer }: Service, name: RouteName, { items }: Stream<unknown>): Stream<unknown> {
  if (checkAnswer === undefined) return { items };
  return {
    items: (async function* () {
      for await (const item of items) {
        checkAnswer(name, item.data);
        yield item;
      }
    })(),
  };
}
