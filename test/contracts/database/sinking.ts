// Contract: event sinks, their position in the events, and which process delivers.
import { describe, expect, it } from "vitest";
import type { BlockedKey, Sink, SinkState } from "../../../src/ports/sinks.ts";
import type { Store } from "../../../src/ports/store.ts";
import { AT, anEvent, newProject } from "./fixtures.ts";

let counter = 0;

export function aSink(project: string, changes: Partial<Sink> = {}): Sink {
  return {
    id: `sink-${++counter}`,
    project,
    name: "hook",
    settings: { type: "webhook", address: "sealed:v1:abc" },
    filter: { events: ["run.finished"], application: null },
    secret: "sealed:v1:def",
    createdAt: AT,
    ...changes,
  };
}

const LATER = "2026-01-02T03:05:00.000Z";
const MUCH_LATER = "2026-01-02T04:00:00.000Z";
const claimOf = (owner: string, now = AT, until = LATER) => ({ owner, now, until });

function heldKey(changes: Partial<BlockedKey> = {}): BlockedKey {
  return {
    application: "shop",
    run: "one",
    sequence: 7,
    failures: 1,
    since: AT,
    retryAt: LATER,
    dead: false,
    ...changes,
  };
}

async function fresh(store: Store, changes: Partial<Sink> = {}): Promise<Sink> {
  const sink = aSink(newProject(), changes);
  expect(await store.sinks.add(sink)).toBe(true);
  return sink;
}

export function sinking(store: () => Store): void {
  describe("sinks", () => {
    it("are kept by project and name, and begin with the next event", async () => {
      await store().events.append(anEvent(newProject()));
      const sink = await fresh(store());
      const latest = await store().events.latest();
      const state = {
        position: latest,
        failures: 0,
        failingSince: null,
        retryAt: null,
        dead: false,
        deliveredAt: null,
        failure: null,
      };
      expect(await store().sinks.get(sink.project, "hook")).toEqual({ sink, state, held: [] });
      expect(await store().sinks.add(aSink(sink.project))).toBe(false);
      const kafka = { type: "kafka", brokers: ["one:9092"], topic: "events" } as const;
      const other = aSink(sink.project, { name: "broker", settings: kafka, secret: null });
      await store().sinks.add(other);
      expect((await store().sinks.list(sink.project)).map((one) => one.sink)).toEqual([other, sink]);
      expect((await store().sinks.list()).length).toBeGreaterThanOrEqual(2);
      expect(await store().sinks.get(sink.project, "none")).toBeNull();
    });

    it("tell who subscribed when one is added, removed or resumed", async () => {
      const one = store();
      let calls = 0;
      const leave = one.sinks.subscribe(() => calls++);
      const sink = await fresh(one);
      await one.sinks.add(aSink(sink.project));
      expect(calls).toBe(1);
      await one.sinks.resume(sink.project, "hook", AT);
      await one.sinks.remove(sink.project, "hook");
      expect(calls).toBe(3);
      leave();
    });

    it("are delivered by one at a time, until the claim is given back or ends by itself", async () => {
      const { id } = await fresh(store());
      const claims = await Promise.all(["a", "b", "c"].map((owner) => store().sinks.lease(id, claimOf(owner))));
      expect(claims.filter((one) => one !== null)).toHaveLength(1);
      const winner = ["a", "b", "c"][claims.findIndex((one) => one !== null)] ?? "";
      expect(await store().sinks.lease(id, claimOf(winner))).not.toBeNull();
      expect(await store().sinks.lease(id, claimOf("d"))).toBeNull();
      expect(await store().sinks.lease(id, claimOf("d", MUCH_LATER, MUCH_LATER))).not.toBeNull();
      await store().sinks.yield(id, winner);
      expect(await store().sinks.lease(id, claimOf(winner))).toBeNull();
      await store().sinks.yield(id, "d");
      expect(await store().sinks.lease(id, claimOf(winner))).not.toBeNull();
      expect(await store().sinks.lease("none", claimOf("d"))).toBeNull();
    });

    it("write their progress and what they hold back together, and only with the claim", async () => {
      const { id, project } = await fresh(store());
      const claimed = await store().sinks.lease(id, claimOf("me"));
      const state: SinkState = {
        position: 5_000_000_000,
        failures: 2,
        failingSince: AT,
        retryAt: LATER,
        dead: false,
        deliveredAt: AT,
        failure: { code: "UnexpectedStatus", params: { host: "hooks", status: 500 } },
      };
      const hold = [heldKey({ sequence: 9 }), heldKey({ run: null, sequence: 8 })];
      expect(await store().sinks.progress({ sink: id, owner: "other", state, blocked: hold, release: [] })).toBe(false);
      expect(await store().sinks.get(project, "hook")).toEqual(claimed);
      expect(await store().sinks.progress({ sink: id, owner: "me", state, blocked: hold, release: [] })).toBe(true);
      expect(await store().sinks.get(project, "hook")).toMatchObject({ state, held: [hold[1], hold[0]] });
      const again = heldKey({ sequence: 12, failures: 3, dead: true });
      const release = [{ application: "shop", run: null }];
      await store().sinks.progress({ sink: id, owner: "me", state, blocked: [again], release });
      expect((await store().sinks.get(project, "hook"))?.blocked).toEqual([again]);
    });

    it("are tried again when somebody says so, whoever is at it then has lost the claim", async () => {
      const { id, project } = await fresh(store());
      const claimed = await store().sinks.lease(id, claimOf("me"));
      const state = { ...(claimed?.state as SinkState), failures: 9, failingSince: AT, retryAt: LATER, dead: true }; // it was claimed
      await store().sinks.progress({ sink: id, owner: "me", state, blocked: [heldKey({ dead: true })], release: [] });
      expect(await store().sinks.resume(project, "hook", MUCH_LATER)).toBe(true);
      expect(await store().sinks.get(project, "hook")).toMatchObject({
        state: { failures: 0, failingSince: null, retryAt: null, dead: false },
        held: [{ dead: false, failures: 0, retryAt: MUCH_LATER, since: MUCH_LATER, sequence: 7 }],
      });
      expect(await store().sinks.progress({ sink: id, owner: "me", state, blocked: [], release: [] })).toBe(false);
      expect(await store().sinks.resume(project, "none", AT)).toBe(false);
    });

    it("are removed with what they hold, under the feet of whoever delivers", async () => {
      const { id, project } = await fresh(store());
      const claimed = await store().sinks.lease(id, claimOf("me"));
      const state = claimed?.state as SinkState; // it was claimed
      await store().sinks.progress({ sink: id, owner: "me", state, blocked: [heldKey()], release: [] });
      expect(await store().sinks.remove(project, "hook")).toBe(true);
      expect(await store().sinks.remove(project, "hook")).toBe(false);
      expect(await store().sinks.progress({ sink: id, owner: "me", state, blocked: [heldKey()], release: [] })).toBe(
        false,
      );
      expect(await store().sinks.list(project)).toEqual([]);
    });

    it("know what they have not delivered, by number and since when", async () => {
      const { project } = await fresh(store());
      const lag = async (held: readonly BlockedKey[] = []) => {
        const stored = await store().sinks.get(project, "hook");
        if (stored === null) throw new Error("the sink is gone");
        return await store().sinks.lag({ ...stored, blocked: held });
      };
      expect(await lag()).toEqual({ events: 0, since: null });
      await store().events.append(anEvent(newProject()));
      expect(await lag()).toEqual({ events: 0, since: null });
      await store().events.append(anEvent(project));
      await store().events.append(anEvent(project));
      expect(await lag()).toEqual({ events: 2, since: AT });
      expect(await lag([heldKey({ sequence: 1 })])).toEqual({ events: 2, since: AT });
    });
  });
}
