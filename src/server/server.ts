// Creates the HTTP server, listens, and stops within five seconds. The rules of the platform are in src/engine, not
// here.

import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import Fastify, { type FastifyInstance } from "fastify";
import { ROUTES, type RouteName } from "../api/routes.ts";
import type { Dependencies, EngineDependencies } from "../engine/contract/dependencies.ts";
import type { Registry } from "../jobTypes/registry/registry.ts";
import { PlatformError } from "../model/errors/errors.ts";
import { problem } from "../model/problems/problem.ts";
import { drainOnClose } from "./drain.ts";
import { countRequests } from "./metrics/metrics.ts";
import { checkAnswer } from "./requests/checkAnswers.ts";
import { guardRequests } from "./requests/guard.ts";
import { invalidRequest, MEDIA_TYPES } from "./requests/input.ts";
import { sendProblem } from "./requests/problem.ts";
import { registerRoutes } from "./requests/registerRoutes.ts";
import { implementations } from "./routes/implementations.ts";
import { registerProbes } from "./routes/probes.ts";
import { createStreams } from "./shared/openStreams.ts";
import type { ServerParts } from "./shared/serverParts.ts";
import { createWaitPool } from "./shared/waitPool.ts";
import { acceptSockets } from "./streams/upgrade.ts";

export interface ServerOptions {
  /** Address to listen on. On a loopback address, only requests for loopback host names are answered. */
  readonly host: string;
  /** TCP port to listen on; 0 picks a free one. */
  readonly port: number;
  readonly version: string;
  readonly logRequests: boolean;
  /** Routes to serve, in addition to probes and metrics. Default: all routes of the table. */
  readonly routes?: readonly RouteName[] | undefined;
  readonly heartbeatMilliseconds?: number;
  /** How many requests may wait for the end of a run at the same time; one token may use half of them. Default: 100. */
  readonly waitSlots?: number;
  /** How many event and log streams, including WebSockets, one token may have open. Default: 50. */
  readonly streamsPerToken?: number;
  readonly patienceMilliseconds?: number;
  /** For tests: a response that breaks the contract of its route becomes an error. */
  readonly checkAnswers?: boolean;
}

interface Server {
  readonly url: string;
  /** Accepts no new connections, ends the streams, and gives requests in progress at most five seconds to finish. */
  close(): Promise<void>;
}

const HEARTBEAT_MILLISECONDS = 15_000;
const WAIT_SLOTS = 100;
const STREAMS_PER_TOKEN = 50;
const PATIENCE_MILLISECONDS = 15_000;

export async function createServer(
  dependencies: EngineDependencies,
  registry: Registry,
  options: ServerOptions,
): Promise<Server> {
  const stopping = new AbortController();
  const parts: ServerParts = {
    dependencies,
    registry,
    version: options.version,
    heartbeatMilliseconds: options.heartbeatMilliseconds ?? HEARTBEAT_MILLISECONDS,
    waits: createWaitPool(dependencies.store, { slots: options.waitSlots ?? WAIT_SLOTS, stopping: stopping.signal }),
    streams: createStreams(options.streamsPerToken ?? STREAMS_PER_TOKEN),
    patienceMilliseconds: options.patienceMilliseconds ?? PATIENCE_MILLISECONDS,
    stopping: stopping.signal,
    ...(options.checkAnswers === true ? { checkAnswer } : {}),
  };
  stopping.signal.addEventListener("abort", () => parts.streams.endAll());
  const app = createApp(dependencies);
  drainOnClose(app, () => stopping.abort());
  await acceptSockets(app);
  guardRequests(app, dependencies, options.host);
  if (options.logRequests) logRequests(app, dependencies);
  readBodies(app);
  answerErrors(app, dependencies, options.routes);
  registerProbes(app, parts, countRequests(app));
  registerRoutes(app, parts, { implementations, only: options.routes });
  // For the name "localhost", Fastify opens one server for each address family, and drainOnClose knows only one of
  // them.
  await app.listen({ host: options.host === "localhost" ? "127.0.0.1" : options.host, port: options.port });
  return { url: urlOf(app, options.host), close: () => app.close() };
}

function createApp({ log }: Dependencies<"log">): FastifyInstance {
  return Fastify({
    logger: false,
    genReqId: requestId,
    exposeHeadRoutes: false,
    // The route table checks requests. Without this setting, Fastify loads a schema compiler at every start that is
    // never used: 14 MB.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    // drain.ts has already waited for requests in progress. Connections that never sent a request would delay the stop.
    forceCloseConnections: true,
    requestTimeout: 60_000,
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: (error, request, reply) => void sendProblem(log, error, request, reply),
  });
}

function noSchemas(): never {
  throw new Error("the route table of src/api checks requests; a route must not have a schema of its own");
}

/**
 * The caller's X-Request-Id, so that the request can be found in both logs. An id that could break a log line is
 * replaced by a new one.
 */
function requestId({ headers }: Pick<IncomingMessage, "headers">): string {
  const sent = headers["x-request-id"];
  return typeof sent === "string" && /^[\w.-]{1,64}$/.test(sent) ? sent : randomUUID();
}

/** Bodies stay text, because the document parser and the fingerprint of an idempotent request need the text. */
function readBodies(app: FastifyInstance): void {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  app.removeAllContentTypeParsers();
  const parse = async (_: unknown, body: Buffer): Promise<string> => {
    try {
      return decoder.decode(body);
    } catch {
      throw invalidRequest(problem("NotUtf8", "/body"));
    }
  };
  app.addContentTypeParser(MEDIA_TYPES, { parseAs: "buffer" }, parse);
}

function answerErrors(app: FastifyInstance, { log }: Dependencies<"log">, only: ServerOptions["routes"]): void {
  app.setErrorHandler((error, request, reply) => sendProblem(log, error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?", 1).join("").slice(0, 200);
    const allowed = Object.entries(ROUTES).flatMap(([name, route]) =>
      only?.some((one) => one === name) !== false && pattern(route.path).test(path) ? [route.method] : [],
    );
    const { method } = request;
    if (allowed.length === 0) throw new PlatformError("NoSuchRoute", { method, path });
    void reply.header("allow", allowed.join(", "));
    throw new PlatformError("MethodNotAllowed", { method, path, allowed: allowed.join(", ") });
  });
}

function pattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(".", "\\.").replace(/:\w+/g, "[^/]+")}$`);
}

function logRequests(app: FastifyInstance, { log }: Dependencies<"log">): void {
  app.addHook("onResponse", async (request, reply) => {
    log.write("info", "request", {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? "(none)",
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime),
      token: request.token?.name ?? "",
    });
  });
}

function urlOf(app: FastifyInstance, host: string): string {
  const { port } = app.server.address() as AddressInfo; // it listens on TCP
  const name = { "0.0.0.0": "127.0.0.1", "::": "[::1]" }[host] ?? (host.includes(":") ? `[${host}]` : host);
  return `http://${name}:${port}`;
}
