// Tests the wait for room before a pod is created. The test controls the clock and the answers of the cluster.
import { describe, expect, it } from "vitest";
import type { JobRun } from "../../../src/catalog/job.ts";
import { untilRoom } from "../../../src/jobs/waiting/untilRoom.ts";
import { type CapacityVerdict, NO_HOLDERS } from "../../../src/model/kubernetes/capacity.ts";
import type { Evidence } from "../../../src/model/kubernetes/health.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import type { Refusal } from "../../../src/model/kubernetes/refusal.ts";
import { type Reason, reason } from "../../../src/model/reasons/reason.ts";
import type { OnShort } from "../../../src/model/run/plan.ts";
import { pod } from "../../capacity/world.ts";
import { unpaused } from "../../support/runTime.ts";
import { createVirtualClock } from "../../support/virtualClock.ts";

const NODES = { total: 1, suitable: 1 };
const says = (
  verdict: CapacityVerdict["class"],
  why: Reason,
  more: Partial<CapacityVerdict> = {},
): CapacityVerdict => ({
  class: verdict,
  reason: why,
  missing: [],
  holders: NO_HOLDERS,
  nodes: NODES,
  flavor: "nvidia.com/gpu",
  ...more,
});
const SHORT = says("waits", reason("CapacityShort", { need: "1 nvidia.com/gpu", node: "gpu-1", have: "0" }), {
  holders: { own: ["shop/train"], others: 2 },
  queue: { position: 2, of: 3 },
});
const FITS = says("fits", reason("FitsNow"));
const refused = (why: Reason, lasts: Refusal["class"] = "final", grace = 0): Refusal => ({
  reason: why,
  class: lasts,
  grace,
});

const WHO = {
  run: "r1",
  job: "train",
  attempt: 1,
  application: "shop",
  component: "train",
  project: "mine",
  namespace: "default",
};

interface Situation {
  readonly verdicts: readonly CapacityVerdict[];
  readonly refusals?: readonly (Refusal | null)[];
  readonly onShort?: OnShort;
  readonly lately?: readonly number[];
}

/** The last verdict and the last refusal are repeated. */
function begin({ verdicts, refusals = [null], onShort = "wait", lately = [] }: Situation) {
  const clock = createVirtualClock(new Date("2026-01-01T00:00:00Z"));
  const told: { readonly reason: Reason; readonly evidence: readonly Evidence[]; readonly at: number }[] = [];
  const left: string[] = [];
  const waits: number[] = [];
  const listeners = new Set<() => void>();
  const start = clock.now().getTime();
  let [looks, runs] = [0, 0];
  const cluster = {
    subscribe: () => () => {},
    dryRun: (admitted: Manifest) => {
      const refused = refusals[Math.min(runs++, refusals.length - 1)];
      return Promise.resolve(refused === undefined || refused === null ? { admitted } : { refused });
    },
    capacity: {
      check: () => Promise.resolve(verdicts[Math.min(looks++, verdicts.length - 1)]),
      leave: (_: string, room: string) => void left.push(room),
      subscribe: (listener: () => void) => (listeners.add(listener), () => listeners.delete(listener)),
    },
  };
  const job = {
    ...WHO,
    onShort,
    clocks: {},
    waitingSince: start,
    clock,
    runTime: unpaused(clock),
    cluster,
    signal: new AbortController().signal,
    reveal: (text: string) => text,
    report: (why: Reason, evidence: readonly Evidence[] = [], phase = "running") => {
      expect(phase).toBe("pending");
      told.push({ reason: why, evidence, at: clock.now().getTime() - start });
    },
    capacityWeights: () => Promise.resolve([]),
    waits: {
      lately: () => Promise.resolve(lately),
      add: (_: string, milliseconds: number) => Promise.resolve(void waits.push(milliseconds)),
    },
  };
  // The function uses only these fields.
  const outcome = untilRoom(job as unknown as JobRun<unknown>, [{ pod: pod("asked"), count: 1 }]);
  const change = (): void => [...listeners].forEach((listener) => listener());
  return { outcome, clock, told, left, waits, change, looks: () => looks, listening: () => listeners.size };
}

describe("before a pod is made", () => {
  it("goes on at once where there is room, and keeps it", async () => {
    const { outcome, told, left, waits } = begin({ verdicts: [FITS] });
    expect(await outcome).toBeNull();
    expect([told, left, waits]).toEqual([[], ["keep"], []]);
  });

  it("waits, tells for what, behind whom and how long, and goes on when something changes", async () => {
    const lately = [60_000, 1_000, 240_000, 120_000];
    const { outcome, clock, told, left, waits, change, listening } = begin({ verdicts: [SHORT, FITS], lately });
    await clock.advance(3_000);
    expect(told.map((one) => one.reason)).toEqual([SHORT.reason]);
    expect(told[0]?.evidence.map(({ text }) => text)).toEqual([
      "used by shop/train, and 2 pods of other owners",
      "2 of 3 in line for nvidia.com/gpu",
      "of the last 4 that waited for nvidia.com/gpu, half got it within 1m00s, nine of ten within 4m00s",
    ]);
    change();
    expect(await outcome).toBeNull();
    expect([left, waits, listening()]).toEqual([["keep"], [3_000], 0]);
  });

  it("looks again within five seconds where nothing is told", async () => {
    const { outcome, clock, looks } = begin({ verdicts: [SHORT, SHORT, FITS] });
    await clock.advance(4_900);
    expect(looks()).toBe(1);
    await clock.advance(5_200);
    expect(await outcome).toBeNull();
    // The last one is repeated for the pods that a new dry run gives back.
    expect(looks()).toBe(4);
  });

  it("is refused by the platform where it can never be", async () => {
    const never = reason("NeverFits", { need: "8 nvidia.com/gpu", node: "gpu-1", have: "4" });
    const { outcome, left } = begin({ verdicts: [says("rejected", never)] });
    expect(await outcome).toMatchObject({ phase: "rejected", reason: never, retryable: false });
    expect(left).toEqual(["free"]);
  });

  it.each<[OnShort, number, string]>([
    ["fail", 0, "DidNotWait"],
    [30_000, 30_000, "GaveUpWaiting"],
    ["wait", 30 * 60_000, "GaveUpWaiting"],
  ])("onShort %s ends after %i ms as expired, not as failed", async (onShort, limit, code) => {
    const { outcome, clock } = begin({ verdicts: [SHORT], onShort });
    let ended = false;
    void outcome.then(() => (ended = true));
    await clock.advance(Math.max(0, limit - 1));
    expect(ended).toBe(limit === 0);
    await clock.advance(2);
    expect(await outcome).toMatchObject({ phase: "expired", reason: { code }, retryable: false });
  });

  it("the server has the last word: a quota in use is waited for and holds no room, one that is too small refuses", async () => {
    const quota = { quota: "q", requested: "pods=1", used: "pods=4", limited: "pods=4" };
    const busy = reason("QuotaExceeded", quota);
    const waiting = begin({ verdicts: [FITS], refusals: [refused(busy, "waits"), null] });
    await waiting.clock.advance(0);
    expect([waiting.told.map((one) => one.reason), waiting.left]).toEqual([[busy], ["free"]]);
    waiting.change();
    await waiting.clock.advance(1_000);
    expect(await waiting.outcome).toBeNull();
    const small = reason("QuotaExceeded", { ...quota, limited: "pods=0" });
    expect(await begin({ verdicts: [FITS], refusals: [refused(small)] }).outcome).toMatchObject({ phase: "rejected" });
  });

  it("without the right to try a pod out, the check alone decides", async () => {
    const detail = 'User "kubemin" cannot patch resource "pods" in API group "" in the namespace "default"';
    const refusals = [refused(reason("NotAllowed", { detail }))];
    expect(await begin({ verdicts: [FITS], refusals }).outcome).toBeNull();
    const other = [refused(reason("NotAllowed", { detail: 'serviceaccount "runner" not found' }))];
    expect(await begin({ verdicts: [FITS], refusals: other }).outcome).toMatchObject({ phase: "rejected" });
  });

  it("where only the scheduler can tell, nothing is held back", async () => {
    const { outcome } = begin({ verdicts: [says("unknown", reason("SchedulerDecides", { detail: "CEL" }))] });
    expect(await outcome).toBeNull();
  });
});
