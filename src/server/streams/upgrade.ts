// Decides which upgrades to a WebSocket are accepted, and reads the token of a browser: it comes as the sub-protocol
// `bearer.TOKEN` next to `kubemin`, because a page cannot set headers there. The token is never sent back.
import websocket from "@fastify/websocket";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { PlatformError } from "../../model/errors/errors.ts";

const PROTOCOL = "kubemin";
const BEARER = "bearer.";
/** Limit for a message from a client. Clients send nothing, so it is small. */
const MESSAGE_BYTES = 1_024;

/**
 * Must be called before any route is registered, because the plug-in looks at each route, and before the guard, because
 * it ends the connections that the guard refuses.
 */
export async function acceptSockets(app: FastifyInstance): Promise<void> {
  await app.register(websocket, {
    options: {
      maxPayload: MESSAGE_BYTES,
      handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
    },
    // A client that breaks the protocol is disconnected. This is not logged, because it is not an error of the server.
    errorHandler: (_, socket) => socket.terminate(),
  });
}

export function isUpgrade({ headers }: Pick<FastifyRequest, "headers">): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}

/**
 * Browsers let pages of other hosts open WebSockets, so an Origin must be the server's own host. Throws ForeignOrigin.
 */
export function checkOrigin({ headers }: Pick<FastifyRequest, "headers">): void {
  const { origin, host } = headers;
  if (origin === undefined) return;
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  throw new PlatformError("ForeignOrigin", { origin: origin.slice(0, 200) });
}

/** The Authorization header, or for an upgrade the token from the sub-protocol in the same form. */
export function authorizationOf(request: Pick<FastifyRequest, "headers">): string | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined || !isUpgrade(request)) return authorization;
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((one) => one.trim());
  const token = offered.find((one) => one.startsWith(BEARER))?.slice(BEARER.length);
  return token === undefined ? undefined : `Bearer ${token}`;
}
