// Every row of the route table with every kind of wrong token. The cases are generated from the table, so that no route
// is forgotten.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROUTES, type Route } from "../../src/api/routes.ts";
import type { Role } from "../../src/ports/store.ts";
import { ensureLocalToken } from "../../src/server/auth/localToken.ts";
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

  if (route.access === "attempt") {
    it("refuses a person's token", async () => {
      await expectRefusal(
        await call(route, await server.addToken({ project: "*", role: "admin" })),
        401,
        "NotSignedIn",
      );
    });
    return;
  }

  it("refuses an expired token", async () => {
    const token = await server.addToken({ expiresAt: new Date(Date.now() - 1).toISOString() });
    await expectRefusal(await call(route, token), 401, "NotSignedIn");
  });

  if (ofProject)
    it("refuses a token of another project", async () => {
      await expectRefusal(await call(route, await server.addToken({ project: "other" })), 403, "NotAllowed");
    });

  if (route.access !== "read")
    it("refuses a role that is too small", async () => {
      const token = await server.addToken({ role: BELOW[route.access] ?? "read" });
      await expectRefusal(await call(route, token), 403, "NotAllowed");
    });

  if (!ofProject && route.access !== "read")
    it("refuses the administrator of one project", async () => {
      await expectRefusal(await call(route, await server.addToken({ project: PROJECT })), 403, "NotAllowed");
    });

  it("lets the smallest sufficient token through", async () => {
    const role = route.access === "public" || route.access === "attempt" ? "read" : route.access;
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

describe("this machine's own token", () => {
  it("is kept across starts, and made anew when it was revoked", async () => {
    const { store } = server.dependencies;
    const folder = mkdtempSync(join(tmpdir(), "kubemin-"));
    const file = join(folder, "token");
    const first = await ensureLocalToken(store, file, new Date());
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await ensureLocalToken(store, file, new Date())).toBe(first);
    const kept = await store.tokens.byHash(hashSecret(first));
    expect(kept).toMatchObject({ project: "*", role: "admin", expiresAt: null });
    await store.tokens.remove(kept?.id ?? "");
    expect(await ensureLocalToken(store, file, new Date())).not.toBe(first);
    rmSync(folder, { recursive: true });
  });
});
