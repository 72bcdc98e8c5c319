// Routes whose stream is also available as a WebSocket. All checks happen before the upgrade, in the same order as for
// the stream: host, origin and token (guard.ts), input, the implementation of the route, and the number of streams of
// the token.
import type { WebSocket } from "@fastify/websocket";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Implementations, Stream } from "../shared/contract.ts";
import { isUpgrade } from "../streams/upgrade.ts";
import { sendSocket } from "../streams/webSocket.ts";
import { checked, contextOf, openStream, type ServerExchange, streamOptions } from "./exchange.ts";
import { parseInput } from "./input.ts";

interface Prepared {
  readonly exchange: ServerExchange;
  readonly answer: Stream<unknown>;
  readonly gone: AbortController;
}

type SocketRoute = Pick<ServerExchange, "parts" | "name" | "route">;

export function socketOf(socketRoute: SocketRoute, implementations: Implementations) {
  const prepared = new WeakMap<FastifyRequest, Prepared>();
  return {
    preHandler: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      if (!isUpgrade(request)) return;
      prepared.set(request, await prepare({ ...socketRoute, request, reply }, implementations));
    },
    wsHandler: async (socket: WebSocket, request: FastifyRequest): Promise<void> => {
      const ready = prepared.get(request);
      if (ready === undefined) return socket.terminate();
      const { exchange, answer, gone } = ready;
      const { patienceMilliseconds } = exchange.parts;
      const options = { ...streamOptions(exchange, gone), patienceMilliseconds };
      await sendSocket(socket, checked(exchange, answer), options);
      // The client may notice the close late, so its stream stops counting now.
      exchange.parts.streams.closed(gone);
    },
  };
}

async function prepare(exchange: ServerExchange, implementations: Implementations): Promise<Prepared> {
  const { parts, name, route, request } = exchange;
  const gone = new AbortController();
  openStream(exchange, gone);
  request.raw.socket.once("close", () => {
    parts.streams.closed(gone);
    gone.abort();
  });
  try {
    const context = contextOf(exchange, gone.signal);
    const answer = await implementations[name](parseInput(route, request) as never, context); // parsed by this route's own schemas
    if (answer.kind === "stream") return { exchange, answer, gone };
    throw new Error(`${name} is no stream`);
  } catch (error) {
    parts.streams.closed(gone);
    throw error;
  }
}
