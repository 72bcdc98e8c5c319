// Tokens, catalog and clusters through the typed client, as the command line uses them.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClient } from "../../src/api/client.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe("tokens", () => {
  it("are shown once, work at once, and not after they were revoked", async () => {
    const made = await server.client.call("addToken", {
      body: { name: "ci", project: "default", role: "write", expiresIn: "90d" },
    });
    expect(made.token).toMatch(/^kubemin_[\w-]{43}$/);
    const client = createClient({ url: server.url, token: made.token });
    const me = await client.call("whoAmI", {});
    expect(me).toMatchObject({ id: made.id, name: "ci", project: "default", role: "write" });
    expect(Date.parse(me.expiresAt ?? "") - Date.parse(me.createdAt)).toBe(90 * 24 * 3_600_000);

    const { items } = await server.client.call("listTokens", {});
    expect(JSON.stringify(items)).not.toContain(made.token);
    expect(items.map((one) => one.id)).toContain(made.id);

    await server.client.call("removeToken", { params: { token: made.id } });
    await expect(client.call("whoAmI", {})).rejects.toMatchObject({ status: 401, body: { code: "NotSignedIn" } });
    await expect(server.client.call("removeToken", { params: { token: made.id } })).rejects.toMatchObject({
      status: 404,
    });
  });

  it.each([
    [{ expiresIn: "soon" }, "expiresIn"],
    [{ expiresIn: "0s" }, "expiresIn"],
    [{ project: "Not A Name" }, "project"],
  ])("refuse %j", async (wrong, detail) => {
    const body = { name: "ci", project: "default", role: "read" as const, ...wrong };
    await expect(server.client.call("addToken", { body })).rejects.toMatchObject({
      status: 400,
      body: { code: "InvalidRequest", detail: expect.stringContaining(detail) },
    });
  });
});

describe("the catalog", () => {
  it("tells every definition with its fields", async () => {
    const { items } = await server.client.call("listDefinitions", {});
    for (const { catalog } of [server.dependencies])
      expect(items.length).toBe(catalog.components.size + catalog.traits.size + catalog.jobs.size);
    const webservice = await server.client.call("getDefinition", { params: { kind: "component", name: "webservice" } });
    expect(webservice.fields.find((one) => one.path === "image")).toMatchObject({ type: "string", required: true });
    expect(webservice.outputs).toContain("host");
    expect(webservice.examples.length).toBeGreaterThan(0);
  });

  it("speaks Chinese", async () => {
    const client = createClient({ url: server.url, token: server.secret, language: "zh" });
    const webservice = await client.call("getDefinition", { params: { kind: "component", name: "webservice" } });
    expect(webservice.summary).toMatch(/[\u4e00-\u9fff]/);
    expect(webservice.fields.find((one) => one.path === "image")?.description).toMatch(/[\u4e00-\u9fff]/);
  });

  it("names what it has when asked for something else", async () => {
    const answer = server.client.call("getDefinition", { params: { kind: "component", name: "webservise" } });
    await expect(answer).rejects.toMatchObject({
      status: 404,
      body: { advice: expect.stringContaining("webservice") },
    });
  });
});

describe("clusters", () => {
  it("say whether they answer, and why not", async () => {
    const { items } = await server.client.call("listClusters", {});
    expect(items).toMatchObject([{ name: "sandbox", kind: "sandbox", reachable: true }]);
    server.sandbox.setReachable(false);
    const { items: away } = await server.client.call("listClusters", {});
    expect(away).toMatchObject([{ name: "sandbox", reachable: false, detail: expect.stringContaining("sandbox") }]);
    server.sandbox.setReachable(true);
  });
});
