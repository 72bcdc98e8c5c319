// `?wait=`: the response shows the end of the run, or it is 202 with the run's address at the limit. When there is no
// place to wait, nothing is started.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gatedStore } from "../support/gatedStore.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";

const SLOTS = 4;
let server: TestServer;
/** Runs end only after this promise has resolved. */
let gate: PromiseWithResolvers<void>;
const start = () =>
  startTestServer({
    waitSlots: SLOTS,
    store: (store) => gatedStore(store, () => gate.promise),
  });
beforeEach(async () => {
  gate = Promise.withResolvers();
  gate.resolve();
  server = await start();
});
afterEach(() => {
  gate.resolve();
  return server.close();
});

const documentOf = (name: string) => ({
  name,
  components: [{ name, type: "webservice", properties: { image: "registry.example.com/web:1", port: 8080 } }],
});
const deploy = (name: string, query: string, token?: string) =>
  server.request(`/api/v1/projects/default/applications/${name}${query}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(documentOf(name)),
    ...(token === undefined ? {} : { token }),
  });
const waiting = async () =>
  /^kubemin_waiting_requests (\d+)$/m.exec(await (await server.request("/metrics")).text())?.[1];

describe("a request that waits", () => {
  it("gets the end of the run, with its address", async () => {
    const answer = await deploy("shop", "?wait=30s");
    expect(answer.status).toBe(200);
    const run = (await answer.json()) as { readonly id: string; readonly phase: string };
    expect(run.phase).toBe("succeeded");
    expect(answer.headers.get("location")).toBe(`/api/v1/projects/default/runs/${run.id}`);
  });

  it("gets 202 and the address at the bound, and the run goes on", async () => {
    const answer = await deploy("shop", "?wait=1ms");
    expect(answer.status).toBe(202);
    const address = answer.headers.get("location") ?? "";
    const phase = async () => ((await (await server.request(address)).json()) as { readonly phase: string }).phase;
    await expect.poll(phase, { timeout: 15_000 }).toBe("succeeded");
    expect(await waiting()).toBe("0");
  });

  it("waits for deletions, rollbacks and retries too", async () => {
    await deploy("shop", "?wait=30s");
    const rollback = await server.request("/api/v1/projects/default/applications/shop/rollback?wait=30s", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ revision: 1 }),
    });
    expect(rollback.status).toBe(200);
    const { id } = (await rollback.json()) as { readonly id: string };
    const retry = await server.request(`/api/v1/projects/default/runs/${id}/retry?wait=30s`, { method: "POST" });
    expect(retry.status).toBe(200);
    const removal = await server.request("/api/v1/projects/default/applications/shop?wait=30s", { method: "DELETE" });
    expect(await removal.json()).toMatchObject({ kind: "delete", phase: "succeeded" });
  });

  it.each(["soon", "61s", "-1s", ""])("is refused with wait=%j, and nothing is started", async (wait) => {
    const answer = await deploy("shop", `?wait=${encodeURIComponent(wait)}`);
    expect(answer.status).toBe(400);
    expect((await server.client.call("listRuns", { params: { project: "default" } })).items).toEqual([]);
  });

  it("finds places of its own: when they are taken it is told at once, and all others are still served", async () => {
    gate = Promise.withResolvers();
    const one = await server.addToken({ role: "write", project: "default" });
    const two = await server.addToken({ role: "write", project: "default" });
    const held = new AbortController();
    const waits = [
      ["a", one],
      ["b", one],
      ["c", two],
      ["d", two],
    ].map(([name = "", token = ""]) => deployHeld(name, token, held.signal));
    await expect.poll(waiting).toBe(String(SLOTS));
    const third = await deploy("e", "?wait=30s", one);
    expect(third.status).toBe(429);
    expect(third.headers.get("retry-after")).toBe("5");
    expect(await third.json()).toMatchObject({ code: "TooManyWaits" });
    const full = await deploy("e", "?wait=30s");
    expect(full.status).toBe(503);
    expect(full.headers.get("retry-after")).toBe("5");
    expect(await full.json()).toMatchObject({ code: "Busy" });
    expect((await server.request("/api/v1/projects/default/applications/e")).status).toBe(404);
    expect((await deploy("f", "")).status).toBe(202);
    // A client that disconnects frees its place; the run continues.
    held.abort();
    await Promise.allSettled(waits);
    await expect.poll(waiting).toBe("0");
    gate.resolve();
    expect((await deploy("g", "?wait=30s", one)).status).toBe(200);
  });

  it("is answered when the server stops", async () => {
    gate = Promise.withResolvers();
    const answer = deploy("shop", "?wait=60s");
    await expect.poll(waiting).toBe("1");
    const begin = performance.now();
    const closing = server.close();
    expect((await answer).status).toBe(202);
    gate.resolve();
    await closing;
    expect(performance.now() - begin).toBeLessThan(5_000);
    server = await start();
  });
});

const deployHeld = (name: string, token: string, signal: AbortSignal) =>
  fetch(`${server.url}/api/v1/projects/default/applications/${name}?wait=60s`, {
    method: "PUT",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(documentOf(name)),
    signal,
  });
