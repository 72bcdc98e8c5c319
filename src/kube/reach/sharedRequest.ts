// One question to the API server for all who ask the same thing at the same time, and for those who ask a moment later: a hundred documents
// that arrive together are planned with one look at the cluster.
import type { Clock } from "../../ports/clock.ts";

/** Nobody notices that an answer is so old: it takes a person longer to go from one command to the next. */
const FRESH = 1_000;
const NAMES = 1_000;

interface SharedOptions<T> {
  readonly clock: Pick<Clock, "now">;
  /** Ends with the last one who could ask; no asker's own signal may end what others wait for. */
  readonly closed: AbortSignal;
  readonly ask: (signal: AbortSignal) => Promise<T>;
  /** Answers that are not worth keeping (a namespace that is not there yet) are asked for again. */
  readonly keep?: (answer: T) => boolean;
}

/** Rejects with the reason of `signal` when that ends first. Failures are not kept. */
export function shared<T>({ clock, closed, ask, keep = () => true }: SharedOptions<T>) {
  let last: { readonly at: number; readonly answer: T } | undefined;
  let pending: Promise<T> | undefined;
  const begin = (): Promise<T> => {
    const asked = ask(closed).then((answer) => {
      last = keep(answer) ? { at: clock.now().getTime(), answer } : undefined;
      return answer;
    });
    return asked.finally(() => {
      pending = undefined;
    });
  };
  return async (signal: AbortSignal): Promise<T> => {
    signal.throwIfAborted();
    // An age below zero: the clock was set back, and nothing is known about the true one.
    if (last !== undefined && Math.abs(clock.now().getTime() - last.at) < FRESH) return last.answer;
    pending ??= begin();
    return await orAborted(pending, signal);
  };
}

/** The same for a question about one of many. Bounded: names that nobody asks for any more are forgotten with all others. */
export function sharedByName<T>(optionsOf: (name: string) => SharedOptions<T>) {
  const byName = new Map<string, (signal: AbortSignal) => Promise<T>>();
  return (name: string, signal: AbortSignal): Promise<T> => {
    const known = byName.get(name);
    if (known !== undefined) return known(signal);
    if (byName.size >= NAMES) byName.clear();
    const look = shared(optionsOf(name));
    byName.set(name, look);
    return look(signal);
  };
}

/** What is waited for together goes on when one of those who wait gives up. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error); // whoever aborts says why
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
