// The event stream as a WebSocket (RFC 6455), for clients that cannot read Server-Sent Events: the same items in the
// same order, each as one text message {id, event, data}. Errors of the request are reported before the upgrade, as
// HTTP responses.
// A client that does not take what was sent gets {event: "resync", data: {after}} and is disconnected. It connects
// again with `after` and misses nothing. Messages from a client are ignored.
import type { WebSocket } from "@fastify/websocket";
import type { ServerStreamItem, Stream } from "../shared/contract.ts";

interface SocketOptions {
  /** Its abort ends the stream. */
  readonly signal: AbortSignal;
  readonly heartbeatMilliseconds: number;
  /** Milliseconds for which a client may take nothing of what was sent. */
  readonly patienceMilliseconds: number;
  readonly onHeartbeat: () => void;
  /** The data for the client when the source fails during the stream. */
  readonly onFailure: (error: unknown) => unknown;
}

const CLOSE = { done: 1000, leaving: 1001, failed: 1011, resync: 4008 } as const;
/** Bytes that may be sent without having been taken by the client. */
const BUFFER_BYTES = 256 * 1024;
const CHECK_MILLISECONDS = 20;

class Slow extends Error {}

export async function sendSocket(socket: WebSocket, { items }: Stream<unknown>, options: SocketOptions): Promise<void> {
  const heartbeat = beat(socket, options);
  let last: number | undefined;
  try {
    for await (const item of items) {
      if (options.signal.aborted) break;
      await room(socket, options);
      send(socket, item);
      last = item.id ?? last;
    }
    socket.close(options.signal.aborted ? CLOSE.leaving : CLOSE.done);
  } catch (error) {
    if (error instanceof Slow) {
      send(socket, { event: "resync", data: { after: last ?? null } });
      socket.close(CLOSE.resync, "resync");
    } else if (options.signal.aborted) socket.close(CLOSE.leaving);
    else {
      send(socket, { event: "problem", data: options.onFailure(error) });
      socket.close(CLOSE.failed);
    }
  } finally {
    clearInterval(heartbeat);
  }
}

function send(socket: WebSocket, { id, event, data }: ServerStreamItem<unknown>): void {
  socket.send(JSON.stringify({ id, event, data }));
}

/**
 * Resolves when the client has taken enough of what was sent. Throws Slow when it takes nothing for
 * `patienceMilliseconds`.
 */
async function room(socket: WebSocket, { signal, patienceMilliseconds }: SocketOptions): Promise<void> {
  let taken = performance.now();
  for (let waiting = socket.bufferedAmount; waiting > BUFFER_BYTES; ) {
    if (signal.aborted || socket.readyState !== socket.OPEN) return;
    if (performance.now() - taken > patienceMilliseconds) throw new Slow();
    await new Promise((resolve) => setTimeout(resolve, CHECK_MILLISECONDS));
    if (socket.bufferedAmount < waiting) taken = performance.now();
    waiting = socket.bufferedAmount;
  }
}

/**
 * Disconnects a client that answers no ping between two heartbeats. A client that is behind answers late; `room`
 * decides about it.
 */
function beat(socket: WebSocket, options: SocketOptions): NodeJS.Timeout {
  let alive = true;
  socket.on("pong", () => {
    alive = true;
  });
  return setInterval(() => {
    options.onHeartbeat();
    if (socket.bufferedAmount > 0) return;
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, options.heartbeatMilliseconds);
}
