// All open streams, as Server-Sent Events or as WebSocket: limits how many one token may have, and ends them when the
// server stops.
import { PlatformError } from "../../model/errors/errors.ts";

export interface Streams {
  /** Registers a stream of the token with the id `caller`; aborting `stream` ends it. Throws TooManyStreams. */
  open(caller: string, stream: AbortController): void;
  closed(stream: AbortController): void;
  endAll(): void;
  size(): number;
}

export function createStreams(perCaller: number): Streams {
  const all = new Map<AbortController, string>();
  return {
    open(caller, stream) {
      const count = [...all.values()].filter((one) => one === caller).length;
      if (count >= perCaller) throw new PlatformError("TooManyStreams", { count });
      all.set(stream, caller);
    },
    closed: (stream) => void all.delete(stream),
    endAll: () => {
      for (const stream of all.keys()) stream.abort();
    },
    size: () => all.size,
  };
}
