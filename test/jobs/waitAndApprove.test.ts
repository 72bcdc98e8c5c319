// Tests of the job types that wait for time and for people. The test controls the clock.
import { describe, expect, it } from "vitest";
import type { JobDefinition } from "../../src/catalog/define.ts";
import type { JobMessage, JobOutcome, JobRun } from "../../src/catalog/job.ts";
import { approve } from "../../src/jobs/approve.ts";
import { wait } from "../../src/jobs/wait.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import type { Reason } from "../../src/model/reasons/reason.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { createVirtualClock } from "../support/virtualClock.ts";

interface Situation {
  readonly clock: Clock;
  readonly kept?: Map<string, JsonObject>;
  readonly messages?: readonly Partial<JobMessage>[];
  readonly signal?: AbortSignal;
}

function begin(
  definition: JobDefinition,
  input: JsonObject,
  { clock, kept = new Map(), messages = [], signal = new AbortController().signal }: Situation,
): { readonly outcome: Promise<JobOutcome>; readonly told: readonly Reason[] } {
  const told: Reason[] = [];
  const job = {
    run: "r1",
    job: "pause",
    attempt: 2,
    input: definition.input.parse(input),
    clock,
    signal,
    report: (reason: Reason) => void told.push(reason),
    completions: {
      get: (key: string) => Promise.resolve(kept.get(key) ?? null),
      put: (key: string, output: JsonObject) => Promise.resolve(void kept.set(key, output)),
    },
    park: () => {},
    messages: async function* () {
      for (const one of messages)
        yield { sequence: 1, kind: "approval", attempt: 2, data: {}, actor: "?", at: "now", ...one };
      await clock.sleep(86_400_000, signal);
    },
  };
  // These job types use only these fields.
  return { outcome: definition.run(job as unknown as JobRun<unknown>), told };
}

describe("wait", () => {
  it("ends when its time has come, and says until when it waits", async () => {
    const clock = createVirtualClock(new Date("2026-01-01T00:00:00Z"));
    const { outcome, told } = begin(wait, { for: "5m" }, { clock });
    await clock.advance(0);
    expect(told).toEqual([{ code: "WaitingUntil", params: { at: "2026-01-01T00:05:00.000Z" } }]);
    await clock.advance(299_000);
    expect(clock.pending()).toBe(1);
    await clock.advance(1_000);
    expect(await outcome).toMatchObject({ phase: "succeeded", output: { until: "2026-01-01T00:05:00.000Z" } });
  });

  it("does not begin anew when the server does", async () => {
    const clock = createVirtualClock(new Date("2026-01-01T00:00:00Z"));
    const kept = new Map<string, JsonObject>();
    const stopping = new AbortController();
    const first = begin(wait, { for: "5m" }, { clock, kept, signal: stopping.signal });
    await clock.advance(200_000);
    stopping.abort();
    expect((await first.outcome).phase).not.toBe("succeeded");
    const second = begin(wait, { for: "5m" }, { clock, kept });
    await clock.advance(100_000);
    expect(await second.outcome).toMatchObject({ phase: "succeeded", output: { until: "2026-01-01T00:05:00.000Z" } });
  });

  it("waits for a moment, however far, and not at all for one that is past", async () => {
    const clock = createVirtualClock(new Date("2026-01-01T00:00:00Z"));
    const far = begin(wait, { until: "2026-03-01T08:00:00+08:00" }, { clock });
    await clock.runAll(60 * 86_400_000);
    expect(await far.outcome).toMatchObject({ output: { until: "2026-03-01T00:00:00.000Z" } });
    expect(clock.now().toISOString()).toBe("2026-03-01T00:00:00.000Z");
    expect(await begin(wait, { until: "2020-01-01T00:00:00Z" }, { clock }).outcome).toMatchObject({
      phase: "succeeded",
    });
  });

  it.each([{}, { for: "soon" }, { until: "tomorrow" }, { for: "1m", until: "2026-01-01T00:00:00Z" }])(
    "does not take %j",
    (input) => {
      expect(wait.input.safeParse(input).success).toBe(false);
    },
  );
});

describe("approve", () => {
  const input = { message: "Go?", who: ["alice", "bob"] };

  it("goes on with the yes of somebody who may give it", async () => {
    const messages = [
      { data: { decision: "approve" }, actor: "mallory" },
      { data: { decision: "perhaps" }, actor: "bob" },
      { data: { decision: "deny" }, actor: "bob", attempt: 1 },
      { data: { decision: "deny" }, actor: "bob", attempt: null },
      { kind: "heartbeat", data: { decision: "deny" }, actor: "bob" },
      { data: { decision: "approve", comment: "looks good" }, actor: "bob", at: "2026-01-01T00:00:00Z" },
      { data: { decision: "deny" }, actor: "alice" },
    ];
    const { outcome, told } = begin(approve, input, { clock: createVirtualClock(), messages });
    const done = await outcome;
    expect(done).toEqual({
      phase: "succeeded",
      reason: { code: "Approved", params: { actor: "bob", comment: ": looks good" } },
      output: { decision: "approve", actor: "bob", comment: "looks good", at: "2026-01-01T00:00:00Z" },
    });
    expect(approve.output?.safeParse(done.phase === "succeeded" && done.output).success).toBe(true);
    expect(told).toEqual([{ code: "Approval", params: { who: "alice, bob", message: "Go?" } }]);
  });

  it("is rejected by a no", async () => {
    const messages = [{ data: { decision: "deny", comment: "" }, actor: "anybody" }];
    const { outcome } = begin(approve, { message: "Go?" }, { clock: createVirtualClock(), messages });
    expect(await outcome).toMatchObject({
      phase: "rejected",
      reason: { code: "Denied", params: { actor: "anybody", comment: "" } },
      retryable: false,
    });
  });

  it("decides nothing by itself when it is stopped", async () => {
    const stopping = new AbortController();
    const { outcome } = begin(approve, input, { clock: createVirtualClock(), signal: stopping.signal });
    stopping.abort();
    expect(["succeeded", "rejected"]).not.toContain((await outcome).phase);
  });
});
