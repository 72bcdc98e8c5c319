// A half-open breaker lets one job through, although many jobs of several runs become due at the same moment.
import { expect, it } from "vitest";
import { reason } from "../../src/model/reasons/reason.ts";
import type { PlannedLock } from "../../src/model/run/plan.ts";
import type { Job } from "../../src/model/run/run.ts";
import { plannedJob } from "./jobs.ts";
import { openStage, type Stage } from "./support/stage.ts";

const SUBJECT = { project: "default", type: "test", target: () => ({ key: "cluster sandbox" }) };
const MANY = Array.from({ length: 8 }, (_, index) => `job-${index}`);

const work = (
  name: string,
  more: { readonly needs?: readonly string[]; readonly locks?: readonly PlannedLock[] } = {},
) => ({
  ...plannedJob(name, more.needs ?? []),
  component: null,
  timeout: 600_000,
  input: { takes: 5_000 },
  ...(more.locks === undefined ? {} : { locks: more.locks }),
});

function breakIt(stage: Stage): void {
  const broken = { phase: "failed", reason: reason("InternalError"), evidence: [], retryable: false } as const;
  for (let count = 0; count < 10; count += 1) stage.dependencies.breakers.begin(SUBJECT).ended(broken);
}

async function named(stage: Stage, runs: readonly string[], phase: Job["phase"]): Promise<readonly Job[]> {
  const jobs = await Promise.all(runs.map((run) => stage.store.runs.jobs(run)));
  return jobs.flat().filter((job) => job.phase === phase);
}

it("lets one of them through, and all other jobs of its run as soon as that one has succeeded", async () => {
  await using stage = await openStage();
  breakIt(stage);
  const runs = [await stage.begin(MANY.map((name) => work(name))), await stage.begin(MANY.map((name) => work(name)))];
  await stage.clock.advance(1_000);
  expect(await named(stage, runs, "queued")).toHaveLength(16);
  await stage.clock.advance(30_000);
  expect((await named(stage, runs, "running")).map((job) => job.name)).toEqual(["job-0"]);
  for (const job of await named(stage, runs, "queued"))
    expect(job.reason).toMatchObject({ code: "BreakerOpen", params: { at: "2024-01-01T00:01:00.000Z" } });
  await stage.clock.advance(5_000);
  expect(await named(stage, runs, "succeeded")).toHaveLength(1);
  expect(await named(stage, runs, "running")).toHaveLength(7);
  await stage.clock.advance(40_000);
  expect(await named(stage, runs, "succeeded")).toHaveLength(16);
});

it("lets another job through when the first one waits for a lock, and never a job whose needs are not met", async () => {
  await using stage = await openStage();
  const lock: PlannedLock = { kind: "host", name: "db-1", limit: 1, onLimit: "queue" };
  const holder = await stage.begin([{ ...work("holder", { locks: [lock] }), input: { takes: 300_000 } }]);
  await stage.clock.advance(1_000);
  breakIt(stage);
  const run = await stage.begin([work("late", { needs: ["free"] }), work("locked", { locks: [lock] }), work("free")]);
  await stage.clock.advance(31_000);
  expect((await named(stage, [holder, run], "running")).map((job) => job.name)).toEqual(["holder", "free"]);
  await stage.clock.advance(5_000);
  expect((await named(stage, [holder, run], "running")).map((job) => job.name)).toEqual(["holder", "late"]);
  expect(await named(stage, [run], "queued")).toMatchObject([{ name: "locked", reason: { code: "KeyBusy" } }]);
});
