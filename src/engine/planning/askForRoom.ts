// Asks a cluster for room on behalf of a plan or of a question about an application, and does not wait for long: room is only an addition to
// the answer. Used by roomWarnings.ts and asking/unplacedPods.ts.
import type { Dependencies } from "../interface/dependencies.ts";

/** Milliseconds. The view of a large cluster takes longer to build: it is there at the next question. */
const PATIENCE = 3_000;

/** What `ask` finds. Its signal aborts after three seconds or with the caller's. Throws the caller's reason when that aborts. */
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
