// Contract: events are complete and in the order of their commits, and subscribers are woken.
import { describe, expect, it } from "vitest";
import type { PlatformEvent } from "../../../src/model/run/event.ts";
import type { Store } from "../../../src/ports/store.ts";
import { AT, aJob, anEvent, newProject, newRun, started } from "./fixtures.ts";

/** Resolves at the next wake-up. */
export function woken(store: Store): Promise<void> {
  return new Promise((resolve) => {
    const leave = store.events.subscribe(() => {
      leave();
      resolve();
    });
  });
}

/**
 * Reads like a live stream: after the last event that it saw, again at every wake-up, until `count` events have
 * arrived.
 */
async function follow(store: Store, project: string, count: number): Promise<readonly PlatformEvent[]> {
  const seen: PlatformEvent[] = [];
  while (seen.length < count) {
    const wake = woken(store);
    const more = await store.events.after({ project }, seen.at(-1)?.sequence ?? 0, 3);
    seen.push(...more);
    if (more.length === 0) await wake;
  }
  return seen;
}

/** `one` and `two` may be the same store. */
export function eventing(one: () => Store, two: () => Store): void {
  describe("events", () => {
    it("are read after a sequence number, filtered, limited and in order", async () => {
      const project = newProject();
      const before = await one().events.latest();
      const run = await started(one(), newRun(project));
      await one().events.append(
        anEvent(project, { application: "other", type: "application.changed", data: { a: [1, "\u0000"] } }),
      );
      await one().events.append(anEvent(newProject(), { run: run.id }));
      await one().events.append(anEvent(project, { run: run.id, data: { last: true } }));
      const [created, other, last] = await one().events.after({ project }, 0, 9);
      expect(created).toMatchObject({ project, application: "shop", run: run.id, type: "run.created" });
      expect(other).toEqual({
        sequence: before + 2,
        at: AT,
        ...anEvent(project, { application: "other", type: "application.changed", data: { a: [1, "\u0000"] } }),
      });
      expect(await one().events.after({ project, run: run.id }, 0, 9)).toEqual([created, last]);
      expect(await one().events.after({ project, application: "other" }, 0, 9)).toEqual([other]);
      expect(await one().events.after({ project }, created?.sequence ?? 0, 1)).toEqual([other]);
      expect(await one().events.after({ project }, last?.sequence ?? 0, 9)).toEqual([]);
      expect(await one().events.latest()).toBe(last?.sequence);
    });

    it("wake every subscriber after the commit, wherever it happened, until he leaves", async () => {
      const run = await started(one(), newRun(newProject()));
      let calls = 0;
      const leave = one().events.subscribe(() => calls++);
      // A wake-up of an earlier test may still arrive. The test only requires that the reader finishes without polling.
      const seen = follow(two(), run.project, 4);
      await one().events.append(anEvent(run.project, { data: { step: "append" } }));
      expect(calls).toBeGreaterThan(0);
      await follow(two(), run.project, 2);
      const jobs = [{ job: aJob("web", { phase: "queued" }), from: { phase: "waiting" as const, attempt: 0 } }];
      await one().runs.change({ run: run.id, jobs, events: [anEvent(run.project, { data: { step: "change" } })] });
      await follow(two(), run.project, 3);
      await one().runs.cancel(run.id, "ada", [anEvent(run.project, { data: { step: "cancel" } })]);
      expect((await seen).map(({ data }) => data["step"])).toEqual([undefined, "append", "change", "cancel"]);
      leave();
      calls = 0;
      await one().events.append(anEvent(run.project));
      expect(calls).toBe(0);
    });

    it("are not lost by a subscriber that throws", async () => {
      const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
      const leave = one().events.subscribe(() => {
        throw new Error("a subscriber's mistake");
      });
      const other = woken(one());
      await one().events.append(anEvent(newProject()));
      await other;
      leave();
      expect((await warned).message).toBe("a subscriber's mistake");
    });

    it("never appear before an earlier one does, with many writers at once", async () => {
      const project = newProject();
      const writers = 16;
      const each = 10;
      const reader = follow(two(), project, writers * each);
      const write = async (writer: number) => {
        const store = writer % 2 === 0 ? one() : two();
        for (let number = 0; number < each; number++)
          await store.events.append(anEvent(project, { data: { writer, number } }));
      };
      await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
      const seen = await reader;
      const sequences = seen.map(({ sequence }) => sequence);
      expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
      // The reader only read forward and still saw all events, so none appeared with a smaller number later.
      expect(new Set(seen.map(({ data }) => JSON.stringify(data))).size).toBe(writers * each);
      expect(await two().events.after({ project }, 0, 999)).toEqual(seen);
    });
  });
}
