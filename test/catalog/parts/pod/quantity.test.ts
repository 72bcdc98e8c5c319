import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalQuantity } from "../../../../src/catalog/parts/pod/quantity.ts";
import { parseQuantity } from "../../../../src/model/kubernetes/quantity.ts";

describe("canonicalQuantity", () => {
  // The right column is what an API server of version 1.36 printed for the left one.
  it.each([
    ["1000m", "1"],
    ["0.5", "500m"],
    [0.25, "250m"],
    ["1.5", "1500m"],
    ["100", "100"],
    ["1024Mi", "1Gi"],
    ["1000Mi", "1000Mi"],
    ["1.5Gi", "1536Mi"],
    ["0.5Ki", "512"],
    ["1.3Gi", "1395864371200m"],
    ["1500u", "1500u"],
    ["1024Ki", "1Mi"],
    ["2000M", "2G"],
    ["1e3", "1e3"],
    ["1e4", "10e3"],
    ["1048576", "1048576"],
    ["20Gi", "20Gi"],
    ["0", "0"],
    ["0Gi", "0"],
  ])("%s is printed as %s", (given, printed) => {
    expect(canonicalQuantity(given)).toBe(printed);
  });

  it("keeps the value and does not change again", () => {
    const suffix = fc.constantFrom("", "m", "k", "M", "G", "Ki", "Mi", "Gi");
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), suffix, (amount, unit) => {
        const printed = canonicalQuantity(`${amount}${unit}`);
        expect(canonicalQuantity(printed)).toBe(printed);
        expect(parseQuantity(printed)).toBeCloseTo(parseQuantity(`${amount}${unit}`) ?? -1, 3);
      }),
    );
  });
});
