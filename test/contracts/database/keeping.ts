// Contract: inventory, completions, logs, tokens and settings.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refKey } from "../../../src/model/kubernetes/manifest.ts";
import type { OwnedObject } from "../../../src/model/run/revision.ts";
import { OwnedByOther, type Store, type Token } from "../../../src/ports/store.ts";
import { AT, anObject, history, newProject } from "./fixtures.ts";

const keyOf = (one: OwnedObject): string => `${one.cluster}/${refKey(one)}`;
const isOthers = (held: OwnedObject | undefined, one: OwnedObject): boolean =>
  held !== undefined && (held.project !== one.project || held.application !== one.application);

export function keeping(store: () => Store): void {
  inventory(store);
  completions(store);
  waits(store);
  weights(store);
  logs(store);
  tokens(store);
}

function inventory(store: () => Store): void {
  describe("inventory", () => {
    it("holds one object per address, the last one written, as a map would", async () => {
      const project = newProject();
      const object = fc
        .record({
          apiVersion: fc.constantFrom("v1", "apps/v1", "apps/v1beta1", "batch/v1"),
          kind: fc.constantFrom("Deployment", "Job"),
          name: fc.constantFrom("web", "db"),
          cluster: fc.constantFrom("one", "two"),
          application: fc.constantFrom("shop", "other"),
          uid: fc.option(fc.uuid()),
          keep: fc.boolean(),
        })
        .map((changes) => anObject(project, changes));
      const step = fc.record({
        action: fc.constantFrom("put" as const, "put" as const, "remove" as const),
        objects: fc.array(object, { maxLength: 6 }),
      });
      const model = new Map<string, ReturnType<typeof anObject>>();
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 3 }), async (steps) => {
          for (const { action, objects } of steps) {
            const last = [...new Map(objects.map((one) => [keyOf(one), one])).values()];
            const held = last.filter((one) => one.uid === null && isOthers(model.get(keyOf(one)), one));
            if (action === "put" && held.length > 0) {
              await expect(store().inventory.put(objects)).rejects.toThrow(OwnedByOther);
              continue;
            }
            await store().inventory[action](objects);
            for (const one of objects) {
              const key = keyOf(one);
              if (action === "put") model.set(key, one);
              else if (model.get(key)?.application === one.application) model.delete(key);
            }
          }
          const stored = [
            ...(await store().inventory.list(project, "shop")),
            ...(await store().inventory.list(project, "other")),
          ];
          const expected = [...model.values()];
          expect(stored).toHaveLength(expected.length);
          expect(stored).toEqual(expect.arrayContaining(expected));
          for (const one of expected)
            expect(
              await store().inventory.owner({ ...one, apiVersion: one.apiVersion.replace("v1beta1", "v1") }),
            ).toEqual(one);
        }),
        { numRuns: 25, endOnFailure: true },
      );
    });

    it("does not let an intent take what another application holds or intends, and writes nothing of that call", async () => {
      const [mine, theirs] = [newProject(), newProject()];
      const address = { namespace: `shared-${mine}` };
      for (const uid of [null, "u"]) {
        const holder = anObject(mine, { ...address, uid });
        await store().inventory.put([holder]);
        const late = [anObject(theirs, { name: "free" }), anObject(theirs, { ...address, application: "late" })];
        await expect(store().inventory.put(late)).rejects.toMatchObject({
          name: "OwnedByOther",
          object: { namespace: address.namespace, name: "web", application: "late" },
          owner: holder,
        });
        expect(await store().inventory.owner(holder)).toEqual(holder);
        expect(await store().inventory.list(theirs, "shop")).toEqual([]);
      }
      // Its own intent, as it is recorded before an object is created again.
      await store().inventory.put([anObject(mine, address)]);
      expect(await store().inventory.owner(anObject(mine, address))).toMatchObject({ project: mine, uid: null });
    });

    it("gives an object that two intend at once to one of them, and tells the other who that is", async () => {
      const projects = Array.from({ length: 6 }, newProject);
      const address = { namespace: `shared-${projects[0] ?? ""}` };
      const ended = await Promise.allSettled(
        projects.map((project) => store().inventory.put([anObject(project, address)])),
      );
      const won = projects.filter((_, index) => ended[index]?.status === "fulfilled");
      expect(won).toHaveLength(1);
      for (const one of ended.filter((two) => two.status === "rejected"))
        expect(one.reason).toMatchObject({ name: "OwnedByOther", owner: { project: won[0] } });
      expect(await store().inventory.owner(anObject("", address))).toMatchObject({ project: won[0] });
    });

    it("tells who holds an object, whichever project; and lets nobody remove what another one took over", async () => {
      const [mine, theirs] = [newProject(), newProject()];
      const address = { namespace: `shared-${mine}` };
      await store().inventory.put([anObject(mine, address)]);
      await store().inventory.put([anObject(theirs, { ...address, uid: "u" })]);
      await store().inventory.remove([anObject(mine, address)]);
      expect(await store().inventory.owner(anObject(mine, address))).toEqual(
        anObject(theirs, { ...address, uid: "u" }),
      );
      expect(await store().inventory.list(mine, "shop")).toEqual([]);
      expect(await store().inventory.owner(anObject(mine, { ...address, name: "nothing" }))).toBeNull();
    });

    it("removes by application, also when one call names the object for two of them", async () => {
      const project = newProject();
      const [mine, other] = [anObject(project), anObject(project, { application: "other" })];
      await store().inventory.put([mine]);
      await store().inventory.remove([mine, other]);
      expect(await store().inventory.list(project, "shop")).toEqual([]);
    });

    it("takes thousands at once, an object twice in one call, writers of the same objects at once, and nothing", async () => {
      const project = newProject();
      const objects = Array.from({ length: 600 }, (_, index) => anObject(project, { name: `object-${index}` }));
      const [first] = objects;
      const again = { ...first, ...anObject(project, { name: "object-0", uid: "second" }) };
      await Promise.all([
        store().inventory.put([...objects, again]),
        store().inventory.put([again, ...objects.slice(1)].reverse()),
      ]);
      expect(await store().inventory.list(project, "shop")).toHaveLength(600);
      expect(await store().inventory.owner(again)).toMatchObject({ uid: "second" });
      await store().inventory.put([]);
      await store().inventory.remove(objects);
      expect(await store().inventory.list(project, "shop")).toEqual([]);
    });
  });
}

function waits(store: () => Store): void {
  it("keeps the last twenty waits for room of each flavor and cluster", async () => {
    const gpu = { cluster: "one", flavor: "nvidia.com/gpu" };
    for (let wait = 1; wait <= 25; wait += 1) await store().waits.add({ ...gpu, milliseconds: wait });
    await store().waits.add({ ...gpu, cluster: "two", milliseconds: 5_000_000_000 });
    await store().waits.add({ ...gpu, flavor: "cpu", milliseconds: 7 });
    const kept = await store().waits.lately("one", "nvidia.com/gpu");
    expect(kept).toEqual(Array.from({ length: 20 }, (_, index) => 25 - index));
    expect(await store().waits.lately("two", "nvidia.com/gpu")).toEqual([5_000_000_000]);
    expect(await store().waits.lately("two", "cpu")).toEqual([]);
  });
}

function weights(store: () => Store): void {
  it("keeps one weight for each project and flavor", async () => {
    const { capacityWeights } = store();
    await capacityWeights.put({ project: "research", flavor: null, weight: 3 });
    await capacityWeights.put({ project: "research", flavor: "nvidia.com/gpu", weight: 0.5 });
    await capacityWeights.put({ project: "research", flavor: null, weight: 2 });
    expect(await capacityWeights.list()).toEqual([
      { project: "research", flavor: null, weight: 2 },
      { project: "research", flavor: "nvidia.com/gpu", weight: 0.5 },
    ]);
    await capacityWeights.remove({ project: "research", flavor: null });
    await capacityWeights.remove({ project: "nobody", flavor: null });
    expect(await capacityWeights.list()).toEqual([{ project: "research", flavor: "nvidia.com/gpu", weight: 0.5 }]);
    await capacityWeights.remove({ project: "research", flavor: "nvidia.com/gpu" });
  });
}

function completions(store: () => Store): void {
  describe("completions", () => {
    it("are kept per content, replaced, and forgotten with the application", async () => {
      const key = { project: newProject(), application: "shop", component: "migrate", content: "abc" };
      const other = { ...key, application: "other" };
      expect(await store().completions.get(key)).toBeNull();
      await store().completions.put(key, { exitCode: 0 });
      await store().completions.put(key, { exitCode: 0, rows: [1] });
      await store().completions.put(other, {});
      expect(await store().completions.get(key)).toEqual({ exitCode: 0, rows: [1] });
      expect(await store().completions.get({ ...key, content: "abd" })).toBeNull();
      await store().completions.forget(key.project, "shop");
      expect(await store().completions.get(key)).toBeNull();
      expect(await store().completions.get(other)).toEqual({});
    });
  });
}

function logs(store: () => Store): void {
  describe("logs", () => {
    const line = (text: string) => ({ at: AT, pod: "migrate-x", container: "migrate", text });

    it("are read from their end, oldest first", async () => {
      const [run] = await history(store(), newProject(), 1);
      const id = run?.id ?? "";
      const lines = Array.from({ length: 1500 }, (_, index) => line(`line ${index} 表`));
      await store().logs.append(id, "migrate", lines.slice(0, 1200));
      await store().logs.append(id, "migrate", lines.slice(1200));
      await store().logs.append(id, "other", [line("other")]);
      await store().logs.append(id, "migrate", []);
      expect(await store().logs.read(id, "migrate", 5000)).toEqual(lines);
      expect(await store().logs.count(id, "migrate")).toBe(1500);
      expect(await store().logs.count("no-such-run", "migrate")).toBe(0);
      expect(await store().logs.read(id, "migrate", 2)).toEqual(lines.slice(-2));
      expect(await store().logs.read("no-such-run", "migrate", 2)).toEqual([]);
    });

    it("are kept once, however often they are written: what was written before a crash is written again after it", async () => {
      const [run] = await history(store(), newProject(), 1);
      const id = run?.id ?? "";
      const twice = [line("waiting"), line("waiting"), { ...line("waiting"), pod: "migrate-y" }];
      await store().logs.append(id, "migrate", twice);
      await store().logs.append(id, "migrate", [...twice, line("done")]);
      await Promise.all([1, 2].map(() => store().logs.append(id, "migrate", [...twice, line("done")])));
      expect(await store().logs.read(id, "migrate", 99)).toEqual([...twice, line("done")]);
      await store().logs.append(id, "other", [line("done")]);
      expect(await store().logs.read(id, "other", 99)).toEqual([line("done")]);
    });

    it("keep what a program prints, with U+0000 made visible", async () => {
      const [run] = await history(store(), newProject(), 1);
      await store().logs.append(run?.id ?? "", "migrate", [line("a\u0000b\u001b[31m\ttab '\" \\ \ud83d\ude00")]);
      expect(await store().logs.read(run?.id ?? "", "migrate", 9)).toEqual([
        line("a\ufffdb\u001b[31m\ttab '\" \\ \ud83d\ude00"),
      ]);
    });

    it("are found by the newest run that has one", async () => {
      const project = newProject();
      const [one, two] = await history(store(), project, 3);
      expect(await store().logs.latestRun(project, "shop", "migrate")).toBeNull();
      for (const run of [one, two]) await store().logs.append(run?.id ?? "", "migrate", [line("done")]);
      await store().logs.append(one?.id ?? "", "seed", [line("done")]);
      expect(await store().logs.latestRun(project, "shop", "migrate")).toBe(two?.id);
      expect(await store().logs.latestRun(project, "shop", "seed")).toBe(one?.id);
      expect(await store().logs.latestRun(newProject(), "shop", "migrate")).toBeNull();
    });
  });
}

function tokens(store: () => Store): void {
  describe("tokens and settings", () => {
    it("finds tokens by hash only, and forgets removed ones", async () => {
      const id = newProject();
      const token: Token = {
        id,
        name: `laptop of ${id}`,
        project: "*",
        role: "admin",
        createdAt: AT,
        expiresAt: null,
        madeBy: null,
      };
      const expiring: Token = {
        ...token,
        id: `${id}-2`,
        name: `phone of ${id}`,
        project: "shop",
        role: "read",
        expiresAt: AT,
        madeBy: "laptop",
      };
      expect(await store().tokens.add(token, `hash of ${id}`)).toBe(true);
      expect(await store().tokens.add(expiring, `other hash of ${id}`)).toBe(true);
      expect(await store().tokens.byHash(`hash of ${id}`)).toEqual(token);
      expect(await store().tokens.byHash(`other hash of ${id}`)).toEqual(expiring);
      expect(await store().tokens.byHash(id)).toBeNull();
      expect(await store().tokens.list()).toEqual(expect.arrayContaining([token, expiring]));
      const third = { ...token, id: `${id}-3`, name: `third of ${id}` };
      await expect(store().tokens.add(third, `hash of ${id}`)).rejects.toThrow();
      expect(await store().tokens.remove(id)).toBe(true);
      expect(await store().tokens.remove(id)).toBe(false);
      expect(await store().tokens.byHash(`hash of ${id}`)).toBeNull();
    });

    it("gives a name to one token at a time, of all that come at once", async () => {
      const id = newProject();
      const token = { name: id, role: "write", createdAt: AT, expiresAt: null, madeBy: null } as const;
      const add = (number: number, project: string) =>
        store().tokens.add({ ...token, id: `${id}-${number}`, project }, `hash ${number} of ${id}`);
      const added = await Promise.all(["a", "b", "*", "a"].map((project, number) => add(number, project)));
      expect(added.filter((one) => one)).toHaveLength(1);
      expect((await store().tokens.list()).filter((one) => one.name === id)).toHaveLength(1);
      await store().tokens.remove(`${id}-${added.indexOf(true)}`);
      expect(await add(9, "a")).toBe(true);
    });

    it("keeps the first value of a setting, for all who come at once", async () => {
      const name = newProject();
      const values = await Promise.all(["a", "b", "c"].map((value) => store().setting(name, value)));
      expect(new Set(values).size).toBe(1);
      expect(await store().setting(name, "later")).toBe(values[0]);
    });
  });
}
