// Many writers, one reader who awaits. Bounded: a reader that is too slow loses the oldest items instead of filling our memory.
import { createNews } from "../../ports/news.ts";

export interface Queue<T> {
  put(item: T): void;
  /** The reader sees the error after the items before it. */
  fail(cause: unknown): void;
  /** Until the signal aborts. */
  items(): AsyncGenerator<T>;
}

const SIZE = 10_000;

export function createQueue<T>(signal: AbortSignal): Queue<T> {
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
