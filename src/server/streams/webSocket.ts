// The event stream as a WebSocket (RFC 6455), for clients that cannot read Server-Sent Events: the same items in the same order, each
// one text message {id, event, data}. Whatever is wrong with a request is said before the upgrade, as an answer of HTTP. A client that
// does not take what it was sent is told {event: "resync", data: {after}} and let go: it comes back with `after` and misses nothing.
// Nothing is read from a client.
import type { WebSocket } from "@fastify/websocket";
import type { Stream, StreamItem } from "../shared/contract.ts";

interface SocketOptions {
  /** Ends the stream. */
  readonly signal: AbortSignal;
  readonly heartbeatMilliseconds: number;
  /** So long may a client take nothing of what was sent. */
  readonly patienceMilliseconds: number;
  readonly onHeartbeat: () => void;
  /** What the client is told when the source fails in the middle. */
  readonly onFailure: (error: unknown) => unknown;
}

const CLOSE = { done: 1000, leaving: 1001, failed: 1011, resync: 4008 } as const;
/** Of what was sent and not taken. */
const BUFFER_BYTES = 256 * 1024;
const LOOK_MILLISECONDS = 20;

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

function send(socket: WebSocket, { id, event, data }: StreamItem<unknown>): void {
  socket.send(JSON.stringify({ id, event, data }));
}

/** Resolves when the client has taken enough of what was sent; rejects when it does not for too long. */
async function room(socket: WebSocket, { signal, patienceMilliseconds }: SocketOptions): Promise<void> {
  let taken = performance.now();
  for (let waiting = socket.bufferedAmount; waiting > BUFFER_BYTES; ) {
    if (signal.aborted || socket.readyState !== socket.OPEN) return;
    if (performance.now() - taken > patienceMilliseconds) throw new Slow();
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
    if (socket.bufferedAmount < waiting) taken = performance.now();
    waiting = socket.bufferedAmount;
  }
}

/** A client that answers no ping between two heartbeats is gone. One that is behind answers late: that is for `room` to judge. */
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
