import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createVirtualClock } from "./virtualClock.ts";

describe("the virtual clock", () => {
  it("fires timers in the order of their time, each at its time", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5_000), { maxLength: 20 }), async (delays) => {
        const clock = createVirtualClock(new Date(0));
        const fired: { readonly index: number; readonly at: number }[] = [];
        delays.forEach(
          (delay, index) => void clock.sleep(delay).then(() => fired.push({ index, at: clock.now().getTime() })),
        );
        await clock.runAll();
        const expected = delays
          .map((delay, index) => ({ index, at: delay }))
          .sort((a, b) => a.at - b.at || a.index - b.index);
        expect(fired).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it("stands still between advances, and fires what timers set on the way", async () => {
    const clock = createVirtualClock(new Date(0));
    const seen: number[] = [];
    const tick = async (): Promise<void> => {
      for (let count = 0; count < 3; count += 1) {
        await clock.sleep(10);
        seen.push(clock.now().getTime());
      }
    };
    void tick();
    await clock.advance(25);
    expect(seen).toEqual([10, 20]);
    expect(clock.now().getTime()).toBe(25);
    await clock.runAll();
    expect(seen).toEqual([10, 20, 30]);
  });

  it("forgets a timer whose signal aborts", async () => {
    const clock = createVirtualClock();
    const abort = new AbortController();
    const sleeping = clock.sleep(1_000_000, abort.signal);
    expect(clock.pending()).toBe(1);
    abort.abort();
    await sleeping;
    expect(clock.pending()).toBe(0);
    await clock.sleep(1, AbortSignal.abort());
  });

  it("refuses to run for ever", async () => {
    const clock = createVirtualClock();
    const forever = async (): Promise<void> => {
      for (;;) await clock.sleep(1_000);
    };
    void forever();
    await expect(clock.runAll(60_000)).rejects.toThrow("timers still wait");
  });
});
