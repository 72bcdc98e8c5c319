// The dispatch contract on pg-boss with two dispatches, as two processes would have, and tests that need many
// processes: handing over duties, and lost processes.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PgBossOptions } from "../../../src/dispatch/postgres/options.ts";
import { type PgBossDispatch, pgBossDispatch } from "../../../src/dispatch/postgres/pgBoss.ts";
import { systemClock } from "../../../src/engine/systemClock.ts";
import { POSTGRES, type TestDatabase } from "../database/backends.ts";
import { buried, dispatchContract, type Implementation, type Setting, stage } from "./contract.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await POSTGRES.create();
});
afterAll(() => database.remove());

const log = { write: () => {} };

function open(more: Partial<PgBossOptions>): Promise<PgBossDispatch> {
  return pgBossDispatch({
    url: database.address,
    log,
    clock: systemClock,
    slots: 10,
    works: true,
    ...more,
  });
}

const PG_BOSS: Implementation = {
  name: "by pg-boss",
  processes: 2,
  async create(setting: Setting) {
    const dispatches = await Promise.all([open(setting), open(setting)]);
    await database.sql("delete from kubemin_queue.job");
    return {
      dispatches,
      close: async () => {
        for (const dispatch of dispatches) {
          await dispatch.stop();
          await dispatch.close();
        }
      },
    };
  },
};

dispatchContract(PG_BOSS);

describe("many processes", () => {
  it("hand over what they hold when they stop: another one goes on at once", async () => {
    const { next, wake, crew } = await stage(PG_BOSS, { slots: 10 });
    await wake("run/a");
    const look = await next();
    const began = Date.now();
    await crew.dispatches[look.process]?.stop();
    const taken = await next();
    expect(taken).toMatchObject({ duty: "run/a", process: 1 - look.process });
    expect(Date.now() - began).toBeLessThan(2_000);
    await crew.close();
  });

  it("do not wait for one that is gone when nobody else is there", async () => {
    const { next, wake, crew } = await stage(PG_BOSS, { slots: 10 });
    await wake("run/a");
    await next();
    // The state after a process was killed: its connections are closed, and the entry still has the state "active".
    await database.sql("update kubemin_queue.job set id = gen_random_uuid() where state = 'active'");
    await crew.close();
    expect(await database.sql("select state from kubemin_queue.job where state = 'active'")).toHaveLength(1);
    const began = Date.now();
    const dispatch = await open({});
    const taken = Promise.withResolvers<void>();
    await dispatch.start(async () => {
      taken.resolve();
      return "done";
    });
    await taken.promise;
    expect(Date.now() - began).toBeLessThan(5_000);
    await dispatch.stop();
    await dispatch.close();
  });

  it("find what was told to a process that only wakes", async () => {
    const { next, crew } = await stage(PG_BOSS, { slots: 10 });
    const api = await open({ works: false });
    await api.wake("run/a", { group: "p", priority: 1 });
    expect((await next()).duty).toBe("run/a");
    expect(api.state()).toEqual({ held: 0, resting: 0, slots: 0 });
    await api.stop();
    await api.close();
    await crew.close();
  });

  it("lose what they hold as soon as the queue says so, and believe in it no longer than others do", async () => {
    const { next, wake, crew } = await stage(PG_BOSS, { slots: 10 });
    await wake("run/a");
    const look = await next();
    await database.sql("update kubemin_queue.job set heartbeat_on = now() - interval '1 hour'");
    const taken = await next();
    expect(taken.duty).toBe("run/a");
    expect(look.lease.signal.aborted).toBe(true);
    expect(look.lease.holds()).toBe(false);
    await crew.close();
  });

  it("give up what nobody could keep", async () => {
    const { next, wake, crew } = await stage(PG_BOSS, { slots: 10 });
    await wake("run/poison");
    await next();
    await database.sql(
      "update kubemin_queue.job set retry_count = retry_limit, heartbeat_on = now() - interval '1 hour' where name = 'duties'",
    );
    await expect.poll(() => buried, { timeout: 15_000 }).toEqual(["run/poison"]);
    await crew.close();
  });
});
