// A message that a scheduler writes again with other counts, or in another order, means the same.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { meaningOf, sameMeaning } from "../../../src/model/reasons/meaning.ts";
import { reason } from "../../../src/model/reasons/reason.ts";

const KINDS = [
  "Insufficient nvidia.com/gpu",
  "Insufficient cpu",
  "node(s) had untolerated taint {a: b}",
  "node(s) didn't match Pod's node affinity/selector",
] as const;
const STATES = ["Pending", "Unschedulable", "Undetermined", "Pipelined"] as const;

const counted = <Name extends string>(names: readonly Name[]) =>
  fc
    .shuffledSubarray([...names], { minLength: names.length })
    .chain((order) => fc.tuple(...order.map((name) => fc.nat(20).map((count) => `${count} ${name}`))))
    .map((parts) => parts.join(", "));

const volcano = (kinds: readonly string[]) =>
  fc
    .tuple(fc.nat(9), counted(STATES), fc.stringMatching(/^[a-z0-9]{5}$/), fc.nat(9), counted(kinds))
    .map(
      ([count, states, suffix, pod, causes]) =>
        `NotEnoughResources: ${count}/9 tasks in gang unschedulable: pod group is not ready, ${states}. ` +
        `Origin reason is team-a/train-${pod}-${suffix}: 0/${20 + count} nodes are unavailable: ${causes}.`,
    );

const waits = (detail: string) => reason("QueueWaits", { queue: "team-a", detail });

describe("the meaning of a reason", () => {
  it("does not depend on counts, on the order, on the pod that is named or on the states of the other pods", () => {
    fc.assert(
      fc.property(volcano(KINDS), volcano(KINDS), (one, other) => sameMeaning(waits(one), waits(other))),
      { numRuns: 500 },
    );
  });

  it("depends on the kinds of causes", () => {
    fc.assert(
      fc.property(volcano(KINDS), volcano(KINDS.slice(1)), (one, other) => !sameMeaning(waits(one), waits(other))),
    );
  });

  it.each([
    [reason("QueueQuotaBusy", { queue: "a", missing: "a100: 2 nvidia.com/gpu" }), "a100: 4 nvidia.com/gpu", true],
    [reason("QueueQuotaBusy", { queue: "a", missing: "a100: 2 nvidia.com/gpu" }), "a10: 2 nvidia.com/gpu", false],
  ])("of missing quota is its flavor, not its amount", (one, missing, same) => {
    expect(sameMeaning(one, reason("QueueQuotaBusy", { queue: "a", missing }))).toBe(same);
  });

  it("is that of the cause too", () => {
    const gaveUp = (detail: string) => reason("GaveUpWaiting", { limit: "5m" }, waits(detail));
    expect(meaningOf(gaveUp("3 free"))).toBe(meaningOf(gaveUp("4 free")));
    expect(meaningOf(gaveUp("closed"))).not.toBe(meaningOf(gaveUp("full")));
  });
});
