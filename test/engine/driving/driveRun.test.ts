// A driver stops in whichever moment its lease is taken away. A drive that went on waiting would keep its process from
// stopping.
import { expect, it } from "vitest";
import { driveRun } from "../../../src/engine/driving/driveRun.ts";
import type { RunChange, Store } from "../../../src/ports/store.ts";
import { plannedJob } from "../jobs.ts";
import { openStage } from "../support/stage.ts";

it("ends when the run is lost while a step of it is being written", async () => {
  await using stage = await openStage();
  await stage.kill();
  const run = await stage.begin([
    { ...plannedJob("work", []), component: null, timeout: 60_000, input: { takes: 10_000 } },
  ]);
  const lost = new AbortController();
  const change = async (request: RunChange) => {
    const result = await stage.store.runs.change(request);
    lost.abort();
    return result;
  };
  const store: Store = { ...stage.store, runs: { ...stage.store.runs, change } };
  const lease = { signal: lost.signal, holds: () => !lost.signal.aborted, onWake: () => {}, rest: () => {} };
  await expect(driveRun({ ...stage.dependencies, store }, run, lease)).resolves.toBe("done");
  expect(lost.signal.aborted).toBe(true);
});
