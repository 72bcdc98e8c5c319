// A queue with many writers and one reader that waits. It is bounded: when the reader is too slow, the oldest items are
// dropped, so that memory does not grow.

export interface Queue<T> {
  put(item: T): void;
  /** The reader gets the items that were put before, and then the error. */
  fail(cause: unknown): void;
  /** Yields items until the signal aborts. */
  items(): AsyncGenerator<T>;
}

const SIZE = 10_000;

export function createQueue<T>(signal: AbortSignal): Queue<T> {
  const waiting: T[] = [];
  let failure: { readonly cause: unknown } | null = null;
  let wake = (): void => undefined;
  signal.addEventListener("abort", () => wake());
  return {
    put: (item) => {
      waiting.push(item);
      if (waiting.length > SIZE) waiting.shift();
      wake();
    },
    fail: (cause) => {
      failure = { cause };
      wake();
    },
    async *items() {
      while (!signal.aborted) {
        const item = waiting.shift();
        if (item !== undefined) yield item;
        else if (failure !== null) throw failure.cause;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
}
