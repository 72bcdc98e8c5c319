// The event stream over a WebSocket: the same items, the same authorisation, and what only WebSockets have.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { NewEvent } from "../../../src/model/run/event.ts";
import { startTestServer, type TestServer } from "../../support/testServer.ts";

let server: TestServer;
let closed: boolean;
beforeEach(async () => {
  closed = false;
  server = await startTestServer({ heartbeatMilliseconds: 2_500, streamsPerToken: 3, patienceMilliseconds: 2_000 });
});
afterEach(async () => {
  if (!closed) await server.close();
});

const EVENTS = "/api/v1/projects/default/events";

interface Item {
  readonly id?: number;
  readonly event?: string;
  readonly data: { readonly [key: string]: unknown };
}

interface Socket {
  readonly items: Item[];
  readonly protocol: () => string;
  readonly socket: WebSocket;
  until(enough: (items: readonly Item[]) => boolean): Promise<readonly Item[]>;
  /** The close code from the server. */
  readonly closed: Promise<number>;
}

interface Options {
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
}

/** Rejects with the HTTP status and the code of the problem when the upgrade is refused. */
async function open(
  path = EVENTS,
  { token = server.secret, headers = {}, protocols = [] }: Options = {},
): Promise<Socket> {
  const socket = new WebSocket(server.url.replace("http", "ws") + path, [...protocols], {
    headers: { ...headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
  });
  const items: Item[] = [];
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const one of waiting) one();
    waiting.clear();
  };
  socket.on("message", (data: Buffer) => {
    items.push(JSON.parse(data.toString()) as Item); // the form that the server sends
    wake();
  });
  const closing = new Promise<number>((resolve) => socket.once("close", (code) => resolve(code)));
  void closing.then(wake);
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
    socket.once("unexpected-response", (_, response) => {
      let text = "";
      response.on("data", (part: Buffer) => (text += part.toString()));
      response.on("end", () =>
        reject(new Error(`${response.statusCode} ${(JSON.parse(text) as { readonly code: string }).code}`)),
      ); // problem+json
    });
  });
  return {
    items,
    socket,
    protocol: () => socket.protocol,
    closed: closing,
    async until(enough) {
      while (!enough(items)) {
        if (socket.readyState === WebSocket.CLOSED) throw new Error(`closed after ${items.length} items`);
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
      return items;
    },
  };
}

const event = (text: string, more: Partial<NewEvent> = {}): NewEvent => ({
  project: "default",
  application: "shop",
  run: null,
  type: "application.changed",
  data: { text },
  ...more,
});
const append = async (...texts: string[]) => {
  for (const text of texts) await server.dependencies.store.events.append(event(text));
};
const textsOf = (items: readonly Item[]) => items.map((one) => (one.data["data"] as { readonly text: string }).text);
const streams = async () => /kubemin_streams_open (\d+)/.exec(await (await server.request("/metrics")).text())?.[1];

describe("the event socket", () => {
  it("tells what happens from now on, as the stream does", async () => {
    await append("before");
    const socket = await open();
    const stream = await server.request(EVENTS);
    await append("first", "second");
    const items = await socket.until((all) => all.length === 2);
    expect(items.map((one) => [one.id, one.event])).toEqual([
      [2, "application.changed"],
      [3, "application.changed"],
    ]);
    const reader = (stream.body ?? new ReadableStream<Uint8Array>()).pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("second")) text += (await reader.read()).value ?? "";
    const sent = [...text.matchAll(/^data: (.*)$/gm)].map((match) => JSON.parse(match[1] ?? "") as unknown);
    expect(items.map((one) => one.data)).toEqual(sent);
    await reader.cancel();
    socket.socket.close();
    await expect.poll(streams, { timeout: 10_000 }).toBe("0");
  });

  it("resumes after an id without a gap or a double", async () => {
    await append("one", "two", "three", "four");
    const query = await open(`${EVENTS}?after=2`);
    expect(textsOf(await query.until((all) => all.length === 2))).toEqual(["three", "four"]);
    const header = await open(EVENTS, { headers: { "last-event-id": "3" } });
    expect(textsOf(await header.until((all) => all.length === 1))).toEqual(["four"]);
  });

  it("loses nothing of a burst, and shows only the project", async () => {
    const socket = await open(`${EVENTS}?after=0&application=shop`);
    await server.dependencies.store.events.append(event("foreign", { project: "other" }));
    await server.dependencies.store.events.append(event("sibling", { application: "blog" }));
    const all = Array.from({ length: 350 }, (_, index) => `e${index}`);
    await append(...all);
    expect(textsOf(await socket.until((items) => items.length >= 350))).toEqual(all);
  });

  it("ends with its run", async () => {
    const run = await server.client.call("deployApplication", {
      params: { project: "default", application: "shop" },
      body: JSON.stringify({
        name: "shop",
        components: [{ name: "web", type: "worker", properties: { image: "w:1" } }],
      }),
    });
    const socket = await open(`${EVENTS}?run=${run.id}`);
    expect(await socket.closed).toBe(1000);
    expect(socket.items.at(0)?.event).toBe("run.created");
    expect(socket.items.at(-1)?.event).toBe("run.finished");
  });

  it("ends when its token is revoked, and when the server stops", async () => {
    const token = await server.addToken({ role: "read" });
    const revoked = await open(EVENTS, { token });
    const found = (await server.dependencies.store.tokens.list()).find((one) => one.role === "read");
    await server.dependencies.store.tokens.remove(found?.id ?? "");
    expect(await revoked.closed).toBe(1001);
    const other = await open();
    const begin = performance.now();
    await server.close();
    closed = true;
    expect(await other.closed).toBe(1001);
    expect(performance.now() - begin).toBeLessThan(4_000);
  });

  it("lets go of a client that sends something large", async () => {
    const socket = await open();
    socket.socket.send("x".repeat(100_000));
    expect(await socket.closed).not.toBe(1000);
    await expect.poll(streams, { timeout: 10_000 }).toBe("0");
  });
});

describe("a client that is slow", () => {
  it("is told to come back, and misses nothing when it does", async () => {
    const big = "x".repeat(100_000);
    for (let index = 0; index < 400; index += 1) await append(big);
    const slow = await open(`${EVENTS}?after=0`);
    slow.socket.pause();
    // The server disconnects a client that takes nothing. Its place is free although the client has not noticed yet.
    await expect.poll(streams, { timeout: 15_000 }).toBe("0");
    slow.socket.resume();
    expect(await slow.closed).toBe(4008);
    const last = slow.items.at(-1);
    expect(last?.event).toBe("resync");
    const seen = slow.items.slice(0, -1).map((one) => one.id ?? 0);
    expect(last?.data["after"]).toBe(seen.at(-1));
    const again = await open(`${EVENTS}?after=${String(last?.data["after"])}`);
    await again.until((items) => items.at(-1)?.id === 400);
    expect([...seen, ...again.items.map((one) => one.id)]).toEqual(
      Array.from({ length: 400 }, (_, index) => index + 1),
    );
  });

  it("that is gone without a word is noticed by its missing heartbeat", async () => {
    const { port, hostname } = new URL(server.url);
    const socket = connect({ port: Number(port), host: hostname });
    await once(socket, "connect");
    socket.write(
      `GET ${EVENTS} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${server.secret}\r\nconnection: Upgrade\r\n` +
        `upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${randomBytes(16).toString("base64")}\r\n\r\n`,
    );
    // This client reads, but never answers a ping.
    socket.resume();
    await once(socket, "close");
    await expect.poll(streams, { timeout: 10_000 }).toBe("0");
  });
});

describe("the upgrade", () => {
  it("is refused like the stream: token, role, project, what there is not, and what is wrong", async () => {
    const other = await server.addToken({ project: "other" });
    for (const token of [null, "kubemin_nonsense"])
      await expect(open(EVENTS, { token })).rejects.toThrow("401 NotSignedIn");
    await expect(open(EVENTS, { token: other })).rejects.toThrow("403 NotAllowed");
    await expect(open(`${EVENTS}?run=none`)).rejects.toThrow("404 NotFound");
    await expect(open(`${EVENTS}?since=1`)).rejects.toThrow("400 InvalidRequest");
    await expect(open("/api/v1/nothing")).rejects.toThrow("404 NoSuchRoute");
    expect(await streams()).toBe("0");
  });

  it("is refused to pages of other hosts, and to hosts that are not ours", async () => {
    for (const origin of ["https://evil.example", "null", "http://127.0.0.1:1"])
      await expect(open(EVENTS, { headers: { origin } })).rejects.toThrow("403 ForeignOrigin");
    await expect(open(EVENTS, { headers: { host: "evil.example" } })).rejects.toThrow("400 HostNotServed");
    const own = await open(EVENTS, { headers: { origin: server.url } });
    expect(own.socket.readyState).toBe(WebSocket.OPEN);
  });

  it("takes the token as a sub-protocol, and never sends it back", async () => {
    const socket = await open(EVENTS, { token: null, protocols: ["kubemin", `bearer.${server.secret}`] });
    expect(socket.protocol()).toBe("kubemin");
    await expect(open(EVENTS, { token: null, protocols: ["kubemin", "bearer.kubemin_x"] })).rejects.toThrow("401");
    // The sub-protocol counts only in an upgrade; other requests need the header.
    const plain = await server.request("/api/v1/whoami", {
      token: null,
      headers: { "sec-websocket-protocol": `bearer.${server.secret}` },
    });
    expect(plain.status).toBe(401);
  });

  it("is refused when the token has too many streams, sockets and others together", async () => {
    const token = await server.addToken({ role: "read" });
    const stop = new AbortController();
    await open(EVENTS, { token });
    const second = await open(EVENTS, { token });
    await server.request(EVENTS, { token, signal: stop.signal });
    await expect(open(EVENTS, { token })).rejects.toThrow("429 TooManyStreams");
    const stream = await server.request(EVENTS, { token });
    expect(stream.status).toBe(429);
    expect(await stream.json()).toMatchObject({ code: "TooManyStreams" });
    expect((await open()).socket.readyState).toBe(WebSocket.OPEN);
    second.socket.close();
    await expect.poll(streams, { timeout: 10_000 }).toBe("3");
    await open(EVENTS, { token });
    stop.abort();
  });

  it("of anything else ends at once", async () => {
    const socket = await open("/api/v1/projects/default/runs");
    await socket.closed;
    expect(socket.items).toEqual([]);
  });
});
