// The watch against a small HTTP server that answers like an API server, because a real one cannot be made to produce
// these faults.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { openConnection } from "../../../src/kube/reach/connection.ts";
import { type WatchState, watchForever } from "../../../src/kube/watches/watch.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import type { Clock } from "../../../src/ports/clock.ts";

type Answer = (request: URL, response: ServerResponse) => void;
const clock: Clock = { now: () => new Date(), sleep: () => new Promise((resolve) => setImmediate(resolve)) };
const log = { write: () => undefined };
let server: Server | undefined;
let abort = new AbortController();
afterEach(() => {
  abort.abort();
  server?.closeAllConnections();
  server?.close();
});

const pod = (name: string, resourceVersion: string) => ({
  metadata: { name, namespace: "n", resourceVersion, managedFields: [{ manager: "kubemin" }] },
});
const event = (type: string, object: unknown): string => `${JSON.stringify({ type, object })}\n`;
const list = (names: readonly string[], resourceVersion: string): string =>
  JSON.stringify({ metadata: { resourceVersion }, items: names.map((name) => pod(name, resourceVersion)) });

/** Answers each request with the next function, and all further requests with the last one. */
async function follow(answers: readonly Answer[]) {
  const asked: string[] = [];
  let step = 0;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? "", "http://x");
    asked.push(url.searchParams.has("watch") ? `watch ${url.searchParams.get("resourceVersion") ?? ""}` : "list");
    (answers[Math.min(step++, answers.length - 1)] ?? hold)(url, response);
  };
  const started = createServer(answer);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  const address = started.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const user = { certificate: null, key: null, token: null, username: "", password: "", exec: null };
  const connection = openConnection(
    "test",
    { server: `http://127.0.0.1:${port}`, ca: null, insecure: false, tlsServerName: "", proxyUrl: "", user },
    clock,
  );
  abort = new AbortController();
  const seen: string[] = [];
  let wake = (): void => undefined;
  const note = (text: string): void => {
    if (seen.at(-1) !== text) seen.push(text);
    wake();
  };
  void watchForever({
    connection,
    clock,
    log,
    signal: abort.signal,
    resource: { apiVersion: "v1", kind: "Pod", plural: "pods", namespaced: true },
    onList: (objects) => note(`list ${objects.map((one) => one.metadata.name).join(",")}`),
    onChange: (type, object: Manifest) =>
      note(`${type} ${object.metadata.name}${"managedFields" in object.metadata ? " (fat)" : ""}`),
    onState: (state: WatchState) => note(state.phase),
  });
  const until = async (text: string): Promise<void> => {
    while (!seen.includes(text)) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { asked, seen, until };
}

const send =
  (body: string): Answer =>
  (_url, response) =>
    response.end(body);
const hold: Answer = (_url, response) => response.writeHead(200).flushHeaders();
const refuse: Answer = (_url, response) => response.writeHead(503).end("{}");
const cut: Answer = (_url, response) => response.destroy();

describe("watching", () => {
  it("lists, tells changes without managedFields, and goes on from the last bookmark", async () => {
    const lines =
      event("ADDED", pod("b", "6")) +
      event("DELETED", pod("a", "7")) +
      event("BOOKMARK", { metadata: { resourceVersion: "9" } });
    const { asked, seen, until } = await follow([
      send(list(["a"], "5")),
      send(lines),
      (url, response) => send(event("MODIFIED", pod("c", "10")))(url, response),
      hold,
    ]);
    await until("put c");
    expect(seen).toEqual(["list a", "live", "put b", "delete a", "live", "put c"]);
    expect(asked.slice(0, 3)).toEqual(["list", "watch 5", "watch 9"]);
  });

  it("reads all pages of a long list", async () => {
    const first = JSON.stringify({ metadata: { continue: "more" }, items: [pod("a", "1")] });
    const { until, seen } = await follow([send(first), send(list(["b"], "5")), hold]);
    await until("live");
    expect(seen[0]).toBe("list a,b");
  });

  it("lists again when its resource version is too old", async () => {
    const gone = event("ERROR", { kind: "Status", code: 410, reason: "Expired" });
    const { asked, until } = await follow([send(list(["a"], "5")), send(gone), send(list(["z"], "50")), hold]);
    await until("list z");
    expect(asked.slice(0, 3)).toEqual(["list", "watch 5", "list"]);
  });

  it("survives one cut connection in silence", async () => {
    const { seen, until } = await follow([send(list(["a"], "5")), cut, send(event("ADDED", pod("b", "6"))), hold]);
    await until("put b");
    expect(seen).not.toContain("stale");
  });

  it("says that its view is old while the server is away, and current again afterwards", async () => {
    const { seen, until } = await follow([
      send(list(["a"], "5")),
      refuse,
      refuse,
      refuse,
      send(event("ADDED", pod("b", "6"))),
      hold,
    ]);
    await until("put b");
    expect(seen).toEqual(["list a", "live", "stale", "live", "put b"]);
  });
});
