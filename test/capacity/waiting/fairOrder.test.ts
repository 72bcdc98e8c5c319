// The order in which projects get room, against the plainest program that says the same.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type InLine, offerInOrder, type UseOf } from "../../../src/capacity/waiting/fairOrder.ts";

interface Shares {
  readonly used: Readonly<Record<string, number>>;
  readonly weight: Readonly<Record<string, number>>;
}

const useOf =
  ({ used, weight }: Shares): UseOf =>
  (flavor, project) => ({ used: used[flavor + project] ?? 0, weight: weight[project] ?? 1 });

/**
 * Until each request had its turn: each flavor puts up one candidate, and the flavor that was granted least often goes
 * first, then the one whose candidate is oldest. The candidate of a flavor is of the project that uses least for its
 * weight, then of the one whose next request is oldest. The next request of a project has the highest rank, then it is
 * the oldest.
 */
function reference(waiting: readonly InLine[], shares: Shares, offer: (one: InLine) => boolean): void {
  let left = [...waiting];
  const used: Record<string, number> = { ...shares.used };
  const granted: Record<string, number> = {};
  const oldest = (a: InLine, b: InLine): number => a.since - b.since || (a.id < b.id ? -1 : 1);
  const ratio = ({ flavor, project }: InLine): number => (used[flavor + project] ?? 0) / (shares.weight[project] ?? 1);
  const isNext = (one: InLine): boolean =>
    !left.some(
      (other) =>
        other.flavor === one.flavor &&
        other.project === one.project &&
        (other.rank > one.rank || (other.rank === one.rank && oldest(other, one) < 0)),
    );
  while (left.length > 0) {
    const next = left.filter(isNext);
    const candidates = next.filter(
      (one) =>
        !next.some(
          (other) =>
            other.flavor === one.flavor &&
            (ratio(other) < ratio(one) || (ratio(other) === ratio(one) && oldest(other, one) < 0)),
        ),
    );
    const [turn] = candidates.toSorted((a, b) => (granted[a.flavor] ?? 0) - (granted[b.flavor] ?? 0) || oldest(a, b));
    if (turn === undefined) return;
    left = left.filter((one) => one !== turn);
    if (!offer(turn)) continue;
    used[turn.flavor + turn.project] = (used[turn.flavor + turn.project] ?? 0) + turn.amount;
    granted[turn.flavor] = (granted[turn.flavor] ?? 0) + 1;
  }
}

const project = fc.constantFrom("a", "b", "c");
const flavor = fc.constantFrom("gpu", "cpu");
const requests = fc
  .array(
    fc.record({
      project,
      flavor,
      rank: fc.integer({ min: 0, max: 2 }),
      since: fc.integer({ min: 0, max: 5 }),
      amount: fc.integer({ min: 1, max: 4 }),
      takes: fc.boolean(),
    }),
    { maxLength: 14 },
  )
  .map((list) => list.map((one, index) => ({ ...one, id: `r${String(index).padStart(2, "0")}` })));
const amounts = fc.integer({ min: 0, max: 6 });
const shares: fc.Arbitrary<Shares> = fc.record({
  used: fc.record({ gpua: amounts, gpub: amounts, gpuc: amounts, cpua: amounts, cpub: amounts, cpuc: amounts }),
  weight: fc.record({ a: fc.constantFrom(1, 2), b: fc.constantFrom(1, 3), c: fc.constant(1) }),
});

describe("the order of offers", () => {
  it("is that of the plain program", () => {
    fc.assert(
      fc.property(requests, shares, (waiting, given) => {
        const [offered, expected]: [string[], string[]] = [[], []];
        offerInOrder(waiting, useOf(given), (one) => offered.push(one.id) > 0 && one.takes);
        const takes = new Map(waiting.map((one) => [one.id, one.takes]));
        reference(waiting, given, (one) => expected.push(one.id) > 0 && takes.get(one.id) === true);
        expect(offered).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it("lets no project wait that has less of its share than the one that is offered room", () => {
    fc.assert(
      fc.property(requests, shares, (waiting, given) => {
        const used: Record<string, number> = { ...given.used };
        const left = new Set(waiting);
        offerInOrder(waiting, useOf(given), (one) => {
          const ratio = (other: string): number => (used[one.flavor + other] ?? 0) / (given.weight[other] ?? 1);
          for (const other of left)
            if (other.flavor === one.flavor) expect(ratio(other.project)).toBeGreaterThanOrEqual(ratio(one.project));
          left.delete(one);
          used[one.flavor + one.project] = (used[one.flavor + one.project] ?? 0) + one.amount;
          return true;
        });
        expect(left.size).toBe(0);
      }),
    );
  });
});
