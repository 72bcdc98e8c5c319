// Asks a cluster for room for a plan or for `kubemin why`, and waits for at most three seconds, because room is only an
// addition to the answer. Used by roomWarnings.ts and asking/unplacedPods.ts.
import type { Dependencies } from "../contract/dependencies.ts";

/** Milliseconds. The view of a large cluster takes longer to build, and is then ready for the next question. */
const PATIENCE = 3_000;

/**
 * The result of `ask`. Its signal aborts after three seconds, or when `signal` does. Throws the reason of `signal` when
 * that has aborted.
 */
export async function askForRoom<T>(
  { clock }: Dependencies<"clock">,
  signal: AbortSignal,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = new AbortController();
  void clock.sleep(PATIENCE, timer.signal).then(() => late.abort());
  const found = await ask(AbortSignal.any([signal, late.signal])).finally(() => timer.abort());
  signal.throwIfAborted();
  return found;
}
