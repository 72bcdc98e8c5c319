// A store in which no run ends before the gate is open, for tests of requests that wait for the end of a run.
import type { Store } from "../../src/ports/store.ts";

export function gatedStore(store: Store, gate: () => Promise<void>): Store {
  const change: typeof store.runs.change = async (wanted) => {
    if (wanted.finish !== undefined) await gate();
    return await store.runs.change(wanted);
  };
  return { ...store, runs: { ...store.runs, change } };
}
