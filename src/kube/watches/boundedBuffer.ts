// A queue with many writers and one reader that waits. It is bounded: when the reader is too slow, the oldest items are
// dropped, so that memory does not grow.
import { createNews } from "../../ports/news.ts";

export interface BoundedBuffer<T> {
  put(item: T): void;
  /** The reader gets the items that were put before, and then the error. */
  fail(cause: unknown): void;
  /** Yields items until the signal aborts. */
  items(): AsyncGenerator<T>;
}

const SIZE = 10_000;

export function createBoundedBuffer<T>(signal: AbortSignal): BoundedBuffer<T> {
  const waiting: T[] = [];
  let failure: { readonly cause: unknown } | null = null;
  const news = createNews();
  return {
    put: (item) => {
      waiting.push(item);
      if (waiting.length > SIZE) waiting.shift();
      news.notify();
    },
    fail: (cause) => {
      failure = { cause };
      news.notify();
    },
    async *items() {
      while (!signal.aborted) {
        const seen = news.count();
        const item = waiting.shift();
        if (item !== undefined) yield item;
        else if (failure !== null) throw failure.cause;
        else await news.after(seen, { signal });
      }
    },
  };
}
