// Every row of the route table, with every wrong token: made from the table, so that no route can be forgotten.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Route, ROUTES } from "../../src/api/routes.ts";
import type { Role } from "../../src/ports/store.ts";
import { ensureFirstToken } from "../../src/server/auth/firstToken.ts";
import { hashSecret, newSecret } from "../../src/server/auth/token.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const PROJECT = "mine";
const BELOW: Readonly<Record<string, Role>> = { write: "read", admin: "write" };
const routes = Object.entries<Route>(ROUTES);
const guarded = routes.filter(([, route]) => route.access !== "public");

function call(route: Route, token: string | null): Promise<Response> {
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => (name === "project" ? PROJECT : "none-such"));
  return server.request(path, { method: route.method, token });
}

async function expectRefusal(answer: Response, status: number, code: string): Promise<void> {
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toContain("application/problem+json");
  expect(await answer.json()).toMatchObject({ code, status });
}

describe.each(guarded)("%s", (_, route) => {
  const ofProject = route.path.includes(":project");

  it.each([
    ["no token", null],
    ["something that is no token", "kubemin_nonsense"],
    ["a token that nobody made", newSecret()],
  ])("refuses %s", async (_, token) => {
    const answer = await call(route, token);
    expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="kubemin"');
    await expectRefusal(answer, 401, "NotSignedIn");
  });

  it("refuses an expired token", async () => {
    const token = await server.addToken({ expiresAt: new Date(Date.now() - 1).toISOString() });
    await expectRefusal(await call(route, token), 401, "NotSignedIn");
  });

  if (ofProject) it("refuses a token of another project", async () => {
    await expectRefusal(await call(route, await server.addToken({ project: "other" })), 403, "NotAllowed");
  });

  if (route.access !== "read") it("refuses a role that is too small", async () => {
    const token = await server.addToken({ role: BELOW[route.access] ?? "read" });
    await expectRefusal(await call(route, token), 403, "NotAllowed");
  });

  if (!ofProject && route.access !== "read") it("refuses the administrator of one project", async () => {
    await expectRefusal(await call(route, await server.addToken({ project: PROJECT })), 403, "NotAllowed");
  });

  it("lets the smallest sufficient token through", async () => {
    const role = route.access === "public" ? "read" : route.access;
    const project = ofProject || route.access === "read" ? PROJECT : "*";
    const answer = await call(route, await server.addToken({ project, role }));
    expect([401, 403, 500]).not.toContain(answer.status);
    await answer.body?.cancel();
  });
});

describe("public routes", () => {
  it("are few, and show nothing of a project", () => {
    const names = routes.filter(([, route]) => route.access === "public").map(([name]) => name);
    expect(names).toEqual(["getVersion", "getOpenapi", "getDocumentSchema"]);
  });
});

describe("ensureFirstToken", () => {
  it("makes an administrator's token once, and again when none is left", async () => {
    const { store } = server.world;
    for (const { id } of await store.tokens.list()) await store.tokens.remove(id);
    const first = await ensureFirstToken(store, newSecret);
    expect(first).toMatch(/^kubemin_/);
    expect(await store.tokens.byHash(hashSecret(first ?? ""))).toMatchObject({ project: "*", role: "admin" });
    expect(await ensureFirstToken(store, newSecret)).toBeNull();
    for (const { id } of await store.tokens.list()) await store.tokens.remove(id);
    expect(await ensureFirstToken(store, newSecret)).not.toBe(first);
  });
});
