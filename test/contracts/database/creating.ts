// Contract: creating runs.
import { describe, expect, it } from "vitest";
import type { Store } from "../../../src/ports/store.ts";
import {
  aJob,
  anEvent,
  aRevision,
  aRun,
  deployedAndDeleted,
  finish,
  history,
  newProject,
  newRun,
  started,
} from "./fixtures.ts";

export function creating(store: () => Store): void {
  describe("creating a run", () => {
    it("keeps revision, run, jobs in order, event and idempotency record", async () => {
      const project = newProject();
      const jobs = ["zeta", "alpha", "mid"].map((name) => aJob(name));
      const { run, events, revision, expectedRevision } = newRun(project);
      const idempotency = { project, key: "key", request: "hash", run: run.id };
      const request = {
        run,
        jobs,
        events,
        expectedRevision,
        idempotency,
        ...(revision === undefined ? {} : { revision }),
      };
      expect(await store().runs.create(request)).toMatchObject({ ok: true });
      expect(await store().runs.get(run.id)).toEqual(run);
      expect(await store().runs.jobs(run.id)).toEqual(jobs.map((job) => ({ ...job, run: run.id })));
      expect(await store().applications.revision(project, "shop", 1)).toEqual(revision);
      expect(await store().runs.idempotent(project, "key")).toEqual(idempotency);
      expect(await store().runs.idempotent(project, "other")).toBeNull();
      expect(await store().events.after({ project }, 0, 10)).toMatchObject(events);
      expect((await store().runs.unfinished()).map((one) => one.id)).toContain(run.id);
    });

    it("leaves nothing behind when one part cannot be written", async () => {
      const project = newProject();
      const request = newRun(project, {}, ["web", "web"]);
      await expect(store().runs.create(request)).rejects.toThrow();
      expect(await store().runs.get(request.run.id)).toBeNull();
      expect(await store().applications.get(project, "shop")).toBeNull();
      expect(await store().applications.revision(project, "shop", 1)).toBeNull();
      expect(await store().events.after({ project }, 0, 10)).toEqual([]);
      expect(await store().runs.create(newRun(project))).toMatchObject({ ok: true });
    });

    it("takes plans of hundreds of jobs and thousands of events", async () => {
      const project = newProject();
      const names = Array.from({ length: 1203 }, (_, index) => `job-${index}`);
      const request = newRun(project, {}, names);
      const run = await started(store(), {
        ...request,
        events: names.map((name) => anEvent(project, { data: { name } })),
      });
      expect((await store().runs.jobs(run.id)).map((job) => job.name)).toEqual(names);
      const events = await store().events.after({ project }, 0, 5000);
      expect(events.map((event) => event.data["name"])).toEqual(names);
    });

    it("refuses when the newest revision is not the expected one, and says which it is", async () => {
      const project = newProject();
      await history(store(), project, 2);
      for (const expectedRevision of [0, 1, 3]) {
        const result = await store().runs.create({ ...newRun(project, { number: 3, revision: 3 }), expectedRevision });
        expect(result).toEqual({ ok: false, conflict: "revision", actual: "2" });
      }
      expect(await store().runs.create({ ...newRun(newProject()), expectedRevision: 4 })).toEqual({
        ok: false,
        conflict: "revision",
        actual: "0",
      });
    });

    it("refuses a second unfinished run of an application and names the first; other applications go on", async () => {
      const project = newProject();
      const first = await started(store(), newRun(project));
      const { jobs, events } = newRun(project);
      const again = { run: aRun(project, { number: 2 }), jobs, events, expectedRevision: 1 };
      expect(await store().runs.create(again)).toEqual({ ok: false, conflict: "run", actual: first.id });
      expect(await store().runs.create(newRun(project, { application: "other" }))).toMatchObject({ ok: true });
      expect(await store().runs.create(newRun(newProject()))).toMatchObject({ ok: true });
      await finish(store(), first);
      expect(await store().runs.create(again)).toMatchObject({ ok: true });
    });

    it("lets one of many callers win that saw the same state", async () => {
      const project = newProject();
      const requests = Array.from({ length: 12 }, () => newRun(project));
      const results = await Promise.all(requests.map((request) => store().runs.create(request)));
      expect(results.filter((result) => result.ok)).toHaveLength(1);
      const winner = requests[results.findIndex((result) => result.ok)];
      expect((await store().runs.list({ project }, { limit: 20 })).items).toEqual([winner?.run]);
      expect(await store().events.after({ project }, 0, 20)).toHaveLength(1);
    });

    it("gives the winner's run to the loser of a race for an idempotency key, across applications too", async () => {
      const project = newProject();
      const requests = ["a", "b", "c", "d"].map((application) => {
        const request = newRun(project, { application });
        return { ...request, idempotency: { project, key: "same", request: "hash", run: request.run.id } };
      });
      const results = await Promise.all(requests.map((request) => store().runs.create(request)));
      const winner = requests[results.findIndex((result) => result.ok)]?.run.id;
      expect(results.filter((result) => !result.ok)).toEqual(
        ["", "", ""].map(() => ({ ok: false, conflict: "run", actual: winner })),
      );
      expect(await store().runs.idempotent(project, "same")).toMatchObject({ run: winner });
      expect(await store().runs.idempotent(newProject(), "same")).toBeNull();
    });

    it("never gives a run number twice", async () => {
      const project = newProject();
      expect(await store().runs.nextRunNumber(project, "shop")).toBe(1);
      const [first] = await history(store(), project, 1);
      expect(await store().runs.nextRunNumber(project, "shop")).toBe(2);
      expect(await store().runs.nextRunNumber(project, "other")).toBe(1);
      const same = newRun(project, { number: 1, revision: 2 });
      expect(await store().runs.create(same)).toEqual({ ok: false, conflict: "run", actual: first?.id });
    });

    it("goes on with both numbers after a deletion", async () => {
      const project = newProject();
      await deployedAndDeleted(store(), project);
      expect(await store().runs.nextRunNumber(project, "shop")).toBe(3);
      expect(await store().applications.nextRevisionNumber(project, "shop")).toBe(2);
      const reused = { ...newRun(project, { number: 3 }), expectedRevision: 0 };
      expect(await store().runs.create(reused)).toEqual({ ok: false, conflict: "revision", actual: "1" });
      const back = { ...newRun(project, { number: 3, revision: 2 }), expectedRevision: 0 };
      expect(await store().runs.create(back)).toMatchObject({ ok: true });
      expect(await store().applications.get(project, "shop")).toMatchObject({ revision: 2, lastRun: { number: 3 } });
      expect((await store().applications.revisions(project, "shop", { limit: 9 })).items).toEqual([
        aRevision(project, { number: 2 }),
      ]);
    });
  });
}
