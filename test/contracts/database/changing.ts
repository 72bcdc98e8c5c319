// Contract: changing and listing runs and jobs.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PHASE_NAMES, type Phase } from "../../../src/model/run/phase.ts";
import type { Run } from "../../../src/model/run/run.ts";
import type { NewRun, Store } from "../../../src/ports/store.ts";
import { AT, aJob, anEvent, aRun, changeRun, finish, history, newProject, newRun, started } from "./fixtures.ts";

export function changing(store: () => Store): void {
  changingJobs(store);
  fencing(store);
  finishing(store);
  cancelling(store);
  listing(store);
}

function changingJobs(store: () => Store): void {
  describe("changing jobs", () => {
    it("keeps every field of a job, and its event", async () => {
      const run = await started(store(), newRun(newProject()));
      const job = aJob("web", {
        run: run.id,
        phase: "failed",
        reason: { code: "CrashLoop", params: { container: "web", exitCode: 1, restarts: 3 } },
        evidence: [{ source: "log", object: "Pod/web-1", text: "panic: 数据库 \u0000 'quoted' \ud83d\ude00" }],
        attempt: 2,
        notBefore: "2026-01-01T00:00:01.000Z",
        startedAt: "2026-01-01T00:00:02.000Z",
        finishedAt: "2026-01-01T00:00:03.000Z",
        output: { nested: [1, null, { deep: true }], text: "\u0000" },
      });
      const events = [anEvent(run.project, { run: run.id, data: { phase: "failed" } })];
      expect(
        await changeRun(store(), { run: run.id, jobs: [{ job, from: { phase: "waiting", attempt: 0 } }], events }),
      ).toBe(true);
      expect(await store().runs.jobs(run.id)).toEqual([job]);
      expect(await store().events.after({ project: run.project, run: run.id }, 0, 9)).toMatchObject([
        { type: "run.created" },
        ...events,
      ]);
    });

    it("changes all jobs or none, and writes the event only with them: whatever phase and attempt the caller believes in", async () => {
      const run = await started(store(), newRun(newProject(), {}, ["a", "b", "c"]));
      const guard = fc.record({ phase: fc.constantFrom(...PHASE_NAMES), attempt: fc.nat(2) });
      const belief = fc.record({ right: fc.boolean(), wrong: guard });
      const start: { readonly phase: Phase; readonly attempt: number } = { phase: "waiting", attempt: 0 };
      const present = { a: start, b: start };
      await fc.assert(
        fc.asyncProperty(belief, belief, guard, async (a, b, next) => {
          const beliefs = [
            { name: "b" as const, from: b.right ? present.b : b.wrong },
            { name: "a" as const, from: a.right ? present.a : a.wrong },
          ];
          const before = await store().events.latest();
          const jobs = beliefs.map(({ name, from }) => ({ job: aJob(name, { run: run.id, ...next }), from }));
          const changed = await changeRun(store(), { run: run.id, jobs, events: [anEvent(run.project)] });
          const expected = beliefs.every(
            ({ name, from }) => from.phase === present[name].phase && from.attempt === present[name].attempt,
          );
          expect(changed).toBe(expected);
          if (expected) [present.a, present.b] = [next, next];
          expect(await store().runs.jobs(run.id)).toMatchObject([
            { name: "a", ...present.a },
            { name: "b", ...present.b },
            { name: "c", phase: "waiting" },
          ]);
          expect((await store().events.after({ project: run.project }, before, 9)).length).toBe(expected ? 1 : 0);
        }),
        { numRuns: 40 },
      );
    });

    it("lets one of many drivers win that saw the same job", async () => {
      const run = await started(store(), newRun(newProject()));
      const attempts = Array.from({ length: 12 }, (_, index) => {
        const job = aJob("web", { run: run.id, phase: "running", attempt: 1, output: { driver: index } });
        return changeRun(store(), {
          run: run.id,
          jobs: [{ job, from: { phase: "waiting", attempt: 0 } }],
          events: [anEvent(run.project, { data: { driver: index } })],
        });
      });
      const results = await Promise.all(attempts);
      expect(results.filter(Boolean)).toHaveLength(1);
      expect(await store().runs.jobs(run.id)).toMatchObject([{ output: { driver: results.indexOf(true) } }]);
      expect(await store().events.after({ project: run.project }, 0, 99)).toHaveLength(2);
    });

    it("does not mix up two transactions that are under way at once: a refused one takes nothing of the other with it", async () => {
      const runs = await Promise.all(Array.from({ length: 10 }, () => started(store(), newRun(newProject()))));
      const results = await Promise.all(
        runs.map((run, index) => {
          const from = { phase: index % 2 === 0 ? ("waiting" as const) : ("running" as const), attempt: 0 };
          return changeRun(store(), {
            run: run.id,
            jobs: [{ job: aJob("web", { phase: "queued" }), from }],
            events: [anEvent(run.project)],
          });
        }),
      );
      expect(results).toEqual(runs.map((_, index) => index % 2 === 0));
      for (const [index, run] of runs.entries()) {
        expect(await store().runs.jobs(run.id)).toMatchObject([{ phase: index % 2 === 0 ? "queued" : "waiting" }]);
        expect(await store().events.after({ project: run.project }, 0, 9)).toHaveLength(index % 2 === 0 ? 2 : 1);
      }
    });

    it("changes only the run that was named", async () => {
      const [one, two] = [await started(store(), newRun(newProject())), await started(store(), newRun(newProject()))];
      const jobs = [
        { job: aJob("web", { run: two.id, phase: "queued" }), from: { phase: "waiting" as const, attempt: 0 } },
      ];
      expect(await changeRun(store(), { run: one.id, jobs, events: [] })).toBe(true);
      expect(await store().runs.jobs(two.id)).toMatchObject([{ phase: "waiting" }]);
      expect(await changeRun(store(), { run: "no-such-run", jobs, events: [] })).toBe(false);
    });
  });
}

function fencing(store: () => Store): void {
  describe("claiming a run", () => {
    const change = (run: Run, fence: number) => ({
      run: run.id,
      fence,
      jobs: [{ job: aJob("web", { run: run.id, phase: "waiting" }), from: { phase: "waiting" as const, attempt: 0 } }],
      events: [anEvent(run.project, { data: { fence } })],
    });

    it("shuts out whoever claimed it before, although phase and attempt are as they saw them", async () => {
      const run = await started(store(), newRun(newProject()));
      const before = (await store().runs.takeFence(run.id)) ?? 0;
      expect(await changeRun(store(), change(run, before))).toBe(true);
      const after = (await store().runs.takeFence(run.id)) ?? 0;
      expect(after).toBeGreaterThan(before);
      expect(await changeRun(store(), change(run, before))).toBe(false);
      expect(await changeRun(store(), change(run, after))).toBe(true);
      expect((await store().events.after({ project: run.project }, 0, 9)).map((event) => event.data["fence"])).toEqual([
        undefined,
        before,
        after,
      ]);
    });

    it("gives every claimant a fence of its own, and none for a run that has ended or never was", async () => {
      const run = await started(store(), newRun(newProject()));
      const fences = await Promise.all(Array.from({ length: 8 }, () => store().runs.takeFence(run.id)));
      expect(new Set(fences).size).toBe(8);
      const last = Math.max(...fences.map((fence) => fence ?? 0));
      const results = await Promise.all(fences.map((fence) => changeRun(store(), change(run, fence ?? 0))));
      expect(results).toEqual(fences.map((fence) => fence === last));
      await finish(store(), run);
      expect(await store().runs.takeFence(run.id)).toBeNull();
      expect(await store().runs.takeFence("no-such-run")).toBeNull();
    });
  });
}

function finishing(store: () => Store): void {
  describe("finishing a run", () => {
    it("happens once, with its last jobs and events or not at all", async () => {
      const run = await started(store(), newRun(newProject()));
      const job = (from: "waiting" | "running") => [
        { job: aJob("web", { phase: "succeeded" }), from: { phase: from, attempt: 0 } },
      ];
      const end = {
        events: [anEvent(run.project, { type: "run.finished" })],
        finish: { phase: "failed" as const, at: AT },
      };
      expect(await changeRun(store(), { run: run.id, jobs: job("running"), ...end })).toBe(false);
      expect(await store().runs.get(run.id)).toEqual(run);
      expect(await changeRun(store(), { run: run.id, jobs: job("waiting"), ...end })).toBe(true);
      expect(await store().runs.get(run.id)).toEqual({ ...run, phase: "failed", finishedAt: AT });
      expect((await store().runs.unfinished()).map((one) => one.id)).not.toContain(run.id);
      expect(
        await changeRun(store(), { run: run.id, jobs: [], ...end, finish: { phase: "succeeded", at: "later" } }),
      ).toBe(false);
      expect(await store().runs.get(run.id)).toMatchObject({ phase: "failed", finishedAt: AT });
      expect(await store().events.after({ project: run.project }, 0, 9)).toHaveLength(2);
    });

    it("lets no more jobs hold a key than its limit, and wakes who waits when one is freed", async () => {
      const project = newProject();
      const key = `${project}/gpu`;
      const runs = await Promise.all(
        ["one", "two", "three"].map((application) => started(store(), newRun(project, { application }))),
      );
      const start = (run: Run) =>
        store().runs.change({
          run: run.id,
          jobs: [
            {
              job: aJob("web", { run: run.id, phase: "running", attempt: 1 }),
              locks: [{ key, limit: 2 }],
              from: { phase: "waiting", attempt: 0 },
            },
          ],
          events: [],
        });
      const results = await Promise.all(runs.map(start));
      expect(results.filter((one) => one.outcome === "changed")).toHaveLength(2);
      const late = results.findIndex((one) => one.outcome === "held");
      const waiting = runs[late];
      const holder = runs.find((run) => run !== waiting);
      if (waiting === undefined || holder === undefined) throw new Error("nobody was held back");
      expect(results[late]).toMatchObject({ refusal: { job: "web", key, limit: 2 } });
      expect(await store().runs.jobs(waiting.id)).toMatchObject([{ phase: "waiting" }]);
      const end = await store().runs.change({
        run: holder.id,
        jobs: [
          {
            job: aJob("web", { run: holder.id, phase: "failed", attempt: 1 }),
            from: { phase: "running", attempt: 1 },
          },
        ],
        events: [],
      });
      expect(end).toMatchObject({ outcome: "changed", wake: [waiting.id] });
      const again = await start(waiting);
      expect(again).toMatchObject({ outcome: "changed" });
      // Each new holder of the lock gets a larger fence than all holders before it.
      const fences = [...results, again].flatMap((one) =>
        one.outcome === "changed" ? [...one.locks.values()].flatMap((locks) => locks.map((lock) => lock.fence)) : [],
      );
      expect(fences).toHaveLength(3);
      expect(Math.max(...fences)).toBe(fences.at(-1));
      expect(new Set(fences).size).toBe(3);
    });

    it("is seen in the application's summary", async () => {
      const run = await started(store(), newRun(newProject()));
      const lastRun = { id: run.id, number: 1, kind: "deploy" };
      expect(await store().applications.get(run.project, "shop")).toMatchObject({
        lastRun: { ...lastRun, phase: "running", finishedAt: null },
      });
      await finish(store(), run);
      expect(await store().applications.get(run.project, "shop")).toMatchObject({
        lastRun: { ...lastRun, phase: "succeeded", finishedAt: AT },
      });
    });
  });
}

function cancelling(store: () => Store): void {
  describe("cancelling a run", () => {
    it("is marked once, with the first who asked, and only while the run goes on", async () => {
      const run = await started(store(), newRun(newProject()));
      const events = [anEvent(run.project, { type: "run.cancelling" })];
      const results = await Promise.all(
        ["ada", "bob", "eve"].map((actor) => store().runs.cancel(run.id, actor, events)),
      );
      expect(results.filter(Boolean)).toHaveLength(1);
      expect(await store().runs.get(run.id)).toEqual({
        ...run,
        cancelledBy: ["ada", "bob", "eve"][results.indexOf(true)],
      });
      expect(await store().events.after({ project: run.project }, 0, 9)).toHaveLength(2);
      const ended = await started(store(), newRun(newProject()));
      await finish(store(), ended);
      expect(await store().runs.cancel(ended.id, "ada", events)).toBe(false);
      expect(await store().runs.cancel("no-such-run", "ada", events)).toBe(false);
    });
  });
}

function withoutApplication(project: string, workflow: string): NewRun {
  const { revision: _none, ...rest } = newRun(project, { application: null, workflow, revision: 0 });
  return { ...rest, expectedRevision: 0 };
}

function listing(store: () => Store): void {
  describe("listing runs", () => {
    it("filters by project, application and phase, newest first", async () => {
      const project = newProject();
      const [one, two] = await history(store(), project, 2);
      const other = await started(store(), newRun(project, { application: "other" }));
      await started(store(), newRun(newProject()));
      const ids = async (filter: { application?: string; phase?: Run["phase"] }) =>
        (await store().runs.list({ project, ...filter }, { limit: 9 })).items.map((run) => run.id);
      expect(await ids({})).toEqual([other.id, two?.id, one?.id]);
      expect(await ids({ application: "shop" })).toEqual([two?.id, one?.id]);
      expect(await ids({ phase: "running" })).toEqual([other.id]);
      expect(await ids({ phase: "running", application: "shop" })).toEqual([]);
      expect(await store().runs.get("no-such-run")).toBeNull();
      expect(await store().runs.jobs("no-such-run")).toEqual([]);
    });

    it("filters by the name of runs without an application, and by what the caller knows, page by page", async () => {
      const project = newProject();
      const begun: Run[] = [];
      for (const workflow of ["eval", "train", "eval", "eval", "eval"])
        begun.push(await started(store(), withoutApplication(project, workflow)));
      await started(store(), newRun(project));
      const evals = begun.filter((run) => run.workflow === "eval").map((run) => run.id);
      const ids = [...begun.map((run) => run.id), "no-such-run"];
      expect((await store().runs.many(ids)).map((run) => run.id).sort()).toEqual(begun.map((run) => run.id).sort());
      expect(await store().runs.many([])).toEqual([]);
      const filter = { project, workflow: "eval" };
      const all = await store().runs.list(filter, { limit: 9 });
      expect(all.items.map((run) => run.id)).toEqual(evals.toReversed());
      const [oldest = "", , , newest = ""] = evals;
      const keep = async (runs: readonly Run[]) => {
        expect(runs.every((run) => run.workflow === "eval")).toBe(true);
        return new Set([oldest, newest]);
      };
      const first = await store().runs.list(filter, { limit: 1 }, keep);
      expect(first.items.map((run) => run.id)).toEqual([newest]);
      const second = await store().runs.list(filter, { limit: 1, after: first.next ?? "" }, keep);
      expect(second).toMatchObject({ items: [{ id: oldest }], next: null });
    });

    it("names unfinished runs of all projects, oldest first", async () => {
      const ids = async () => (await store().runs.unfinished()).map((one) => one.id);
      const before = await ids();
      const runs = [
        await started(store(), newRun(newProject())),
        await started(store(), newRun(newProject())),
        await started(store(), newRun(newProject())),
      ];
      expect(await ids()).toEqual([...before, ...runs.map((run) => run.id)]);
    });

    it("stays newest first when the clock stood still or went back", async () => {
      const project = newProject();
      await finish(store(), await started(store(), newRun(project)));
      const { jobs, events } = newRun(project);
      const second = aRun(project, { number: 2, createdAt: "2020-01-01T00:00:00.000Z" });
      await started(store(), { run: second, jobs, events, expectedRevision: 1 });
      expect((await store().runs.list({ project }, { limit: 9 })).items.map((run) => run.number)).toEqual([2, 1]);
    });
  });
}
