// Contract: what retention deletes, and what it never deletes.
import { describe, expect, it } from "vitest";
import { GENEROUS, pruneAll, type RetentionPolicy } from "../../../src/engine/upkeep/retention.ts";
import type { Run } from "../../../src/model/run/run.ts";
import type { PruneCursor, PruneStep } from "../../../src/ports/retention.ts";
import type { Store } from "../../../src/ports/store.ts";
import { AT, anEvent, aRun, history, newProject, newRun, started } from "./fixtures.ts";
import { aSink } from "./sinking.ts";

/** A time after AT, at which the runs of the fixtures end. */
const AFTER = "2026-02-01T00:00:00.000Z";
const BEFORE = "2026-01-01T00:00:00.000Z";
const LIMIT = 7;

export function retaining(either: () => Store): void {
  const all = async (
    kind: "runs" | "logs" | "events" | "revisions",
    { before = AFTER, keep = 1 }: { readonly before?: string; readonly keep?: number } = {},
  ): Promise<number> => {
    let removed = 0;
    let after: PruneCursor | null = null;
    do {
      const step: PruneStep = await either().retention[kind]({ before, after, limit: LIMIT, keep });
      removed += step.removed;
      after = step.next;
    } while (after !== null);
    return removed;
  };
  const present = async (runs: readonly Run[]): Promise<readonly number[]> => {
    const found = await Promise.all(runs.map((run) => either().runs.get(run.id)));
    return found.flatMap((run) => run?.number ?? []);
  };

  describe("retention", () => {
    it("forgets ended runs with all that hangs on them, but keeps the newest of each application", async () => {
      const project = newProject();
      const runs = await history(either(), project, 12);
      const [first] = runs;
      await either().logs.append(first?.id ?? "", "web", [{ at: AT, pod: "p", container: "c", text: "old" }]);
      await all("runs", { before: BEFORE });
      expect(await present(runs)).toHaveLength(12);
      await all("runs", { keep: 3 });
      expect(await present(runs)).toEqual([10, 11, 12]);
      expect(await either().runs.jobs(first?.id ?? "")).toEqual([]);
      expect(await either().logs.read(first?.id ?? "", "web", 10)).toEqual([]);
      expect(await either().runs.nextRunNumber(project, "shop")).toBe(13);
    });

    it("keeps the last run, the last one that succeeded, and those that have not ended", async () => {
      const project = newProject();
      const runs = [...(await history(either(), project, 3))];
      for (const number of [4, 5, 6]) {
        const run = await started(either(), newRun(project, { number, revision: number }));
        await either().runs.change({ run: run.id, jobs: [], events: [], finish: { phase: "failed", at: AT } });
        runs.push(run);
      }
      const last = await started(either(), newRun(project, { number: 7, revision: 7 }));
      await all("runs");
      expect(await present([...runs, last])).toEqual([3, 7]);
    });

    it("keeps what was not delivered yet, and forgets it afterwards", async () => {
      const project = newProject();
      const [old, , newest] = await history(either(), project, 3);
      const sink = { ...aSink(project), createdAt: AT };
      await either().sinks.add(sink);
      const reached = await either().events.latest();
      await either().events.append(anEvent(project, { run: newest?.id ?? null }));
      await all("events");
      const left = await either().events.after({ project }, 0, 100);
      expect(left.map((event) => event.sequence)).toEqual([reached + 1]);
      expect(old).toBeDefined();
      await either().sinks.remove(project, sink.name);
      // The newest event of all projects always stays.
      await either().events.append(anEvent(newProject()));
      await all("events");
      expect(await either().events.after({ project }, 0, 100)).toEqual([]);
      expect(await either().events.latest()).toBe(reached + 2);
    });

    it("keeps events of runs that have not ended", async () => {
      const project = newProject();
      const run = await started(either(), newRun(project));
      await either().events.append(anEvent(newProject()));
      await all("events");
      expect((await either().events.after({ project }, 0, 10)).map((event) => event.run)).toEqual([run.id]);
    });

    it("keeps revisions that are current, new, or still referred to by a run", async () => {
      const project = newProject();
      await history(either(), project, 8);
      const numbers = async () =>
        (await either().applications.revisions(project, "shop", { limit: 100 })).items.map((one) => one.number);
      await all("revisions");
      expect(await numbers()).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
      await all("runs", { keep: 2 });
      await all("revisions");
      expect(await numbers()).toEqual([8, 7]);
      expect(await either().applications.nextRevisionNumber(project, "shop")).toBe(9);
    });

    it("forgets logs before it forgets runs", async () => {
      const project = newProject();
      const [run] = await history(either(), project, 1);
      const id = run?.id ?? "";
      await either().logs.append(id, "web", [{ at: AT, pod: "p", container: "c", text: "old" }]);
      await all("logs", { before: BEFORE });
      expect(await either().logs.read(id, "web", 10)).toHaveLength(1);
      await all("logs");
      expect(await either().logs.read(id, "web", 10)).toEqual([]);
      expect(await either().runs.get(id)).not.toBeNull();
    });

    it("numbers runs of no application on", async () => {
      const project = newProject();
      const begin = () => {
        const run = aRun(project, { application: null, number: 0, revision: 0, kind: "workflow", workflow: "w" });
        return either()
          .runs.create({ run, jobs: [], events: [], expectedRevision: 0 })
          .then(async (made) => {
            await either().runs.change({ run: run.id, jobs: [], events: [], finish: { phase: "succeeded", at: AT } });
            return made.ok ? made.number : 0;
          });
      };
      for (let count = 1; count <= 5; count += 1) expect(await begin()).toBe(count);
      await all("runs");
      expect(await begin()).toBe(6);
    });

    it("is one process's turn at a time, until that one is silent for too long", async () => {
      const name = `turn-of-${newProject()}`;
      const take = (owner: string, now: string, until: string) =>
        either().retention.takeTurn({ name, owner, now, until });
      expect(await take("one", AT, "2026-01-02T04:00:00.000Z")).toBe(true);
      expect(await take("two", AT, "2026-01-02T05:00:00.000Z")).toBe(false);
      expect(await take("one", AT, "2026-01-02T04:30:00.000Z")).toBe(true);
      expect(await take("two", "2026-01-02T04:31:00.000Z", "2026-01-02T05:00:00.000Z")).toBe(true);
      expect(await take("one", "2026-01-02T04:32:00.000Z", "2026-01-02T05:00:00.000Z")).toBe(false);
    });

    it("by policy goes through everything in steps, and leaves alone what is kept for ever", async () => {
      const project = newProject();
      const runs = await history(either(), project, 45);
      const now = new Date("2026-08-01T00:00:00.000Z");
      const clock = { now: () => now, sleep: () => Promise.resolve() };
      const dependencies = { store: either(), clock, log: { write: () => undefined } };
      const prune = (policy: RetentionPolicy, owner = "me") =>
        pruneAll(dependencies, { policy, owner, signal: new AbortController().signal });
      await prune({ runs: null, logs: null, events: null, revisions: null });
      expect(await present(runs)).toHaveLength(45);
      await prune(GENEROUS);
      expect(await present(runs)).toHaveLength(20);
      expect(await prune(GENEROUS, "another")).toBeNull();
    });
  });
}
