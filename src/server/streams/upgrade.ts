// Which upgrades to a WebSocket are let through, and how a browser shows its token: as the sub-protocol `bearer.TOKEN` beside `kubemin`,
// because a page cannot set headers there. The token is never sent back.
import websocket from "@fastify/websocket";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { PlatformError } from "../../model/errors/errors.ts";

const PROTOCOL = "kubemin";
const BEARER = "bearer.";
/** Clients have nothing to say. */
const MESSAGE_BYTES = 1_024;

/** Before any route is registered, because the plug-in looks at each; and before the guard, because it ends the connections of those that the guard refuses. */
export async function acceptSockets(app: FastifyInstance): Promise<void> {
  await app.register(websocket, {
    options: {
      maxPayload: MESSAGE_BYTES,
      handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
    },
    // A client that breaks the protocol or its connection is let go; that is its affair.
    errorHandler: (_, socket) => socket.terminate(),
  });
}

export function isUpgrade({ headers }: Pick<FastifyRequest, "headers">): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}

/** Pages of other hosts may open sockets where they may not read answers; so an Origin must be ours. Throws ForeignOrigin. */
export function checkOrigin({ headers }: Pick<FastifyRequest, "headers">): void {
  const { origin, host } = headers;
  if (origin === undefined) return;
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  throw new PlatformError("ForeignOrigin", { origin: origin.slice(0, 200) });
}

/** The Authorization header, or what stands for it in an upgrade. */
export function authorizationOf(request: Pick<FastifyRequest, "headers">): string | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined || !isUpgrade(request)) return authorization;
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((one) => one.trim());
  const token = offered.find((one) => one.startsWith(BEARER))?.slice(BEARER.length);
  return token === undefined ? undefined : `Bearer ${token}`;
}
