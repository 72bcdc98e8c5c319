// Tests webhooks from end to end, with a real store, a real receiver and a test clock. The tests check what the
// receiver sees.
import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqlite } from "../../src/database/open.ts";
import { createOutgoing } from "../../src/outgoing/outgoing.ts";
import type { Sink } from "../../src/ports/sinks.ts";
import type { Store } from "../../src/ports/store.ts";
import { type RunningSinks, startSinks } from "../../src/sinks/couriers.ts";
import { aesVault } from "../../src/vault/aesVault.ts";
import { anEvent } from "../contracts/database/fixtures.ts";
import { createVirtualClock, type VirtualClock } from "../support/virtualClock.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

const SECRET = "what both sides know";
const HOUR = 3_600_000;
const vault = aesVault(randomBytes(32));
const log = { write: () => undefined };

let clock: VirtualClock;
let store: Store;
let receiver: Receiver;
let running: RunningSinks | undefined;

beforeEach(async () => {
  clock = createVirtualClock(new Date("2026-03-04T05:06:07Z"));
  store = await openSqlite(":memory:", { clock });
  receiver = await startReceiver();
});
afterEach(async () => {
  await stop();
  receiver.close();
  await store.close();
});

async function start(over: Partial<Store> = {}): Promise<void> {
  const outgoing = createOutgoing({ allow: ["127.0.0.1"], clock });
  running = await startSinks({ store: { ...store, ...over }, vault, outgoing, clock, log, random: () => 1 });
}

async function stop(): Promise<void> {
  await running?.stop();
  running = undefined;
}

async function addSink(changes: Partial<Sink> = {}): Promise<void> {
  await store.sinks.add({
    id: "hook-1",
    project: "default",
    name: "hook",
    settings: { type: "webhook", address: vault.seal("default", receiver.url) },
    filter: { events: [], application: null },
    secret: vault.seal("default", SECRET),
    createdAt: clock.now().toISOString(),
    ...changes,
  });
}

const append = (run: string | null, step: number, changes: Parameters<typeof anEvent>[1] = {}) =>
  store.events.append(anEvent("default", { run, data: { step }, ...changes }));
const stepsOf = (run: string | null) =>
  receiver.taken.filter((one) => one.run === run).map((one) => (one.body["data"] as { step: number }).step);
const state = async () => {
  const stored = await store.sinks.get("default", "hook");
  if (stored === null) throw new Error("the sink is gone");
  return stored;
};
/** Moves the test clock until the condition is true. The network works in real time meanwhile. */
async function passUntil(condition: () => boolean | Promise<boolean>, step = 1_000): Promise<void> {
  await expect
    .poll(
      async () => {
        if (await condition()) return true;
        await clock.advance(step);
        return false;
      },
      { interval: 5, timeout: 15_000 },
    )
    .toBe(true);
}

describe("a webhook", () => {
  it("gets each event of its project once, in order, signed, with an id that is nobody else's", async () => {
    await start();
    await addSink();
    for (let step = 1; step <= 25; step++) await append("one", step);
    await store.events.append(anEvent("other", { run: "foreign" }));
    await append(null, 26);
    await receiver.until(26);
    expect(stepsOf("one")).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
    expect(new Set(receiver.taken.map((one) => one.id)).size).toBe(26);
    const [first] = receiver.taken;
    expect(first?.headers).toMatchObject({
      "kubemin-event-id": first?.id,
      "kubemin-event-type": "job.changed",
      "kubemin-sink": "hook",
      "content-type": "application/json",
    });
    const outgoing = createOutgoing({ allow: [], clock });
    // Each of these headers has a single value.
    const message = { host: "us", headers: first?.headers as Record<string, string>, body: first?.text ?? "" };
    expect(() => outgoing.verify(message, SECRET)).not.toThrow();
    expect(() => outgoing.verify(message, "another")).toThrow();
    expect(receiver.calls.some((one) => one.run === "foreign")).toBe(false);
    await passUntil(async () => (await state()).state.position === 27);
  });

  it("gets what it asked for and nothing else, and no sealed value", async () => {
    await start();
    await addSink({ filter: { events: ["run.finished"], application: "shop" } });
    await append("one", 1);
    await append("one", 2, { type: "run.finished", application: "blog" });
    await append("one", 3, { type: "run.finished", data: { step: 3, message: "it said sealed:v1:abcDEF there" } });
    await receiver.until(1);
    expect(receiver.calls.map((one) => one.body["data"])).toEqual([{ step: 3, message: "it said •••••• there" }]);
  });

  it("that refuses one run does not hold up the others, and gets that run in order once it takes it", async () => {
    let poisoned = true;
    receiver.answer = ({ run }) => (poisoned && run === "bad" ? 500 : 200);
    await start();
    await addSink();
    for (let step = 1; step <= 40; step++) {
      await append("bad", step);
      await append(`good-${step % 3}`, step);
    }
    await receiver.until(40);
    expect(stepsOf("bad")).toEqual([]);
    // Only its first event was tried, because later ones must not overtake it.
    expect(new Set(receiver.calls.filter((one) => one.run === "bad").map((one) => one.sequence)).size).toBe(1);
    await passUntil(async () => (await state()).blocked.length === 1);
    poisoned = false;
    await passUntil(() => stepsOf("bad").length === 40);
    expect(stepsOf("bad")).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    await append("bad", 41);
    await passUntil(() => stepsOf("bad").length === 41);
    await passUntil(async () => (await state()).blocked.length === 0);
  });

  it("that is away is asked less and less often, then gets everything", async () => {
    receiver.answer = () => 503;
    await start();
    await addSink();
    for (let run = 1; run <= 30; run++) await append(`run-${run}`, run);
    await passUntil(async () => (await state()).state.failures >= 7);
    const during = await state();
    expect(during.state).toMatchObject({
      failure: { code: "UnexpectedStatus", params: { host: "127.0.0.1", status: 503 } },
    });
    expect(Date.parse(during.state.retryAt ?? "")).toBeGreaterThan(clock.now().getTime());
    // Thirty runs cause only the first few calls, and one call each time the breaker allows an attempt.
    const before = receiver.calls.length;
    expect(before).toBeLessThan(25);
    await clock.advance(HOUR);
    receiver.answer = () => 200;
    await passUntil(() => receiver.taken.length >= 30, 10_000);
    expect(new Set(receiver.taken.map((one) => one.run)).size).toBe(30);
    await passUntil(async () => (await state()).blocked.length === 0, 10_000);
    expect((await state()).state).toMatchObject({ failures: 0, failingSince: null, failure: null });
  });

  it("that took nothing for days is left alone until somebody says so; nothing is lost", async () => {
    receiver.answer = () => 500;
    await start();
    await addSink();
    for (let step = 1; step <= 3; step++) await append("one", step);
    await passUntil(async () => (await state()).state.dead, HOUR);
    const calls = receiver.calls.length;
    await clock.advance(48 * HOUR);
    expect(receiver.calls.length).toBe(calls);
    receiver.answer = () => 200;
    await append("two", 1);
    await store.sinks.resume("default", "hook", clock.now().toISOString());
    await passUntil(() => receiver.taken.length === 4);
    expect(stepsOf("one")).toEqual([1, 2, 3]);
  });

  it("that moved is told so, and not followed", async () => {
    receiver.answer = () => 307;
    await start();
    await addSink();
    await append("one", 1);
    await passUntil(async () => (await state()).state.failure !== null);
    expect((await state()).state.failure?.params).toMatchObject({ status: 307 });
  });

  it("goes on where it was after a stop, and after a sink was added while nobody ran", async () => {
    await start();
    await addSink();
    await append("one", 1);
    await receiver.until(1);
    await stop();
    await append("one", 2);
    await start();
    await receiver.until(2);
    expect(stepsOf("one")).toEqual([1, 2]);
  });

  it("is not called any more once it was removed", async () => {
    await start();
    await addSink();
    await append("one", 1);
    await receiver.until(1);
    await store.sinks.remove("default", "hook");
    await append("one", 2);
    await clock.advance(60_000);
    expect(receiver.calls).toHaveLength(1);
  });

  it("whose secret does not open says so, without the secret", async () => {
    await start();
    await addSink({ secret: aesVault(randomBytes(32)).seal("default", SECRET) });
    await append("one", 1);
    await passUntil(async () => (await state()).state.failure?.code === "SecretUnreadable");
    expect(receiver.calls).toEqual([]);
  });
});

describe("a crash between the delivery and the note of it", () => {
  it("repeats events with the same ids, loses none, and keeps the order of each run", async () => {
    // The process dies when it first tries to store its position, so nothing of it reaches the store.
    const died = Promise.withResolvers<void>();
    const dying: Store["sinks"] = {
      ...store.sinks,
      progress: () => {
        died.resolve();
        return new Promise(() => undefined);
      },
    };
    const outgoing = createOutgoing({ allow: ["127.0.0.1"], clock });
    void startSinks({ store: { ...store, sinks: dying }, vault, outgoing, clock, log });
    await addSink();
    for (let step = 1; step <= 5; step++) await append(`run-${step % 2}`, step);
    await died.promise;
    const before = receiver.taken.map((one) => one.id);
    expect(before.length).toBeGreaterThan(0);
    // Its lease remains for a while; then another process takes over.
    await start();
    await passUntil(() => receiver.taken.length >= before.length + 5, 10_000);
    const after = receiver.taken.slice(before.length);
    expect(before.every((id) => after.some((one) => one.id === id))).toBe(true);
    expect(new Set(receiver.taken.map((one) => one.id)).size).toBe(5);
    for (const run of ["run-0", "run-1"]) {
      const sequences = after.filter((one) => one.run === run).map((one) => one.sequence);
      expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    }
  });
});
