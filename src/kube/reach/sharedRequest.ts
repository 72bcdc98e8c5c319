// One request to the API server for all callers that ask the same thing at the same time or within a second: a hundred
// documents that arrive together are planned with one look at the cluster.
import type { Clock } from "../../ports/clock.ts";

/** Milliseconds for which an answer is reused. A user needs longer than that from one command to the next. */
const FRESH = 1_000;
const NAMES = 1_000;

interface SharedOptions<T> {
  readonly clock: Pick<Clock, "now">;
  /**
   * Aborts when the cluster connection is closed. A single caller's signal must not abort a request that other callers
   * wait for.
   */
  readonly closed: AbortSignal;
  readonly ask: (signal: AbortSignal) => Promise<T>;
  /**
   * Whether an answer may be reused. For example, "this namespace does not exist" is not kept, so that the next caller
   * asks again. Default: every answer is kept.
   */
  readonly keep?: (answer: T) => boolean;
}

/** The returned function rejects with the reason of its `signal` when that aborts first. Failures are not reused. */
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
    // Math.abs: after the system clock was set back, the age is negative and the true age is unknown.
    if (last !== undefined && Math.abs(clock.now().getTime() - last.at) < FRESH) return last.answer;
    pending ??= begin();
    return await orAborted(pending, signal);
  };
}

/** Like `shared`, with one answer per name. When there are too many names, all answers are discarded. */
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

/**
 * Waits for a shared promise until the caller's own signal aborts. The promise itself continues for the other callers.
 */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error); // every abort in kubemin has an Error as its reason
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
