// Gives back what starting took: reading a thousand modules leaves 15 MB of garbage, which V8 keeps for as long as nobody needs the room.
// Once, when the start is over. The other way, --optimize-for-size, is there all the time: planning takes a quarter more of the processor.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Clock } from "../ports/clock.ts";

/** What comes right after a start (a first deploy, the runs that are taken up) is not to wait for it. */
const AFTER = 5_000;

export async function releaseStartMemory(clock: Clock, signal: AbortSignal): Promise<void> {
  await clock.sleep(AFTER, signal);
  if (signal.aborted) return;
  setFlagsFromString("--expose-gc");
  // The flag shows the function to contexts that are made from now on.
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect({ type: "major", execution: "sync", flavor: "last-resort" });
}
