// Event and log streams: order, resuming, the end of a stream, slow clients, and clients that disconnect.

import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NewEvent } from "../../../src/model/run/event.ts";
import { startTestServer, type TestServer } from "../../support/testServer.ts";

let server: TestServer;
let closed: boolean;
let reads: number;
let onList: () => Promise<void>;
beforeEach(async () => {
  closed = false;
  reads = 0;
  onList = async () => undefined;
  server = await startTestServer({
    heartbeatMilliseconds: 20,
    store: (store) => ({
      ...store,
      applications: {
        ...store.applications,
        list: async (...args) => {
          await onList();
          return store.applications.list(...args);
        },
      },
      events: {
        ...store.events,
        after: (...args) => {
          reads += 1;
          return store.events.after(...args);
        },
      },
    }),
  });
});
afterEach(async () => {
  if (!closed) await server.close();
});

const EVENTS = "/api/v1/projects/default/events";

function event(text: string, more: Partial<NewEvent> = {}): NewEvent {
  return { project: "default", application: "shop", run: null, type: "application.changed", data: { text }, ...more };
}

async function append(...texts: string[]): Promise<void> {
  for (const text of texts) await server.dependencies.store.events.append(event(text));
}

/** Reads a stream until `enough` returns true, then disconnects. */
async function read(answer: Response, enough: (text: string) => boolean): Promise<string> {
  const reader = (answer.body ?? new ReadableStream<Uint8Array>()).pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!enough(text)) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
  }
  await reader.cancel();
  return text;
}

const textsOf = (stream: string): string[] => [...stream.matchAll(/"text":"(\w+)"/g)].map((match) => match[1] ?? "");
const idsOf = (stream: string): number[] => [...stream.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));

async function streamsOpen(count: number): Promise<void> {
  const metric = `kubemin_streams_open ${count}\n`;
  await expect.poll(async () => (await server.request("/metrics")).text()).toContain(metric);
}

describe("the event stream", () => {
  it("tells what happens from now on, each event with its type and its place", async () => {
    await append("before");
    const answer = await server.request(EVENTS);
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    await append("first", "second");
    const stream = await read(answer, (text) => textsOf(text).length === 2);
    expect(textsOf(stream)).toEqual(["first", "second"]);
    expect(stream).toMatch(/^id: 2\nevent: application.changed\ndata: \{.*\}\n\n/m);
  });

  it("resumes after Last-Event-ID or `after` without a gap or a double", async () => {
    await append("one", "two", "three", "four");
    const header = await server.request(EVENTS, { headers: { "last-event-id": "2" } });
    expect(idsOf(await read(header, (text) => idsOf(text).length === 2))).toEqual([3, 4]);
    const query = await server.request(`${EVENTS}?after=1`);
    expect(idsOf(await read(query, (text) => idsOf(text).length === 3))).toEqual([2, 3, 4]);
    // A browser reconnects to the same URL, so Last-Event-ID counts more than `after`.
    const both = await server.request(`${EVENTS}?after=0`, { headers: { "last-event-id": "3" } });
    expect(idsOf(await read(both, (text) => idsOf(text).length === 1))).toEqual([4]);
  });

  it("tells a client that is ahead of the server to load everything anew, then goes on", async () => {
    await append("one", "two");
    const answer = await server.request(EVENTS, { headers: { "last-event-id": "900" } });
    await append("three");
    const stream = await read(answer, (text) => textsOf(text).length === 1);
    expect(stream).toMatch(/^id: 2\nevent: resync\ndata: \{"sequence":2,.*"type":"resync"/m);
    expect(idsOf(stream)).toEqual([2, 3]);
  });

  it("loses nothing of a burst written while it reads", async () => {
    const answer = await server.request(`${EVENTS}?after=0`);
    const all = Array.from({ length: 350 }, (_, index) => `e${index}`);
    const writing = append(...all);
    const stream = await read(answer, (text) => textsOf(text).length >= 350);
    await writing;
    expect(textsOf(stream)).toEqual(all);
  });

  it("shows only the project, and the application when one is asked for", async () => {
    await server.dependencies.store.events.append(event("foreign", { project: "other" }));
    await server.dependencies.store.events.append(event("sibling", { application: "blog" }));
    await append("own");
    const project = await read(await server.request(`${EVENTS}?after=0`), (text) => textsOf(text).length === 2);
    expect(textsOf(project)).toEqual(["sibling", "own"]);
    const shop = await read(
      await server.request(`${EVENTS}?after=0&application=shop`),
      (text) => textsOf(text).length === 1,
    );
    expect(textsOf(shop)).toEqual(["own"]);
  });

  it("beats while nothing happens", async () => {
    expect(await read(await server.request(EVENTS), (text) => text.includes(": alive"))).toContain(": alive\n\n");
  });

  it("is let go when the client goes away", async () => {
    const gone = new AbortController();
    await server.request(EVENTS, { signal: gone.signal });
    await streamsOpen(1);
    gone.abort();
    await streamsOpen(0);
  });

  it("ends when its token is revoked", async () => {
    const token = await server.addToken({ role: "read" });
    const answer = await server.request(EVENTS, { token });
    const found = (await server.dependencies.store.tokens.list()).find((one) => one.role === "read");
    await server.dependencies.store.tokens.remove(found?.id ?? "");
    expect(await read(answer, () => false)).not.toContain("data:");
  });

  it("ends cleanly when the server stops, which then is quick", async () => {
    const answer = await server.request(EVENTS);
    const reading = read(answer, () => false);
    const start = performance.now();
    await server.close();
    closed = true;
    expect(performance.now() - start).toBeLessThan(4_000);
    expect(await reading).not.toContain("problem");
  });

  it("asks the store for no more than a slow client takes", async () => {
    // Forty megabytes are more than the buffers of two sockets can take.
    const big = "x".repeat(100_000);
    for (let index = 0; index < 400; index += 1) await server.dependencies.store.events.append(event(big));
    const { port, hostname } = new URL(server.url);
    const socket = connect({ port: Number(port), host: hostname });
    await once(socket, "connect");
    socket.pause();
    const before = reads;
    socket.write(`GET ${EVENTS}?after=0 HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${server.secret}\r\n\r\n`);
    await streamsOpen(1);
    // The heartbeats of another stream show that enough time has passed for the stuck stream to read everything, if it
    // did.
    const answer = await server.request(EVENTS);
    await read(answer, (text) => text.split(": alive").length > 5);
    expect(reads - before).toBeLessThan(5);
    socket.destroy();
    await streamsOpen(0);
  });
});

const DOCUMENT = JSON.stringify({
  name: "shop",
  components: [{ name: "web", type: "webservice", properties: { image: "registry.example.com/web:1", port: 8080 } }],
});

async function deploy(): Promise<string> {
  const run = await server.client.call("deployApplication", {
    params: { project: "default", application: "shop" },
    body: DOCUMENT,
  });
  return run.id;
}

describe("the stream of a run", () => {
  it("begins with the run and ends with it, also when it is opened afterwards", async () => {
    const run = await deploy();
    const live = await read(await server.request(`${EVENTS}?run=${run}`), () => false);
    expect(live).toMatch(/event: run.created\n/);
    expect(live).toMatch(/event: run.finished\n[^\n]*\n\n(: alive\n\n)*$/);
    const later = await read(await server.request(`${EVENTS}?run=${run}`), () => false);
    expect(idsOf(later)).toEqual(idsOf(live));
    const middle = idsOf(live)[1] ?? 0;
    const resumed = await read(
      await server.request(`${EVENTS}?run=${run}`, { headers: { "last-event-id": String(middle) } }),
      () => false,
    );
    expect(idsOf(resumed)).toEqual(idsOf(live).filter((id) => id > middle));
    const after = await read(await server.request(`${EVENTS}?run=${run}&after=${idsOf(live).at(-1)}`), () => false);
    expect(idsOf(after)).toEqual([]);
  });

  it("explains reasons in the client's language", async () => {
    const run = await deploy();
    const stream = await read(
      await server.request(`${EVENTS}?run=${run}`, { headers: { "accept-language": "zh" } }),
      () => false,
    );
    expect(stream).toContain('"message":"就绪"');
  });

  it("does not exist for an unknown run", async () => {
    expect((await server.request(`${EVENTS}?run=none`)).status).toBe(404);
  });
});

describe("the log stream", () => {
  it("tells the lines of the pods, and ends when they are not followed", async () => {
    const run = await deploy();
    await read(await server.request(`${EVENTS}?run=${run}`), () => false);
    const place = { params: { project: "default", application: "shop" } };
    const lines: { readonly pod: string; readonly text: string }[] = [];
    for await (const { data } of server.client.stream("streamLogs", place, AbortSignal.timeout(10_000)))
      lines.push(data);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines[0]?.pod).toMatch(/^web-/);
  });

  it("says in its last event why it broke", async () => {
    const run = await deploy();
    await read(await server.request(`${EVENTS}?run=${run}`), () => false);
    server.sandbox.setReachable(false);
    const place = { params: { project: "default", application: "shop" } };
    const reading = Array.fromAsync(server.client.stream("streamLogs", place, AbortSignal.timeout(10_000)));
    await expect(reading).rejects.toMatchObject({ status: 503, body: { code: "ClusterUnreachable" } });
  });

  it("refuses a component that there is not before anything is streamed", async () => {
    const run = await deploy();
    await read(await server.request(`${EVENTS}?run=${run}`), () => false);
    expect((await server.request("/api/v1/projects/default/applications/shop/logs?component=nope")).status).toBe(404);
  });
});

describe("stopping", () => {
  it("lets an answer that is being made go out, and takes nothing new", async () => {
    const place = { params: { project: "default" } };
    const gate = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    onList = () => {
      entered.resolve();
      return gate.promise;
    };
    const listing = server.client.call("listApplications", place);
    await entered.promise;
    const stopping = server.close();
    closed = true;
    await expect.poll(() => server.request("/healthz").catch(() => "refused")).toBe("refused");
    gate.resolve();
    await expect(listing).resolves.toMatchObject({ items: [] });
    await stopping;
  });
});
