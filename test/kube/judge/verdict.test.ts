import { describe, expect, it } from "vitest";
import { found, type HealthFinding, progressing, ready } from "../../../src/kube/judge/finding.ts";
import { judge, type Memory, NO_MEMORY } from "../../../src/kube/judge/verdict.ts";
import { reason } from "../../../src/model/reasons/reason.ts";

const crash = (key = "k"): HealthFinding => ({
  ...found("blocked", reason("CrashLoop")),
  turns: { key, after: 20_000, into: "failed" },
});
const going = progressing(reason("Progressing"));

/** The states after findings at the given seconds. */
function states(steps: readonly (readonly [seconds: number, finding: HealthFinding])[]): readonly string[] {
  let memory: Memory = NO_MEMORY;
  return steps.map(([seconds, finding]) => {
    const verdict = judge(finding, memory, seconds * 1_000);
    memory = verdict.memory;
    return verdict.health.state;
  });
}

describe("time over findings", () => {
  it("lets a trouble become final when it lasted, and says when to look again", () => {
    const first = judge(crash(), NO_MEMORY, 0);
    expect(first).toMatchObject({ final: false, again: 10_000, health: { state: "blocked" } });
    const later = judge(crash(), first.memory, 12_000);
    expect(later).toMatchObject({ final: false, again: 8_000 });
    expect(judge(crash(), later.memory, 20_000)).toMatchObject({ final: true, health: { state: "failed" } });
  });

  it("becomes final on a cluster that has nothing new to say: whoever looks again when told to sees it in time", () => {
    const denied: HealthFinding = {
      ...found("blocked", reason("ImageUnauthorized")),
      turns: { key: "k", after: 60_000, into: "failed" },
    };
    let [now, verdict] = [0, judge(denied, NO_MEMORY, 0)];
    while (!verdict.final && now < 120_000) {
      now += verdict.again ?? 120_000;
      verdict = judge(denied, verdict.memory, now);
    }
    expect([verdict.final, now]).toEqual([true, 60_000]);
  });

  it("does not begin anew because the container ran for a moment", () => {
    expect(
      states([
        [0, crash()],
        [8, crash()],
        [10, going],
        [14, crash()],
        [21, crash()],
      ]),
    ).toEqual(["blocked", "blocked", "progressing", "blocked", "failed"]);
  });

  it("begins anew when the trouble was away for longer, or is another one", () => {
    expect(
      states([
        [0, crash()],
        [16, going],
        [21, crash()],
      ]),
    ).toEqual(["blocked", "progressing", "blocked"]);
    expect(
      states([
        [0, crash("a")],
        [21, crash("b")],
      ]),
    ).toEqual(["blocked", "blocked"]);
  });

  it("forgets all troubles once ready, and calls what comes then a loss", () => {
    expect(
      states([
        [0, crash()],
        [5, ready()],
        [21, crash()],
        [22, going],
        [23, ready()],
      ]),
    ).toEqual(["blocked", "ready", "degraded", "degraded", "ready"]);
  });

  it("does not call the end of an object or a growing volume a loss", () => {
    expect(
      states([
        [0, ready()],
        [1, progressing(reason("Terminating"))],
        [2, progressing(reason("VolumePending"))],
      ]),
    ).toEqual(["ready", "progressing", "progressing"]);
  });

  it("stays ready when what turned it is found again", () => {
    const settling: HealthFinding = { ...going, turns: { key: "settling", after: 2_000, into: "ready" } };
    expect(
      states([
        [0, settling],
        [2, settling],
        [2.5, settling],
        [3, ready()],
      ]),
    ).toEqual(["progressing", "ready", "ready", "ready"]);
  });

  it("accepts in the end what may stay as it is", () => {
    const noAddress: HealthFinding = {
      ...progressing(reason("AddressPending")),
      turns: { key: "a", after: 30_000, into: "ready" },
    };
    const first = judge(noAddress, NO_MEMORY, 0);
    expect(
      judge(noAddress, { ...first.memory, seen: new Map([["a", { first: 0, last: 29_000 }]]) }, 30_000).health,
    ).toMatchObject({ state: "ready", reason: { code: "Ready" } });
  });
});
