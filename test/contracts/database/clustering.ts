// Contract: registered clusters.
import { describe, expect, it } from "vitest";
import { INSTALLATION } from "../../../src/model/run/event.ts";
import type { RegisteredCluster } from "../../../src/ports/clusterRegistry.ts";
import type { Store } from "../../../src/ports/store.ts";
import { AT, anObject, finish, newProject, newRun, started } from "./fixtures.ts";

function aCluster(name: string, changes: Partial<RegisteredCluster> = {}): RegisteredCluster {
  return {
    name,
    way: { server: "https://10.0.0.1:6443", insecure: false, auth: "token" },
    user: "system:serviceaccount:kubemin:kubemin",
    uid: "4f5c",
    target: "sealed:v1:abc",
    projects: ["shop"],
    calls: 16,
    generation: 1,
    createdAt: AT,
    updatedAt: AT,
    actor: "ada",
    ...changes,
  };
}

export function clustering(either: () => Store): void {
  describe("registered clusters", () => {
    const named = async (name: string) => (await either().clusters.list()).find((one) => one.name === name);

    it("are kept as they were given, under a name that is free", async () => {
      const cluster = aCluster("kept");
      expect(await either().clusters.add(cluster)).toBe(true);
      expect(await either().clusters.add({ ...cluster, uid: "other" })).toBe(false);
      expect(await named("kept")).toEqual(cluster);
    });

    it("are changed by whoever saw the last change", async () => {
      await either().clusters.add(aCluster("changed"));
      const next = aCluster("changed", { generation: 2, projects: [], calls: 3 });
      expect(await either().clusters.update(next)).toBe(true);
      expect(await either().clusters.update({ ...next, calls: 4 })).toBe(false);
      expect(await named("changed")).toEqual(next);
      expect(await either().clusters.update(aCluster("never-there", { generation: 2 }))).toBe(false);
    });

    it("tell everybody of every change, without what is sealed", async () => {
      const before = await either().events.latest();
      await either().clusters.add(aCluster("told"));
      await either().clusters.update(aCluster("told", { generation: 2 }));
      await either().clusters.remove("told", { forget: false, actor: "bob" });
      const events = await either().events.after({ project: INSTALLATION }, before, 10);
      expect(events.map(({ type, data }) => [type, data])).toEqual([
        ["cluster.changed", { cluster: "told", change: "added", actor: "ada" }],
        ["cluster.changed", { cluster: "told", change: "updated", actor: "ada" }],
        ["cluster.changed", { cluster: "told", change: "removed", actor: "bob" }],
      ]);
    });

    it("are not removed while something runs on them, nor with applications unless these are forgotten", async () => {
      const project = newProject();
      const cluster = `used-by-${project}`;
      await either().clusters.add(aCluster(cluster));
      const run = await started(either(), newRun(project, { cluster }));
      await either().inventory.put([anObject(project, { cluster })]);
      const remove = (forget: boolean) => either().clusters.remove(cluster, { forget, actor: "ada" });
      const used = { outcome: "used", applications: [`${project}/shop`], count: 1 };
      expect(await remove(true)).toEqual({ ...used, runs: 1 });
      await finish(either(), run);
      expect(await remove(false)).toEqual({ ...used, runs: 0 });
      expect(await named(cluster)).toBeDefined();
      expect(await remove(true)).toEqual({ outcome: "removed" });
      expect(await remove(true)).toEqual({ outcome: "missing" });
      expect(await either().applications.get(project, "shop")).toBeNull();
      expect(await either().inventory.list(project, "shop")).toEqual([]);
      // The history of the application on the removed cluster stays, and its revision numbers continue.
      expect(await either().runs.get(run.id)).not.toBeNull();
      expect(await either().applications.nextRevisionNumber(project, "shop")).toBe(2);
    });
  });
}
