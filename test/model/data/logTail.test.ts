// Tests the tail of a log: it keeps the last lines and counts the lines before them.
import fc from "fast-check";
import { expect, it } from "vitest";
import { logTail } from "../../../src/model/data/logTail.ts";

const line = (number: number) => ({ at: `t${number}`, text: String(number) });

it("holds the last lines and says how many came earlier, whatever the numbers are", () => {
  fc.assert(
    fc.property(fc.nat(200), fc.integer({ min: 1, max: 60 }), (count, limit) => {
      const tail = logTail<ReturnType<typeof line>>(limit);
      for (let number = 1; number <= count; number += 1) tail.put(line(number));
      const texts = tail.lines().map(({ text }) => text);
      const last = Array.from({ length: Math.min(count, limit) }, (_, index) =>
        String(count - Math.min(count, limit) + index + 1),
      );
      expect(texts.slice(-last.length || texts.length)).toEqual(last);
      expect(texts.length - last.length).toBe(count > limit ? 1 : 0);
      if (count > limit) expect(texts[0]).toContain(`${count - limit} earlier line`);
    }),
  );
});

it("says it so", () => {
  const tail = logTail<ReturnType<typeof line>>(10_000);
  for (let number = 1; number <= 300_001; number += 1) tail.put(line(number));
  expect(tail.lines()[0]).toEqual({ at: "t290002", text: "[… 290,001 earlier lines were not kept]" });
});
