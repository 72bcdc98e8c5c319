// The contract of ports/dispatch.ts, for every implementation. Where many processes share the duties, the suite has two
// of them, and every wake goes through the other one. No test sleeps: a drive ends when the test says so, and the test
// continues when a drive starts.
import { afterEach, describe, expect, it } from "vitest";
import type { Dispatch, DriveOutcome, Duty, DutyTerms, Lease } from "../../../src/ports/dispatch.ts";

export interface Setting {
  readonly slots: number;
  readonly groupLimit?: number;
}

export interface Crew {
  /** The dispatches, one per process. */
  readonly dispatches: readonly Dispatch[];
  close(): Promise<void>;
}

export interface Implementation {
  readonly name: string;
  /** Number of processes that share the duties. Each has the number of slots of the setting. */
  readonly processes: number;
  create(setting: Setting): Promise<Crew>;
}

/** One drive of a duty, which lasts until the test ends it. */
export interface Look {
  readonly duty: Duty;
  readonly process: number;
  readonly lease: Lease;
  end(outcome?: DriveOutcome | Error): void;
  readonly woken: () => number;
}

export interface Stage {
  readonly crew: Crew;
  /** Resolves to the next drive that starts. */
  readonly next: () => Promise<Look>;
  /** The number of drives that have started and were not taken with `next`. */
  readonly waiting: () => number;
  readonly wake: (duty: Duty, terms?: DutyTerms) => Promise<void>;
}

const open: Crew[] = [];
/** Duties that the dispatch gave up. */
export const buried: Duty[] = [];

export async function stage(implementation: Implementation, setting: Setting): Promise<Stage> {
  const crew = await implementation.create(setting);
  open.push(crew);
  const looks: Look[] = [];
  const waiters: ((look: Look) => void)[] = [];
  const held = new Set<Duty>();
  let turn = 0;
  const bury = async (duty: Duty): Promise<void> => void buried.push(duty);
  for (const [process, dispatch] of crew.dispatches.entries())
    await dispatch.start(async (duty, lease) => {
      if (held.has(duty)) throw new Error(`${duty} is looked after by two at once`);
      held.add(duty);
      const { promise, resolve, reject } = Promise.withResolvers<DriveOutcome>();
      let woken = 0;
      lease.onWake(() => woken++);
      lease.signal.addEventListener("abort", () => resolve("done"), { once: true });
      const end = (outcome: DriveOutcome | Error = "done"): void =>
        outcome instanceof Error ? reject(outcome) : resolve(outcome);
      const look: Look = { duty, process, lease, end, woken: () => woken };
      const waiter = waiters.shift();
      if (waiter === undefined) looks.push(look);
      else waiter(look);
      return promise.finally(() => held.delete(duty));
    }, bury);
  return {
    crew,
    waiting: () => looks.length,
    next: () => {
      const look = looks.shift();
      return look === undefined ? new Promise((resolve) => waiters.push(resolve)) : Promise.resolve(look);
    },
    wake: async (duty, terms) => {
      const { dispatches } = crew;
      await dispatches[turn++ % dispatches.length]?.wake(duty, terms);
    },
  };
}

export function dispatchContract(implementation: Implementation): void {
  describe(`dispatch ${implementation.name}`, () => {
    afterEach(async () => {
      for (const crew of open.splice(0)) await crew.close();
    });
    waking(implementation);
    waiting(implementation);
    choosing(implementation);
    stopping(implementation);
  });
}

function waking(implementation: Implementation): void {
  it("hands out what was woken, also what was woken before anybody looked", async () => {
    const { next, wake } = await stage(implementation, { slots: 10 });
    await Promise.all([wake("run/a"), wake("run/b")]);
    const looks = [await next(), await next()];
    expect(looks.map((look) => look.duty).sort()).toEqual(["run/a", "run/b"]);
    for (const look of looks) {
      expect(look.lease.holds()).toBe(true);
      look.end();
    }
  });

  it("tells the holder that something happened, through whichever process; it is never held twice", async () => {
    const { next, wake } = await stage(implementation, { slots: 10 });
    await wake("run/a");
    const look = await next();
    for (let count = 0; count < 20; count++) await wake("run/a");
    await expect.poll(look.woken).toBeGreaterThan(0);
    look.end();
    // The duty is driven once or twice more, because the dispatch cannot know whether the wake came after the last
    // look. Then no drive follows.
    const more = [await next()];
    await wake("run/b");
    for (let last = more[0]; last?.duty === "run/a"; last = more.at(-1)) {
      last.end();
      more.push(await next());
    }
    expect(more.length).toBeGreaterThan(1);
    expect(more.length).toBeLessThanOrEqual(4);
  });

  it("forgets what is done", async () => {
    const { next, wake, crew } = await stage(implementation, { slots: 10 });
    await wake("run/a");
    (await next()).end();
    await expect.poll(() => crew.dispatches.reduce((sum, one) => sum + one.state().held, 0)).toBe(0);
    await wake("run/a");
    expect((await next()).duty).toBe("run/a");
  });

  it("ensures that every duty is held or waits, and disturbs none that is", async () => {
    const { next, wake, crew } = await stage(implementation, { slots: 10 });
    const soon = new Date(Date.now() + 3_600_000);
    await wake("run/held");
    const held = await next();
    await wake("run/later", { at: soon });
    const duties = ["run/held", "run/later", "run/lost"] as const;
    await crew.dispatches[0]?.ensure(duties.map((duty) => ({ duty, terms: { group: "p" } })));
    const found = await next();
    expect(found.duty).toBe("run/lost");
    expect(held.woken()).toBe(0);
    held.end();
    found.end();
    await wake("run/other");
    expect((await next()).duty).toBe("run/other");
  });
}

function waiting(implementation: Implementation): void {
  it("hands out again at the time that the drive named, and not before", async () => {
    const { next, wake } = await stage(implementation, { slots: 10 });
    await wake("run/a");
    const at = new Date(Date.now() + 1_500);
    (await next()).end({ again: at });
    expect((await next()).duty).toBe("run/a");
    expect(Date.now()).toBeGreaterThanOrEqual(at.getTime());
  });

  it("hands out earlier what is woken, and only once", async () => {
    const { next, wake } = await stage(implementation, { slots: 10 });
    await wake("run/a");
    (await next()).end({ again: new Date(Date.now() + 3_600_000) });
    await wake("run/a");
    (await next()).end({ again: null });
    await wake("run/a");
    (await next()).end();
    await wake("run/b");
    expect((await next()).duty).toBe("run/b");
  });

  it("begins nothing before its time, and at once when it is woken without one", async () => {
    const { next, wake } = await stage(implementation, { slots: 10 });
    await wake("run/later", { at: new Date(Date.now() + 3_600_000) });
    await wake("run/now");
    expect((await next()).duty).toBe("run/now");
    await wake("run/later");
    expect((await next()).duty).toBe("run/later");
  });

  it("tries again what threw, later", async () => {
    const { next, wake } = await stage(implementation, { slots: 10 });
    await wake("run/a");
    const began = Date.now();
    (await next()).end(new Error("the store is away"));
    const again = await next();
    expect(again.duty).toBe("run/a");
    expect(Date.now() - began).toBeGreaterThanOrEqual(900);
    again.end();
  });
}

function choosing(implementation: Implementation): void {
  const { processes } = implementation;

  it("says of what is due and not looked after why, and who has the places", async () => {
    const { next, wake, crew } = await stage(implementation, { slots: 10, groupLimit: 2 });
    const later = new Date(Date.now() + 3_600_000);
    await wake("run/a", { group: "p" });
    await wake("run/b", { group: "p" });
    const looks = [await next(), await next()];
    await wake("run/c", { group: "p" });
    await wake("run/other", { group: "q", at: later });
    const asked = ["run/a", "run/b", "run/c", "run/other", "run/unknown"] as const;
    for (const dispatch of crew.dispatches) {
      const line = await dispatch.queued(asked);
      expect([...line.keys()]).toEqual(["run/c"]);
      const { holders = [], ...place } = line.get("run/c") ?? {};
      expect(place).toEqual({ because: "group", limit: 2 });
      expect([...holders].sort()).toEqual(["run/a", "run/b"]);
    }
    looks[0]?.end();
    expect((await next()).duty).toBe("run/c");
    for (const dispatch of crew.dispatches) expect(await dispatch.queued(asked)).toEqual(new Map());
  });

  it("takes the higher priority first, then what waits longest", async () => {
    const { next, wake } = await stage(implementation, { slots: 1 });
    const first: Look[] = [];
    for (let count = 0; count < processes; count++) {
      await wake(`run/first-${count}`);
      first.push(await next());
    }
    for (const name of ["low", "normal-1", "normal-2", "high"])
      await wake(`run/${name}`, { priority: name === "low" ? -1 : name === "high" ? 1 : 0 });
    // Only one slot takes further duties and the others stay taken, so the order is that of the queue.
    const order: Duty[] = [];
    let look = first[0];
    for (let count = 0; count < 4; count++) {
      look?.end();
      look = await next();
      order.push(look.duty);
    }
    expect(order).toEqual(["run/high", "run/normal-1", "run/normal-2", "run/low"]);
  });

  it("keeps a slot from a group that would take all, and lets the newcomer catch up", async () => {
    const slots = 4;
    const { next, wake, waiting } = await stage(implementation, { slots });
    for (let count = 0; count < 30; count++) await wake(`run/crowd-${count}`, { group: "crowd" });
    const crowd: Look[] = [];
    for (let count = 0; count < processes * 3; count++) crowd.push(await next());
    await wake("run/new-1", { group: "new" });
    expect((await next()).duty).toBe("run/new-1");
    // The next free slot goes to the new group too, although many duties of the other group have waited longer.
    await wake("run/new-2", { group: "new" });
    if (processes === 1) {
      crowd[0]?.end();
      expect((await next()).duty).toBe("run/new-2");
    } else expect((await next()).duty).toBe("run/new-2");
    expect(waiting()).toBe(0);
  });

  it("holds no more of a group than its limit, by all processes together", async () => {
    const { next, wake, waiting } = await stage(implementation, { slots: 10, groupLimit: 2 });
    for (let count = 0; count < 5; count++) await wake(`run/a-${count}`, { group: "a" });
    const [first] = [await next(), await next()];
    await wake("run/b", { group: "b" });
    expect((await next()).duty).toBe("run/b");
    expect(waiting()).toBe(0);
    first?.end();
    expect((await next()).duty).toMatch(/^run\/a-[234]$/);
  });

  it("hands out what waits for a place of its group once it is woken for another group", async () => {
    const { next, wake, waiting } = await stage(implementation, { slots: 10, groupLimit: 1 });
    await wake("run/a", { group: "p" });
    await next();
    await wake("run/b", { group: "p" });
    await wake("run/c", { group: "p" });
    await wake("run/q", { group: "q" });
    expect((await next()).duty).toBe("run/q");
    expect(waiting()).toBe(0);
    await wake("run/c", { group: "run/c" });
    expect((await next()).duty).toBe("run/c");
    expect(waiting()).toBe(0);
  });

  it("takes another one while one rests", async () => {
    const { next, wake } = await stage(implementation, { slots: 1 });
    const resting: Look[] = [];
    for (let count = 0; count < processes + 3; count++) {
      await wake(`run/${count}`);
      const look = await next();
      look.lease.rest();
      resting.push(look);
    }
    expect(resting.every((look) => look.lease.holds())).toBe(true);
  });
}

function stopping(implementation: Implementation): void {
  it("aborts what is held when it stops, and begins nothing more", async () => {
    const { next, wake, crew } = await stage(implementation, { slots: 10 });
    await wake("run/a");
    const look = await next();
    const stopped = Promise.all(crew.dispatches.map((dispatch) => dispatch.stop()));
    await expect.poll(() => look.lease.signal.aborted).toBe(true);
    expect(look.lease.holds()).toBe(false);
    await stopped;
  });
}
