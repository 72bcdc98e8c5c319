// Contract: reading applications and their revisions, and paging.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidCursor, type Page, type Paged, type Store } from "../../../src/ports/store.ts";
import {
  AT,
  aJob,
  aRevision,
  aRun,
  deployedAndDeleted,
  finish,
  history,
  newProject,
  newRun,
  started,
} from "./fixtures.ts";

export function reading(store: () => Store): void {
  applications(store);
  deleting(store);
  paging(store);
}

function applications(store: () => Store): void {
  describe("applications", () => {
    it("are summed up with their newest revision and run", async () => {
      const project = newProject();
      const [, second] = await history(store(), project, 2);
      const summary = {
        project,
        name: "shop",
        cluster: "kind",
        namespace: "shop",
        revision: 2,
        updatedAt: AT,
        lastRun: { id: second?.id, number: 2, kind: "deploy", phase: "succeeded", finishedAt: AT },
      };
      expect(await store().applications.get(project, "shop")).toEqual(summary);
      expect(await store().applications.list(project, { limit: 10 })).toEqual({ items: [summary], next: null });
      expect(await store().applications.get(project, "nothing")).toBeNull();
      expect(await store().applications.get(newProject(), "shop")).toBeNull();
    });

    it("keep every revision, newest first", async () => {
      const project = newProject();
      await history(store(), project, 3);
      const { items } = await store().applications.revisions(project, "shop", { limit: 10 });
      expect(items).toEqual([3, 2, 1].map((number) => aRevision(project, { number })));
      expect(await store().applications.revision(project, "shop", 2)).toEqual(aRevision(project, { number: 2 }));
      expect(await store().applications.revision(project, "shop", 4)).toBeNull();
      expect(await store().applications.revision(newProject(), "shop", 1)).toBeNull();
    });

    it("tell what jobs of many runs do that have begun or are held back, without their plans", async () => {
      const project = newProject();
      const runs = [
        aRun(project, { application: "a" }),
        aRun(project, { application: "b" }),
        aRun(project, { application: "c" }),
      ];
      for (const run of runs) {
        const phases =
          run.application === "c"
            ? (["waiting"] as const)
            : (["waiting", "queued", "pending", "running", "succeeded"] as const);
        const jobs = phases.map((phase) => ({ ...aJob(phase), run: run.id, phase }));
        await started(store(), { run, jobs, events: [], expectedRevision: 0 });
      }
      const found = await store().runs.underWay(runs.map((run) => run.id));
      for (const run of runs.slice(0, 2))
        expect(found.filter((one) => one.run === run.id)).toEqual(
          ["queued", "pending", "running"].map((phase) => ({
            run: run.id,
            name: phase,
            phase,
            reason: aJob(phase).reason,
            attempt: aJob(phase).attempt,
            earlier: aJob(phase).earlier,
          })),
        );
      expect(found).toHaveLength(6);
      expect(await store().runs.underWay([])).toEqual([]);
    });

    it("show a run that brings no revision, and keep theirs", async () => {
      const project = newProject();
      await history(store(), project, 1);
      const retry = aRun(project, { number: 2 });
      await started(store(), { run: retry, jobs: [aJob("web")], events: [], expectedRevision: 1 });
      expect(await store().applications.get(project, "shop")).toMatchObject({
        revision: 1,
        lastRun: { id: retry.id, phase: "running" },
      });
    });

    it("are found by where they run, over all projects", async () => {
      const [one, two] = [newProject(), newProject()];
      const namespace = `shared-${one}`;
      await started(store(), newRun(two, { namespace }));
      await started(store(), newRun(one, { namespace }));
      await started(store(), newRun(one, { application: "elsewhere", namespace: "other" }));
      await started(store(), newRun(one, { application: "away", cluster: "other", namespace }));
      const found = await store().applications.inNamespace("kind", namespace);
      expect(found.map(({ project, name }) => [project, name])).toEqual(
        [one, two].sort().map((project) => [project, "shop"]),
      );
    });

    it("are sorted byte by byte, whatever the locale of the server", async () => {
      const project = newProject();
      const names = ["a", "B", "a-b", "ab", "a.c", "ä", "Z"];
      for (const application of names) await started(store(), newRun(project, { application }));
      const { items } = await store().applications.list(project, { limit: 10 });
      expect(items.map(({ name }) => name)).toEqual(
        [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
      );
    });
  });
}

function deleting(store: () => Store): void {
  describe("forgetting an application", () => {
    it("removes it with its revisions, and leaves runs and events", async () => {
      const project = newProject();
      await deployedAndDeleted(store(), project);
      expect(await store().applications.get(project, "shop")).toBeNull();
      expect((await store().applications.list(project, { limit: 9 })).items).toEqual([]);
      expect(await store().applications.inNamespace("kind", "shop")).not.toContainEqual(
        expect.objectContaining({ project }),
      );
      expect((await store().applications.revisions(project, "shop", { limit: 9 })).items).toEqual([]);
      expect(await store().applications.revision(project, "shop", 1)).toBeNull();
      expect((await store().runs.list({ project }, { limit: 9 })).items).toHaveLength(2);
      expect(await store().events.after({ project }, 0, 9)).toHaveLength(2);
      await store().forgetApplication(project, "shop");
      await store().forgetApplication(project, "never-there");
    });

    it("leaves an application alone that was deployed again before", async () => {
      const project = newProject();
      await history(store(), project, 1);
      const removal = aRun(project, { kind: "delete", number: 2 });
      await finish(store(), await started(store(), { run: removal, jobs: [], events: [], expectedRevision: 1 }));
      await started(store(), newRun(project, { number: 3, revision: 2 }));
      await store().forgetApplication(project, "shop");
      expect(await store().applications.get(project, "shop")).toMatchObject({ revision: 2, lastRun: { number: 3 } });
      expect((await store().applications.revisions(project, "shop", { limit: 9 })).items).toHaveLength(2);
    });
  });
}

async function all<T>(
  list: (page: Page) => Promise<Paged<T>>,
  limit: number,
  between?: () => Promise<unknown>,
): Promise<readonly T[]> {
  const items: T[] = [];
  let page: Page = { limit };
  for (;;) {
    const { items: more, next } = await list(page);
    expect(more.length).toBeLessThanOrEqual(limit);
    items.push(...more);
    if (next === null) return items;
    page = { limit, after: next };
    await between?.();
  }
}

function paging(store: () => Store): void {
  describe("paging", () => {
    it("shows each of the items once and in order, for every size of page, while others are being added", async () => {
      const project = newProject();
      const names = Array.from({ length: 7 }, (_, index) => `app-${index * 2}`);
      for (const application of names) await started(store(), newRun(project, { application }));
      const { items: runs } = await store().runs.list({ project }, { limit: 100 });
      let added = 0;
      const add = () => started(store(), newRun(project, { application: `app-${(added * 5) % 13}-${++added}` }));
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 9 }), async (limit) => {
          const pagedNames = await all((page) => store().applications.list(project, page), limit, add);
          expect(pagedNames.map(({ name }) => name).filter((name) => names.includes(name))).toEqual([...names].sort());
          const pagedRuns = await all((page) => store().runs.list({ project }, page), limit, add);
          expect(pagedRuns.slice(-runs.length)).toEqual(runs);
          expect(new Set(pagedRuns.map(({ id }) => id)).size).toBe(pagedRuns.length);
        }),
        { numRuns: 5, endOnFailure: true, examples: [[1], [7]] },
      );
    });

    it("lists the applications of all projects, by project and name", async () => {
      const projects = [newProject(), newProject()];
      for (const project of projects)
        for (const application of ["b", "a", "c"]) await started(store(), newRun(project, { application }));
      const everywhere = await all((page) => store().applications.all(page), 199);
      const mine = everywhere
        .filter((one) => projects.includes(one.project))
        .map(({ project, name }) => `${project}/${name}`);
      expect(mine).toEqual(
        projects.toSorted().flatMap((project) => ["a", "b", "c"].map((name) => `${project}/${name}`)),
      );
      const [first] = projects.toSorted();
      const small = await store().applications.all({ limit: 1 });
      expect(small.items).toHaveLength(1);
      expect(first !== undefined && (small.items[0]?.project ?? "") <= first).toBe(true);
    });

    it("pages revisions, and says null on a last page that is just full", async () => {
      const project = newProject();
      await history(store(), project, 4);
      const revisions = (page: Page) => store().applications.revisions(project, "shop", page);
      expect((await all(revisions, 2)).map(({ number }) => number)).toEqual([4, 3, 2, 1]);
      expect((await revisions({ limit: 4 })).next).toBeNull();
      expect((await revisions({ limit: 3 })).next).not.toBeNull();
    });

    it("refuses cursors that it did not give out for this list, and limits below 1", async () => {
      const project = newProject();
      await history(store(), project, 2);
      const { next } = await store().runs.list({ project }, { limit: 1 });
      for (const after of [
        next ?? "",
        "",
        "nonsense",
        Buffer.from('["applications",1]').toString("base64url"),
        "'; drop table runs",
      ]) {
        await expect(store().applications.list(project, { limit: 1, after })).rejects.toThrow(InvalidCursor);
      }
      await expect(store().runs.list({ project }, { limit: 1, after: "nonsense" })).rejects.toThrow(InvalidCursor);
      await expect(store().runs.list({ project }, { limit: 0 })).rejects.toThrow("limit");
    });
  });
}
