// Locks between runs: which jobs wait, which reasons they show, and what happens to a lock whose holder is gone.
import { describe, expect, it } from "vitest";
import type { PlannedLock } from "../../../src/model/run/plan.ts";
import type { Job } from "../../../src/model/run/run.ts";
import { plannedJob } from "../jobs.ts";
import { openStage, type Stage } from "../support/stage.ts";

const host = (more: Partial<PlannedLock> = {}): PlannedLock => ({
  kind: "host",
  name: "db-1",
  limit: 1,
  onLimit: "queue",
  ...more,
});
const locked = (takes: number, lock: PlannedLock) => ({
  ...plannedJob("work", []),
  component: null,
  timeout: 600_000,
  input: { takes },
  locks: [lock],
});

async function jobOf(stage: Stage, run: string): Promise<Job> {
  const [job] = await stage.store.runs.jobs(run);
  if (job === undefined) throw new Error(`no job of ${run}`);
  return job;
}

describe("a lock", () => {
  it("has one holder at a time; the next job names the holder, and gets the lock the moment it is free", async () => {
    await using stage = await openStage();
    const first = await stage.begin([locked(10_000, host())]);
    const second = await stage.begin([locked(10_000, host())]);
    await stage.clock.advance(9_000);
    expect((await jobOf(stage, first)).phase).toBe("running");
    expect(await jobOf(stage, second)).toMatchObject({
      phase: "queued",
      reason: { code: "KeyBusy", params: { key: "default/host/db-1", holder: `run ${first}, job work` } },
    });
    await stage.clock.advance(2_000);
    expect((await jobOf(stage, first)).phase).toBe("succeeded");
    const { startedAt, phase } = await jobOf(stage, second);
    expect([phase, startedAt]).toEqual(["running", (await jobOf(stage, first)).finishedAt]);
    await stage.clock.advance(10_000);
    expect(stage.fences).toEqual(stage.fences.toSorted((a, b) => a - b));
    expect(new Set(stage.fences).size).toBe(2);
  });

  it("that is shared has many holders, and excludes a job that wants it alone", async () => {
    await using stage = await openStage();
    const shared = host({ shared: true });
    const [one, two] = [await stage.begin([locked(10_000, shared)]), await stage.begin([locked(20_000, shared)])];
    await stage.clock.advance(1_000);
    const alone = await stage.begin([locked(1_000, host())]);
    await stage.clock.advance(12_000);
    expect((await jobOf(stage, one)).phase).toBe("succeeded");
    expect((await jobOf(stage, two)).phase).toBe("running");
    expect((await jobOf(stage, alone)).phase).toBe("queued");
    await stage.clock.advance(10_000);
    expect((await jobOf(stage, alone)).phase).toBe("succeeded");
  });

  it("fails a job that does not wait, and goes to a job that cancels the holder", async () => {
    await using stage = await openStage();
    const holder = await stage.begin([locked(60_000, host())]);
    await stage.clock.advance(1_000);
    const proud = await stage.begin([locked(1_000, host({ onLimit: "fail" }))]);
    await stage.clock.advance(1_000);
    expect(await jobOf(stage, proud)).toMatchObject({ phase: "failed", reason: { code: "KeyTaken" } });
    const rude = await stage.begin([locked(1_000, host({ onLimit: "cancel" }))]);
    await stage.clock.advance(5_000);
    expect(await jobOf(stage, holder)).toMatchObject({
      phase: "cancelled",
      reason: { code: "CancelledBy", params: { actor: `run ${rude}` } },
    });
    expect((await jobOf(stage, rude)).phase).toBe("succeeded");
  });

  it("stays with a holder that is back before its lease ends", async () => {
    await using stage = await openStage();
    const holder = await stage.begin([locked(30_000, host())]);
    const next = await stage.begin([locked(1_000, host())]);
    await stage.clock.advance(5_000);
    await stage.kill();
    await stage.clock.advance(20_000);
    await stage.start();
    await stage.clock.advance(5_000);
    expect(await jobOf(stage, holder)).toMatchObject({ phase: "running", attempt: 1 });
    expect((await jobOf(stage, next)).phase).toBe("queued");
    await stage.clock.advance(60_000);
    expect((await jobOf(stage, holder)).phase).toBe("succeeded");
    expect((await jobOf(stage, next)).phase).toBe("succeeded");
  });

  it("goes to the next job when its holder is cut off for longer than the lease, and the result of the old holder does not count", async () => {
    await using stage = await openStage();
    const holder = await stage.begin([locked(90_000, host())]);
    await stage.clock.advance(1_000);
    // The process runs on and can no longer renew its leases. Another process starts next to it.
    const thaw = stage.freeze();
    const other = await stage.beside();
    const next = await other.begin([locked(120_000, host())]);
    await stage.clock.advance(50_000);
    expect((await jobOf(stage, next)).phase).toBe("queued");
    await stage.clock.advance(15_000);
    expect((await jobOf(stage, next)).phase).toBe("running");
    await stage.clock.advance(40_000);
    // The work of the process that was cut off has ended meanwhile, and its result was not written.
    expect(await jobOf(stage, holder)).toMatchObject({
      phase: "queued",
      reason: { code: "KeyBusy" },
      interruptions: 1,
    });
    thaw();
    await stage.clock.advance(300_000);
    expect((await jobOf(stage, next)).phase).toBe("succeeded");
    expect(await jobOf(stage, holder)).toMatchObject({ phase: "succeeded", attempt: 2 });
  });
});
