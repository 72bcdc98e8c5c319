// Frees memory once after the start: loading a thousand modules leaves 15 MB of garbage, which V8 keeps as long as
// memory is not short. The alternative, --optimize-for-size, applies all the time and makes planning use a quarter more
// CPU.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Clock } from "../ports/clock.ts";

/** Milliseconds after the start, so that the collection does not delay a first deploy or the runs that are resumed. */
const AFTER = 5_000;

export async function releaseStartMemory(clock: Clock, signal: AbortSignal): Promise<void> {
  await clock.sleep(AFTER, signal);
  if (signal.aborted) return;
  setFlagsFromString("--expose-gc");
  // The flag makes `gc` available in contexts that are created from now on.
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect({ type: "major", execution: "sync", flavor: "last-resort" });
}
