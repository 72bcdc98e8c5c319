// Many writers, one reader who awaits. Bounded: a reader that is too slow loses the oldest items instead of filling our memory.

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
