// One request and its response: builds the context for the implementation of its route, and what both kinds of streams
// share.
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Route, RouteName } from "../../api/routes.ts";
import { readCallback } from "../../engine/driving/callback.ts";
import { languageOf } from "../../model/data/text.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import type { RouteContext, Stream } from "../shared/contract.ts";
import type { ServerParts } from "../shared/serverParts.ts";
import type { StreamOptions } from "../streams/eventStream.ts";
import { conditionsFor } from "./conditionalRequests.ts";
import { currentToken } from "./guard.ts";
import { problemBody, toPlatformError } from "./problem.ts";

export interface ServerExchange {
  readonly parts: ServerParts;
  readonly name: RouteName;
  readonly route: Route;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export function contextOf({ parts, request }: ServerExchange, signal: AbortSignal): RouteContext {
  const { dependencies, registry, version, waits } = parts;
  const { token } = request;
  return {
    dependencies,
    registry,
    version,
    token,
    language: languageOf(request.headers["accept-language"]),
    waits,
    signal,
    attempt: () => readCallback(dependencies, request.headers.authorization),
    conditions: () => {
      if (token === null) throw new PlatformError("NotSignedIn");
      return conditionsFor(request, token.name, dependencies.vault);
    },
  };
}

/** Registers a stream of the caller; `gone` is then also aborted when the server stops. Throws TooManyStreams. */
export function openStream({ parts, request }: ServerExchange, gone: AbortController): void {
  parts.streams.open(request.token?.id ?? "", gone);
  if (parts.stopping.aborted) gone.abort();
}

export function streamOptions({ parts, request }: ServerExchange, gone: AbortController): StreamOptions {
  const { log } = parts.dependencies;
  return {
    signal: gone.signal,
    heartbeatMilliseconds: parts.heartbeatMilliseconds,
    // A stream may outlive its token, so each heartbeat checks it: the stream of a revoked token ends.
    onHeartbeat: () =>
      void currentToken(parts.dependencies, request).catch((error: unknown) => {
        if (error instanceof PlatformError) gone.abort();
      }),
    onFailure: (error: unknown) => {
      const known = toPlatformError(error, request);
      if (known.code === "Internal")
        log.write("error", "a stream failed", { requestId: request.id, error: String(error) });
      return problemBody(known, languageOf(request.headers["accept-language"]), request.id);
    },
  };
}

export function checked({ parts: { checkAnswer }, name }: ServerExchange, { items }: Stream<unknown>): Stream<unknown> {
  if (checkAnswer === undefined) return { kind: "stream", items };
  return {
    kind: "stream",
    items: (async function* () {
      for await (const item of items) {
        checkAnswer(name, item.data);
        yield item;
      }
    })(),
  };
}
