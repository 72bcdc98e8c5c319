// Event sinks over HTTP: adding, reading, removing, delivery of a project's events, and no secret in any response.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createClient } from "../../src/api/client.ts";
import { type Receiver, startReceiver } from "../sinks/receiver.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";

let server: TestServer;
let receiver: Receiver;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  receiver.close();
  const { items } = await server.client.call("listSinks", { params });
  for (const { name } of items) await server.client.call("removeSink", { params: { ...params, sink: name } });
});

const params = { project: "default" };
const SECRET = "sixteen characters or more";
const webhook = (more: object = {}) => ({ name: "hook", type: "webhook" as const, url: receiver.url, ...more });
const sinkNow = () => server.client.call("getSink", { params: { ...params, sink: "hook" } });
const DOCUMENT = JSON.stringify({
  name: "shop",
  components: [{ name: "web", type: "webservice", properties: { image: "registry.example.com/web:1", port: 8080 } }],
});
const deploy = () =>
  server.client.call("deployApplication", { params: { ...params, application: "shop" }, body: DOCUMENT });

describe("a sink", () => {
  it("gets the events of a deployment, and says how far it is", async () => {
    const made = await server.client.call("addSink", { params, body: webhook({ secret: SECRET }) });
    expect(made).toMatchObject({ name: "hook", type: "webhook", state: "delivering", breaker: "closed", events: [] });
    expect(made.secret).toBeUndefined();
    const run = await deploy();
    await expect.poll(() => receiver.taken.at(-1)?.body["type"], { timeout: 15_000 }).toBe("run.finished");
    const seen = receiver.taken.filter((one) => one.run === run.id).map((one) => one.sequence);
    const stored = await server.dependencies.store.events.after({ project: "default", run: run.id }, 0, 100);
    expect(seen).toEqual(stored.map((one) => one.sequence));
    await expect.poll(async () => (await sinkNow()).deliveredUpTo).toBe(stored.at(-1)?.sequence);
    expect(await sinkNow()).toMatchObject({ behind: 0, oldest: null, failure: null, heldCount: 0 });
  });

  it("shows its secret once, and its address never", async () => {
    const made = await server.client.call("addSink", { params, body: webhook() });
    expect(made.secret).toMatch(/^[\w-]{43}$/);
    receiver.answer = () => 500;
    await server.dependencies.store.events.append({ ...params, application: "shop", run: "r", type: "log", data: {} });
    await expect.poll(async () => (await sinkNow()).state).toBe("failing");
    const metrics = await (await server.request("/metrics")).text();
    const everything = JSON.stringify([
      await sinkNow(),
      await server.client.call("listSinks", { params }),
      await server.dependencies.store.sinks.list(),
      server.log,
      metrics,
    ]);
    for (const secret of [made.secret ?? "", "in-the-address", "/hook"]) expect(everything).not.toContain(secret);
    expect((await sinkNow()).target).toBe(`${new URL(receiver.url).origin}/…`);
    expect((await sinkNow()).failure?.message).toBe(
      "127.0.0.1 answered 500; an event counts as delivered with 200 to 299",
    );
    const chinese = createClient({ url: server.url, token: server.secret, language: "zh" });
    const told = await chinese.call("getSink", { params: { ...params, sink: "hook" } });
    expect(told.failure?.message).toContain("返回 500");
  });

  it("that fails is in the metrics, and goes on when it is resumed", async () => {
    await server.client.call("addSink", { params, body: webhook() });
    receiver.answer = () => 500;
    for (const run of "abcdefgh")
      await server.dependencies.store.events.append({ ...params, application: "shop", run, type: "log", data: {} });
    await expect.poll(async () => (await sinkNow()).breaker).toBe("open");
    const metrics = await (await server.request("/metrics")).text();
    expect(metrics).toContain('kubemin_sinks{type="webhook",state="failing",breaker="open"} 1');
    expect(metrics).toMatch(/^kubemin_outbox_lag_seconds\{sink="webhook"\} 0\.\d+$|\{sink="webhook"\} [\d.]+$/m);
    receiver.answer = () => 200;
    await server.client.call("resumeSink", { params: { ...params, sink: "hook" } });
    await expect.poll(() => new Set(receiver.taken.map((one) => one.run)).size, { timeout: 15_000 }).toBe(8);
    await expect.poll(async () => (await sinkNow()).state).toBe("delivering");
  });

  it("has a name of its own, and is gone when it was removed", async () => {
    await server.client.call("addSink", { params, body: webhook() });
    const again = server.client.call("addSink", { params, body: webhook() });
    await expect(again).rejects.toMatchObject({ status: 409, body: { code: "SinkNameTaken" } });
    await server.client.call("addSink", { params: { project: "other" }, body: webhook() });
    for (const project of ["default", "other"])
      await server.client.call("removeSink", { params: { project, sink: "hook" } });
    for (const call of ["getSink", "removeSink", "resumeSink"] as const)
      await expect(server.client.call(call, { params: { ...params, sink: "hook" } })).rejects.toMatchObject({
        status: 404,
        body: { code: "NotFound" },
      });
  });

  it("may be added by the administrator of its project only, seen by its readers", async () => {
    const as = async (role: "read" | "write" | "admin", project = "default") =>
      createClient({ url: server.url, token: await server.addToken({ role, project }) });
    for (const client of [await as("read"), await as("write"), await as("admin", "other")])
      await expect(client.call("addSink", { params, body: webhook() })).rejects.toMatchObject({ status: 403 });
    await (await as("admin")).call("addSink", { params, body: webhook() });
    expect((await (await as("read")).call("listSinks", { params })).items).toHaveLength(1);
  });

  it.each([
    ["an address inside", { url: "https://10.0.0.1/" }, "private"],
    ["credentials in the address", { url: "https://user:hunter22@example.com/" }, "user or a password"],
    ["another scheme", { url: "file:///etc/passwd" }, "use https"],
    ["no address", { url: "nonsense" }, "not a URL"],
    ["a short secret", { secret: "short" }, "secret"],
    ["an unknown event", { events: ["run.exploded"] }, "events"],
    ["a field of the other type", { topic: "t" }, "topic"],
    ["brokers inside", { type: "kafka", url: undefined, brokers: ["169.254.169.254:9092"], topic: "t" }, "metadata"],
    ["no port", { type: "kafka", url: undefined, brokers: ["kafka"], topic: "t" }, "host:port"],
    ["a topic that is a path", { type: "kafka", url: undefined, brokers: ["k:1"], topic: "../t" }, "topic"],
  ])("is refused with %s", async (_, wrong, detail) => {
    const answer = await server.request("/api/v1/projects/default/sinks", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(webhook(wrong)),
    });
    expect(answer.status).toBe(400);
    const body = await answer.text();
    expect(body).toContain(detail);
    expect(body).not.toContain("hunter22");
  });

  it("is one of at most twenty in a project", async () => {
    for (let number = 0; number < 20; number++)
      await server.client.call("addSink", { params, body: webhook({ name: `hook-${number}` }) });
    const more = server.client.call("addSink", { params, body: webhook({ name: "more" }) });
    await expect(more).rejects.toMatchObject({ status: 409 });
  });
});
