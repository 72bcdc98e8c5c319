// How long a refused write is repeated: as long as its refusal may pass.
import { describe, expect, it } from "vitest";
import type { JobRun } from "../../../src/catalog/job.ts";
import { withRetries } from "../../../src/jobs/waiting/retryCluster.ts";
import { reason } from "../../../src/model/reasons/reason.ts";
import { ClusterError } from "../../../src/ports/cluster.ts";
import { createVirtualClock } from "../../support/virtualClock.ts";

const denied = (grace: number): ClusterError =>
  new ClusterError(reason("PolicyDenied", { detail: "no" }), false, { class: "final", grace });

/** A write that is refused `times` times. `end` is what became of it after a minute, and after how many seconds. */
async function write(error: ClusterError, times: number) {
  const clock = createVirtualClock(new Date("2026-01-01T00:00:00Z"));
  const start = clock.now().getTime();
  const phases = new Set<string | undefined>();
  let [calls, end] = [0, ""];
  const job = {
    clock,
    signal: new AbortController().signal,
    report: (_: unknown, __: unknown, phase?: string) => void phases.add(phase),
  };
  const attempt = async (): Promise<string> => {
    calls += 1;
    if (calls <= times) throw error;
    return "written";
  };
  const finish = async (): Promise<void> => {
    let result = "refused";
    try {
      // The function uses only these fields.
      result = await withRetries(job as unknown as JobRun<unknown>, attempt);
    } catch {
      // The result says so.
    }
    end = `${result} after ${(clock.now().getTime() - start) / 1_000} s`;
  };
  void finish();
  await clock.advance(60_000);
  return { end, phases: [...phases] };
}

describe("a write that a webhook denies", () => {
  it("is repeated, and the job is pending until then", async () => {
    expect(await write(denied(15_000), 1)).toEqual({ end: "written after 0.5 s", phases: ["pending"] });
  });

  it("is refused when the denial lasts for its grace", async () => {
    expect((await write(denied(15_000), 100)).end).toBe("refused after 15 s");
  });

  it("is refused at first sight without a grace", async () => {
    expect(await write(denied(0), 100)).toEqual({ end: "refused after 0 s", phases: [] });
  });
});
