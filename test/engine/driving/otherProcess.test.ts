// A process gets a run whose cluster it does not know. When there are other processes, it leaves the run to them and
// reports that; when it is the only one, the job fails.
import { describe, expect, it } from "vitest";
import { cancelRun } from "../../../src/engine/steering/cancel.ts";
import type { PlannedJob } from "../../../src/model/run/plan.ts";
import { plannedJob } from "../jobs.ts";
import { openStage, type Stage, type StageOptions } from "../support/stage.ts";

const SECOND = 1_000;
const job = (name: string, needs: readonly string[], takes = 10 * SECOND): PlannedJob => ({
  ...plannedJob(name, needs),
  component: null,
  timeout: 3_600 * SECOND,
  input: { takes },
});

async function phases(stage: Stage, run: string): Promise<string> {
  const jobs = await stage.store.runs.jobs(run);
  return jobs.map((one) => `${one.name} ${one.phase} ${one.reason.code} ${one.attempt}`).join(", ");
}

/** A process that knows the cluster of its run or not, as the test decides. */
async function process(
  options: StageOptions,
): Promise<{ readonly stage: Stage; readonly learn: (now: boolean) => void }> {
  let knows = false;
  const stage = await openStage({ ...options, knows: () => knows });
  return {
    stage,
    learn: (now) => {
      knows = now;
    },
  };
}

describe("a process among many that does not know the cluster of a run", () => {
  it("leaves it alone, reports after a while what it waits for, and never fails it", async () => {
    const { stage, learn } = await process({ shared: true });
    await using _ = stage;
    const run = await stage.begin([job("a", []), job("b", ["a"])]);
    await stage.clock.advance(5 * SECOND);
    expect(await phases(stage, run)).toBe("a waiting Beginning 0, b waiting Dependencies 0");
    await stage.clock.advance(8 * SECOND);
    expect(await phases(stage, run)).toBe("a queued ClusterElsewhere 0, b waiting Dependencies 0");
    await stage.clock.advance(3_600 * SECOND);
    const told = (await stage.store.events.after({ project: "default" }, 0, 100)).filter((one) => one.run === run);
    expect(told.map((one) => one.type)).toEqual(["run.created", "job.changed"]);
    learn(true);
    await stage.clock.advance(60 * SECOND);
    expect(await phases(stage, run)).toBe("a succeeded Ready 1, b succeeded Ready 1");
  });

  it("takes nothing from a job that was under way when its process died", async () => {
    const { stage, learn } = await process({ shared: true });
    await using _ = stage;
    learn(true);
    const run = await stage.begin([job("a", [], 60 * SECOND)]);
    await stage.clock.advance(5 * SECOND);
    await stage.kill();
    learn(false);
    await stage.start();
    await stage.clock.advance(20 * SECOND);
    expect(await phases(stage, run)).toBe("a running ClusterElsewhere 1");
    learn(true);
    await stage.clock.advance(3 * SECOND);
    expect(await phases(stage, run)).toBe("a running TaskRunning 1");
    await stage.clock.advance(60 * SECOND);
    expect(await phases(stage, run)).toBe("a succeeded Ready 1");
  });

  it("ends a run that is cancelled before it began", async () => {
    const { stage } = await process({ shared: true });
    await using _ = stage;
    const run = await stage.begin([job("a", []), job("b", ["a"])]);
    await stage.clock.advance(60 * SECOND);
    await cancelRun(stage.dependencies, { project: "default", run, actor: "ann" });
    await stage.clock.advance(1 * SECOND);
    expect(await phases(stage, run)).toBe("a cancelled CancelledBy 0, b cancelled CancelledBy 0");
    expect((await stage.store.runs.get(run))?.phase).toBe("cancelled");
  });
});

it("the only process fails the job immediately, and reports what to do", async () => {
  const { stage } = await process({ shared: false });
  await using _ = stage;
  const run = await stage.begin([job("a", [])]);
  await stage.clock.advance(1 * SECOND);
  const [failed] = await stage.store.runs.jobs(run);
  expect(failed).toMatchObject({ phase: "failed", reason: { code: "ClusterUnknown", params: { cluster: "sandbox" } } });
});
