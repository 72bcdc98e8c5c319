// Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html). The next item is read from the
// source only after the client has taken the previous ones, so a slow client costs one buffer of memory.
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { FastifyReply } from "fastify";
import type { ServerStreamItem, Stream } from "../shared/contract.ts";

export interface StreamOptions {
  /** Its abort ends the stream. */
  readonly signal: AbortSignal;
  readonly heartbeatMilliseconds: number;
  readonly onHeartbeat: () => void;
  /**
   * The data for the client when the source fails during the stream: it is sent as an event of type `problem`, and then
   * the stream ends.
   */
  readonly onFailure: (error: unknown) => unknown;
}

export async function sendStream(
  reply: FastifyReply,
  { items }: Stream<unknown>,
  options: StreamOptions,
): Promise<void> {
  const { raw } = reply;
  open(reply);
  const heartbeat = setInterval(() => beat(raw, options), options.heartbeatMilliseconds);
  try {
    await pump(raw, items, options.signal);
  } catch (error) {
    if (!options.signal.aborted) raw.write(encode({ event: "problem", data: options.onFailure(error) }));
  } finally {
    clearInterval(heartbeat);
    raw.end();
  }
}

function open(reply: FastifyReply): void {
  const headers = reply.getHeaders();
  reply.hijack();
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) reply.raw.setHeader(name, value);
  reply.raw.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    // Without this, nginx delays events until its buffer is full.
    "x-accel-buffering": "no",
  });
  reply.raw.flushHeaders();
}

async function pump(raw: ServerResponse, items: Stream<unknown>["items"], signal: AbortSignal): Promise<void> {
  for await (const item of items) {
    if (signal.aborted) return;
    if (!raw.write(encode(item))) await once(raw, "drain", { signal });
  }
}

/** Sends a comment line, which keeps proxies from closing a silent connection and reveals a dead one. */
function beat(raw: ServerResponse, options: StreamOptions): void {
  if (!raw.writableNeedDrain && !raw.writableEnded) raw.write(": alive\n\n");
  options.onHeartbeat();
}

/** JSON.stringify writes no line breaks, so each item is one `data` line. */
function encode({ id, event, data }: ServerStreamItem<unknown>): string {
  const head = (id === undefined ? "" : `id: ${id}\n`) + (event === undefined ? "" : `event: ${event}\n`);
  return `${head}data: ${JSON.stringify(data)}\n\n`;
}
