// The disk of the store is full while a job is running: the job does not fail because of that.
import { expect, it } from "vitest";
import { plannedJob } from "./jobs.ts";
import { openStage } from "./support/stage.ts";

it("a job whose result cannot be stored does not fail: it goes on when there is space again", async () => {
  await using stage = await openStage();
  const free = stage.fillDisk();
  const work = { ...plannedJob("work", []), component: null, input: { takes: 5_000, announces: true } };
  const run = await stage.begin([work]);
  await stage.clock.advance(20_000);
  expect(await stage.store.runs.jobs(run)).toMatchObject([{ phase: "running", attempt: 1 }]);
  free();
  await stage.clock.advance(60_000);
  expect(await stage.store.runs.get(run)).toMatchObject({ phase: "succeeded" });
  expect(await stage.store.runs.jobs(run)).toMatchObject([{ phase: "succeeded", attempt: 1, interruptions: 0 }]);
});
