// The short form of `npm run semantics`: random workflows on the engine and by the reference interpreter. The seed is
// fixed, so that a failure comes from the change under test; the program tries other seeds.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compare } from "./compare.ts";
import { anyScenario } from "./generate.ts";

const SEED = 20_261_130;

describe("a random workflow does what the reference interpreter says", () => {
  const agrees = (crashes: boolean, numRuns: number): Promise<void> =>
    fc.assert(
      fc.asyncProperty(anyScenario({ crashes }), async (scenario) => {
        expect((await compare(scenario)).differences).toEqual([]);
      }),
      { numRuns, seed: SEED },
    );

  it("at the same moments, whatever people do meanwhile", () => agrees(false, 300), 120_000);

  it("also when its process dies at any write", () => agrees(true, 80), 120_000);
});
