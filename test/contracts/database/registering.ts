// Contract: registered job types, their grants and stops, and the number that shows a process that its copy is
// outdated.
import { describe, expect, it } from "vitest";
import type { RegisteredVersion } from "../../../src/ports/registrations.ts";
import type { Store } from "../../../src/ports/store.ts";
import { AT, anEvent, newProject } from "./fixtures.ts";

let counter = 0;
const LATER = "2026-01-02T03:05:00.000Z";

function aVersion(changes: Partial<RegisteredVersion> = {}): RegisteredVersion {
  return {
    name: `type-${++counter}`,
    version: "1.0.0",
    owner: newProject(),
    document: { kind: "JobType", spec: { version: "1.0.0" } },
    standing: "draft",
    checks: [{ check: "shape", result: "ok", problems: [] }],
    until: null,
    replacedBy: null,
    sampleRun: null,
    registeredBy: "ada",
    registeredAt: AT,
    changedBy: "ada",
    changedAt: AT,
    ...changes,
  };
}

const told = ({ owner }: RegisteredVersion) => anEvent(owner, { type: "job-type.changed" });

export function registering(store: () => Store): void {
  describe("registrations", () => {
    it("are kept by name and version; a name belongs to the project that had it first", async () => {
      const first = aVersion();
      const before = await store().registrations.revision();
      expect(await store().registrations.add(first, told(first))).toBe("added");
      expect(await store().registrations.add(first, told(first))).toBe("exists");
      const foreign = { ...first, version: "2.0.0", owner: newProject() };
      expect(await store().registrations.add(foreign, told(foreign))).toBe("taken");
      const second = { ...first, version: "1.1.0" };
      expect(await store().registrations.add(second, told(second))).toBe("added");
      const news = await store().registrations.after(before);
      expect(news.versions).toEqual([first, second]);
      expect(news.revision).toBe(await store().registrations.revision());
      expect((await store().registrations.after(news.revision)).versions).toEqual([]);
    });

    it("tell of what was written, and of nothing that was refused", async () => {
      const version = aVersion();
      const latest = await store().events.latest();
      await store().registrations.add(version, told(version));
      await store().registrations.add(version, told(version));
      const events = await store().events.after({ project: version.owner }, latest, 10);
      expect(events.map((one) => one.type)).toEqual(["job-type.changed"]);
    });

    it("change only from where they are thought to stand", async () => {
      const version = aVersion();
      await store().registrations.add(version, told(version));
      const { revision } = await store().registrations.after(0);
      const { name } = version;
      const change = { name, version: "1.0.0", from: "draft", by: "bob", at: LATER } as const;
      expect(
        await store().registrations.change(
          { ...change, to: { standing: "active", sampleRun: "run-1" } },
          told(version),
        ),
      ).toBe(true);
      expect(await store().registrations.change({ ...change, to: { standing: "validated" } }, told(version))).toBe(
        false,
      );
      const { versions } = await store().registrations.after(revision);
      expect(versions).toEqual([
        { ...version, standing: "active", sampleRun: "run-1", changedBy: "bob", changedAt: LATER },
      ]);
      const to = { standing: "deprecated", until: "2027-01-01", replacedBy: "other", sampleRun: null } as const;
      expect(await store().registrations.change({ ...change, from: "active", to }, told(version))).toBe(true);
      expect((await store().registrations.after(revision)).versions[0]).toMatchObject(to);
    });

    it("have one grant for each project: the last one", async () => {
      const version = aVersion();
      const grant = {
        type: version.name,
        project: "team",
        grants: { network: ["a:1"] },
        grantedBy: "root",
        grantedAt: AT,
      };
      const own = async () => (await store().registrations.after(0)).grants.filter((one) => one.type === version.name);
      const before = await store().registrations.revision();
      await store().registrations.grant(grant, told(version));
      await store().registrations.grant({ ...grant, grants: {}, grantedAt: LATER }, told(version));
      expect(await own()).toEqual([{ ...grant, grants: {}, grantedAt: LATER }]);
      expect(await store().registrations.revision()).toBeGreaterThan(before);
      expect(await store().registrations.revoke(version.name, "team", told(version))).toBe(true);
      expect(await store().registrations.revoke(version.name, "team", told(version))).toBe(false);
      expect(await own()).toEqual([]);
    });

    it("are stopped for a reason that stays, until somebody releases them", async () => {
      const version = aVersion();
      const type = version.name;
      const stop = { type, project: null, kind: "disabled", detail: "burns", by: "root", at: AT } as const;
      const own = async () => (await store().registrations.after(0)).stops.filter((one) => one.type === type);
      expect(await store().registrations.stop(stop, told(version))).toBe(true);
      expect(await store().registrations.stop({ ...stop, detail: "again" }, told(version))).toBe(false);
      const quarantined = { ...stop, project: "team", kind: "quarantined", detail: "Error: a\0b" } as const;
      const elsewhere = { ...quarantined, project: "other", detail: "Error: c" };
      expect(await store().registrations.stop(quarantined, told(version))).toBe(true);
      expect(await store().registrations.stop(quarantined, told(version))).toBe(false);
      expect(await store().registrations.stop(elsewhere, told(version))).toBe(true);
      expect(await own()).toEqual([stop, elsewhere, { ...quarantined, detail: "Error: a\ufffdb" }]);
      expect(await store().registrations.release(type, ["quarantined"], told(version))).toBe(true);
      expect(await own()).toEqual([stop]);
      expect(await store().registrations.release(type, ["withdrawn"], told(version))).toBe(false);
      expect(await store().registrations.release(type, ["withdrawn", "disabled"], told(version))).toBe(true);
      expect(await own()).toEqual([]);
    });

    it("are counted in a row when they throw, until one comes back or somebody releases them", async () => {
      const version = aVersion();
      const type = version.name;
      const { registrations } = store();
      const own = async () =>
        (await registrations.after(0)).throws.find((one) => one.type === type && one.project === "team")?.throws;
      expect(await own()).toBeUndefined();
      expect(await registrations.threw(type, "other")).toBe(1);
      const before = await registrations.revision();
      const counted = await Promise.all([registrations.threw(type, "team"), registrations.threw(type, "team")]);
      expect(new Set(counted)).toEqual(new Set([1, 2]));
      expect(await registrations.revision()).toBe(before + 2);
      expect(await own()).toBe(2);
      await registrations.returned(type, "team");
      await registrations.returned(type, "team");
      expect(await own()).toBeUndefined();
      expect(await registrations.threw(type, "team")).toBe(1);
      expect(await registrations.threw(type, "other"), "the other project's are its own").toBe(2);
      const stop = { type, project: "team", kind: "quarantined", detail: "", by: "kubemin", at: AT } as const;
      await registrations.stop(stop, told(version));
      await registrations.release(type, ["quarantined"], told(version));
      expect(await own()).toBeUndefined();
    });

    it("lose no change when many come at once", async () => {
      const before = await store().registrations.revision();
      const versions = Array.from({ length: 12 }, () => aVersion());
      await Promise.all(versions.map((one) => store().registrations.add(one, told(one))));
      const news = await store().registrations.after(before);
      expect(news.versions.map((one) => one.name).sort()).toEqual(versions.map((one) => one.name).sort());
      expect(news.revision).toBe(before + 12);
    });
  });
}
