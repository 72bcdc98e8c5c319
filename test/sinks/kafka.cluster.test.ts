// Tests Kafka sinks with a real broker. It belongs to the tests of the cluster because a broker starts slowly, although
// it needs no cluster.
import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { Admin, Consumer, type Message, stringDeserializers } from "@platformatic/kafka";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openSqlite } from "../../src/database/open.ts";
import { systemClock } from "../../src/engine/systemClock.ts";
import { createOutgoing } from "../../src/outgoing/outgoing.ts";
import type { Store } from "../../src/ports/store.ts";
import { type RunningSinks, startSinks } from "../../src/sinks/couriers.ts";
import { aesVault } from "../../src/vault/aesVault.ts";
import { type Kafka, startKafka } from "../../tools/kafka/kafka.ts";
import { anEvent } from "../contracts/database/fixtures.ts";

const vault = aesVault(randomBytes(32));
const log = { write: () => undefined };
const PARTITIONS = 3;

let kafka: Kafka;
let store: Store;
let running: RunningSinks;
let topic: string;
beforeAll(async () => {
  kafka = await startKafka();
});
afterAll(() => kafka.stop());
beforeEach(async () => {
  topic = `events-${randomBytes(4).toString("hex")}`;
  store = await openSqlite(":memory:");
});
afterEach(async () => {
  await running.stop();
  await store.close();
});

const start = async (over: Partial<Store> = {}, allow: readonly string[] = ["127.0.0.0/8"]): Promise<RunningSinks> => {
  const outgoing = createOutgoing({ allow, clock: systemClock });
  running = await startSinks({ store: { ...store, ...over }, vault, outgoing, clock: systemClock, log });
  return running;
};
const addSink = (brokers: readonly string[] = [kafka.broker]) =>
  store.sinks.add({
    id: "kafka-1",
    project: "default",
    name: "log",
    settings: { type: "kafka", brokers, topic },
    filter: { events: [], application: null },
    secret: null,
    createdAt: new Date().toISOString(),
  });
const append = (run: string, step: number) => store.events.append(anEvent("default", { run, data: { step } }));
const stateNow = async () => (await store.sinks.get("default", "log"))?.state;

async function createTopic(): Promise<void> {
  const admin = new Admin({ clientId: "test", bootstrapBrokers: [kafka.broker] });
  await admin.createTopics({ topics: [topic], partitions: PARTITIONS, replicas: 1 });
  await admin.close();
}

type Text = Message<string, string, string, string>;

/** Resolves with the first `count` messages of the topic. */
async function consume(count: number): Promise<readonly Text[]> {
  const consumer = new Consumer({
    clientId: "test",
    groupId: topic,
    bootstrapBrokers: [kafka.broker],
    deserializers: stringDeserializers,
  });
  const messages: Text[] = [];
  const stream = await consumer.consume({ topics: [topic], mode: "earliest", autocommit: false });
  for await (const message of stream) {
    messages.push(message);
    if (messages.length >= count) break;
  }
  await stream.close();
  await consumer.close(true);
  return messages;
}

const bodyOf = ({ value }: Text) =>
  // kubemin sends this shape.
  JSON.parse(value) as { readonly id: string; readonly run: string; readonly sequence: number };

describe("a Kafka sink", () => {
  it("gets every event, keyed by run, in the order of the run", async () => {
    await createTopic();
    await start();
    await addSink();
    for (let step = 1; step <= 60; step++) await append(`run-${step % 7}`, step);
    const messages = await consume(60);
    expect(new Set(messages.map((one) => one.headers.get("kubemin-event-id"))).size).toBe(60);
    expect(
      messages.every((one) => one.key === bodyOf(one).run && one.headers.get("kubemin-event-id") === bodyOf(one).id),
    ).toBe(true);
    for (let run = 0; run < 7; run++) {
      const own = messages.filter((one) => one.key === `run-${run}`);
      const sequences = own.map((one) => bodyOf(one).sequence);
      expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
      expect(new Set(own.map((one) => one.partition)).size).toBe(1);
    }
    await expect.poll(async () => (await stateNow())?.position).toBe(60);
  });

  it("repeats with the same ids what was delivered but not noted, and loses nothing", async () => {
    await createTopic();
    const died = Promise.withResolvers<void>();
    const progress = (): Promise<boolean> => {
      died.resolve();
      return new Promise(() => undefined);
    };
    void (await start({ sinks: { ...store.sinks, progress } }));
    await addSink();
    for (let step = 1; step <= 4; step++) await append("one", step);
    await died.promise;
    // The test gives back the lease of the dead process, because waiting for its end would take ninety seconds.
    const [sink] = await store.sinks.list();
    await store.sinks.resume("default", sink?.sink.name ?? "", new Date().toISOString());
    await start();
    await expect.poll(async () => (await stateNow())?.position, { timeout: 30_000 }).toBe(4);
    const messages = await consume(5);
    expect(new Set(messages.map((one) => bodyOf(one).id)).size).toBeLessThan(messages.length);
    expect(bodyOf(messages.at(-1) as Text).sequence).toBeLessThanOrEqual(4); // Five events were read.
  });

  it("says that the topic does not exist, and goes on when it does", async () => {
    await start();
    await addSink();
    await append("one", 1);
    await expect
      .poll(async () => (await stateNow())?.failure, { timeout: 30_000 })
      .toMatchObject({
        code: "BrokerRefused",
        params: { host: kafka.broker, detail: `Unknown topic ${topic}.` },
      });
    await createTopic();
    await store.sinks.resume("default", "log", new Date().toISOString());
    expect((await consume(1)).map((one) => bodyOf(one).sequence)).toEqual([1]);
  });

  it("says that no broker is there", async () => {
    await start();
    await addSink(["127.0.0.1:1"]);
    await append("one", 1);
    await expect.poll(async () => (await stateNow())?.failure?.code, { timeout: 30_000 }).toBe("BrokerRefused");
  });

  it("connects to no broker where the operator allows none", async () => {
    const sockets: Socket[] = [];
    const trap = createServer((socket) => void sockets.push(socket.on("error", () => undefined)));
    await new Promise<void>((resolve) => trap.listen(0, "127.0.0.1", resolve));
    const { port } = trap.address() as AddressInfo; // The server listens on TCP.
    await start({}, []);
    await addSink([`localhost:${port}`]);
    await append("one", 1);
    await expect.poll(async () => (await stateNow())?.failure?.code, { timeout: 30_000 }).toBe("ForbiddenAddress");
    expect(sockets).toEqual([]);
    trap.close();
  });

  it("does not follow a broker to an address that the operator does not allow", async () => {
    // The name in the settings is allowed, but the address that the Kafka cluster reports (127.0.0.1) is not.
    await createTopic();
    const [, port = ""] = kafka.broker.split(":");
    await start({}, ["localhost"]);
    await addSink([`localhost:${port}`]);
    await append("one", 1);
    await expect
      .poll(async () => (await stateNow())?.failure, { timeout: 30_000 })
      .toMatchObject({
        code: "ForbiddenAddress",
        params: { address: "127.0.0.1", range: "loopback" },
      });
  });
});
