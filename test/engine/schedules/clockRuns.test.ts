// Runs that are started by the clock: schedules, and runs with a time of start. In virtual time.
import { describe, expect, it } from "vitest";
import { cronFault, nextTime } from "../../../src/engine/schedules/cron.ts";
import { pauseSchedule, putSchedule, removeSchedule } from "../../../src/engine/schedules/schedules.ts";
import { startWorkflowRun } from "../../../src/engine/starting/startWorkflowRun.ts";
import type { ScheduleSettings } from "../../../src/model/run/schedule.ts";
import { openStage, type Stage } from "../support/stage.ts";

const MINUTE = 60_000;
const every5: ScheduleSettings = {
  cron: "*/5 * * * *",
  timeZone: "UTC",
  overlap: "skip",
  missed: "skip",
  run: { type: "test", input: {} },
};

const put = (stage: Stage, changes: Partial<ScheduleSettings> = {}) =>
  putSchedule(stage.dependencies, {
    project: "default",
    name: "tick",
    settings: { ...every5, ...changes },
    actor: "ada",
  });
const runsOf = async (stage: Stage) => (await stage.store.runs.list({ project: "default" }, { limit: 100 })).items;

describe("a schedule", () => {
  it("starts a run at each of its times, with the name of its author as actor, and shows its next time", async () => {
    await using stage = await openStage();
    await put(stage);
    await stage.clock.advance(16 * MINUTE);
    const runs = await runsOf(stage);
    expect(runs.map((run) => [run.phase, run.actor, run.createdAt])).toEqual([
      ["succeeded", "ada", "2024-01-01T00:15:00.000Z"],
      ["succeeded", "ada", "2024-01-01T00:10:00.000Z"],
      ["succeeded", "ada", "2024-01-01T00:05:00.000Z"],
    ]);
    expect(await stage.store.schedules.get("default", "tick")).toMatchObject({
      nextAt: "2024-01-01T00:20:00.000Z",
      last: { at: "2024-01-01T00:15:00.000Z", run: runs[0]?.id, skipped: null, problem: null },
    });
  });

  it("follows `overlap` when the last run has not ended", async () => {
    for (const [overlap, phases] of [
      ["skip", ["running"]],
      ["start", ["running", "running"]],
      ["cancel", ["running", "cancelled"]],
    ] as const) {
      await using stage = await openStage();
      await put(stage, { overlap, run: { type: "test", input: { takes: 20 * MINUTE }, timeout: "1h" } });
      await stage.clock.advance(11 * MINUTE);
      expect((await runsOf(stage)).map((run) => run.phase)).toEqual(phases);
    }
  });

  it("never leaves two unfinished runs with `overlap: cancel`, also when the first one only waits", async () => {
    await using stage = await openStage();
    const steps = [{ name: "rest", type: "wait", properties: { for: "2h" } }];
    await put(stage, { overlap: "cancel", run: { document: { name: "nightly", workflow: { steps } }, inputs: {} } });
    await stage.clock.advance(MINUTE / 2);
    for (let time = 1; time <= 5; time++) {
      await stage.clock.advance(5 * MINUTE);
      const unfinished = (await runsOf(stage)).filter((run) => run.phase === "running");
      expect(unfinished.map((run) => run.createdAt)).toEqual([
        new Date(Date.UTC(2024, 0, 1, 0, 5 * time)).toISOString(),
      ]);
    }
    expect((await runsOf(stage)).map((run) => run.phase)).toEqual(["running", ...Array(4).fill("cancelled")]);
  });

  it("skips the times that passed while no server ran, or starts one run for all of them", async () => {
    for (const [missed, count] of [
      ["skip", 1],
      ["once", 2],
    ] as const) {
      await using stage = await openStage();
      await put(stage, { missed });
      await stage.kill();
      await stage.clock.advance(32 * MINUTE);
      await stage.start();
      await stage.clock.advance(4 * MINUTE);
      expect(await runsOf(stage)).toHaveLength(count);
    }
  });

  it.each(["skip", "once"] as const)(
    "rests while it is paused (missed: %s), and is gone when it is removed",
    async (missed) => {
      await using stage = await openStage();
      await put(stage, { missed });
      const pause = (on: boolean) =>
        pauseSchedule(stage.dependencies, { project: "default", name: "tick", actor: "bob", pause: on });
      expect(await pause(true)).toMatchObject({ pausedBy: "bob" });
      await stage.clock.advance(12 * MINUTE);
      expect(await runsOf(stage)).toHaveLength(0);
      await pause(false);
      await stage.clock.advance(4 * MINUTE);
      expect(await runsOf(stage)).toHaveLength(1);
      await removeSchedule(stage.dependencies, "default", "tick");
      await stage.clock.advance(20 * MINUTE);
      expect(await runsOf(stage)).toHaveLength(1);
    },
  );

  it("starts no run for times that passed during a pause", async () => {
    await using stage = await openStage();
    await put(stage, { missed: "once" });
    const pause = (on: boolean) =>
      pauseSchedule(stage.dependencies, { project: "default", name: "tick", actor: "bob", pause: on });
    await stage.clock.advance(6 * MINUTE);
    await pause(true);
    await stage.clock.advance(32 * MINUTE);
    expect(await pause(false)).toMatchObject({ pausedBy: null, nextAt: "2024-01-01T00:40:00.000Z" });
    await stage.clock.advance(MINUTE);
    expect(await runsOf(stage)).toHaveLength(1);
    await stage.clock.advance(2 * MINUTE);
    expect((await runsOf(stage)).map((run) => run.createdAt)).toEqual([
      "2024-01-01T00:40:00.000Z",
      "2024-01-01T00:05:00.000Z",
    ]);
  });

  it("reports that it has no next time, and goes on when a later program finds one", async () => {
    await using stage = await openStage();
    // An older program, or one with another database of time zones, may have left the schedule like this.
    const kept = await put(stage);
    const { store } = stage;
    await store.schedules.put({ ...kept, settings: { ...kept.settings, timeZone: "Mars/Olympus" } });
    await stage.clock.advance(6 * MINUTE);
    const ended = await store.schedules.get("default", "tick");
    expect(ended).toMatchObject({ nextAt: null, last: { at: "2024-01-01T00:05:00.000Z" } });
    expect(ended?.last?.problem?.message).toContain("the schedule has no next time: Mars/Olympus is not a time zone");
    await stage.kill();
    await store.schedules.put({ ...kept, nextAt: null });
    await stage.start();
    await stage.clock.advance(5 * MINUTE);
    expect(await store.schedules.get("default", "tick")).toMatchObject({
      nextAt: "2024-01-01T00:15:00.000Z",
      last: { at: "2024-01-01T00:10:00.000Z", problem: null },
    });
  });

  it("is refused immediately when its run would be refused, or when it is never due", async () => {
    await using stage = await openStage();
    await expect(put(stage, { run: { type: "nonsense" } })).rejects.toThrow();
    await expect(put(stage, { cron: "61 * * * *" })).rejects.toThrow("minute");
    expect(await stage.store.schedules.list("default")).toEqual([]);
  });
});

describe("times", () => {
  it("are those of the time zone, over every change of its clocks", () => {
    const next = (cron: string, zone: string, after: string) => nextTime(cron, zone, new Date(after)).toISOString();
    expect(next("0 2 * * *", "Europe/Berlin", "2026-01-10T00:00:00Z")).toBe("2026-01-10T01:00:00.000Z");
    expect(next("0 2 * * *", "Europe/Berlin", "2026-07-10T00:30:00Z")).toBe("2026-07-11T00:00:00.000Z");
    expect(next("@daily", "Asia/Shanghai", "2026-07-10T00:00:00Z")).toBe("2026-07-10T16:00:00.000Z");
    // 02:30 does not exist on this night. The schedule is due once all the same, and the next night at its usual time.
    expect(next("30 2 * * *", "Europe/Berlin", "2026-03-29T02:00:00Z")).toBe("2026-03-30T00:30:00.000Z");
  });

  it("that do not exist are refused", () => {
    expect(cronFault("* * * *", "UTC")).toMatchObject({ code: "ScheduleFields", params: { count: 4 } });
    expect(cronFault("0 0 * * *", "Mars/Olympus")?.code).toBe("ScheduleZone");
    expect(cronFault("@every 5m", "UTC")?.code).toBe("ScheduleEvery");
    expect(cronFault("0 0 31 2 *", "UTC")).toBeDefined();
    expect(cronFault("*/5 8-18 * * MON-FRI", "Europe/Berlin")).toBeUndefined();
  });
});

describe("a run with a time of its own", () => {
  const start = (stage: Stage, startAt: string) =>
    startWorkflowRun(stage.dependencies, { project: "default", actor: "ada", type: "test", input: {}, startAt });

  it("begins at that time, also when the server was started again in between", async () => {
    await using stage = await openStage();
    const { run } = await start(stage, "2024-01-01T01:00:00+00:00");
    await stage.clock.advance(30 * MINUTE);
    await stage.kill();
    await stage.start();
    await stage.clock.advance(29 * MINUTE);
    expect(await stage.store.runs.jobs(run.id)).toMatchObject([{ phase: "waiting", attempt: 0 }]);
    await stage.clock.advance(2 * MINUTE);
    expect(await stage.store.runs.get(run.id)).toMatchObject({ phase: "succeeded" });
  });
});
