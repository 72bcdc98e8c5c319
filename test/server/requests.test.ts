// Behaviour that all routes share: problems, request ids, bodies, methods, hosts, probes.
import { request as rawRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LIMITS } from "../../src/model/document/document.ts";
import { InvalidCursor } from "../../src/ports/store.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";

let server: TestServer;
let storeFails = false;
beforeAll(async () => {
  server = await startTestServer({
    store: (store) => ({
      ...store,
      events: {
        ...store.events,
        latest: () => (storeFails ? Promise.reject(new Error("the store is away")) : store.events.latest()),
      },
      applications: {
        ...store.applications,
        list: async (project, page) => {
          if (project === "broken") throw new Error("select password from users: hunter2");
          return store.applications.list(project, page);
        },
      },
    }),
  });
});
afterAll(() => server.close());

const PLAN = "/api/v1/projects/default/plan";

async function problemOf(answer: Response | Promise<Response>): Promise<Record<string, unknown>> {
  const body = (await (await answer).json()) as Record<string, unknown>;
  expect((await answer).headers.get("content-type")).toContain("application/problem+json");
  expect(body["type"]).toBe(`https://kubemin.dev/errors/${String(body["code"])}`);
  expect(body["status"]).toBe((await answer).status);
  return body;
}

function post(path: string, body: string | Uint8Array<ArrayBuffer>, type = "application/json"): Promise<Response> {
  return server.request(path, { method: "POST", body, headers: { "content-type": type } });
}

describe("problems", () => {
  it("name the route that does not exist", async () => {
    expect(await problemOf(server.request("/api/v1/nothing", { token: null }))).toMatchObject({
      status: 404,
      code: "NoSuchRoute",
    });
  });

  it("say which methods a path takes", async () => {
    const answer = await server.request("/api/v1/projects/default/applications/shop", { method: "PATCH" });
    expect(answer.headers.get("allow")).toBe("PUT, GET, DELETE");
    expect(await problemOf(answer)).toMatchObject({ status: 405, code: "MethodNotAllowed" });
  });

  it("carry the caller's request id, or one of ours", async () => {
    const mine = await server.request("/api/v1/nothing", { headers: { "x-request-id": "call-7" } });
    expect(mine.headers.get("x-request-id")).toBe("call-7");
    expect(await problemOf(mine)).toMatchObject({ requestId: "call-7" });
    const ours = await server.request("/api/v1/version", { headers: { "x-request-id": 'bad "id"' } });
    expect(ours.headers.get("x-request-id")).toMatch(/^[\w-]{36}$/);
  });

  it("are told in the language that was asked for", async () => {
    const answer = server.request("/api/v1/whoami", { token: null, headers: { "accept-language": "zh-CN,zh;q=0.9" } });
    expect(await problemOf(answer)).toMatchObject({ detail: "没有提供有效令牌" });
  });

  it("show nothing of what nobody expected, and log it with the request id", async () => {
    const answer = await server.request("/api/v1/projects/broken/applications");
    const problem = await problemOf(answer);
    expect(problem).toMatchObject({ status: 500, code: "Internal" });
    expect(JSON.stringify(problem)).not.toMatch(/hunter2|\.ts|select/);
    const line = server.log.find((one) => one.fields["requestId"] === problem["requestId"] && one.level === "error");
    expect(line?.fields["error"]).toContain("hunter2");
  });

  it("refuse a cursor that no list gave out", async () => {
    const problem = await problemOf(server.request("/api/v1/projects/default/runs?after=zzz"));
    expect(problem).toMatchObject({ status: 400, code: "InvalidRequest" });
    expect(problem["detail"]).toContain(new InvalidCursor().message);
  });

  it.each([
    ["/api/v1/projects/default/runs?limit=0", "query limit"],
    ["/api/v1/projects/default/runs?limit=many", "query limit"],
    ["/api/v1/projects/default/runs?limit=1&limit=2", "query limit"],
    ["/api/v1/projects/default/runs?phase=sleeping", "query phase"],
    [
      "/api/v1/projects/default/runs?lmit=5",
      "unknown query parameter lmit; known here: limit, after, application, phase",
    ],
    ["/api/v1/projects/Not%20A%20Name/runs", "path project"],
    ["/api/v1/catalog/animal/cat", "path kind"],
  ])("say what is wrong in %s", async (path, detail) => {
    const problem = await problemOf(server.request(path));
    expect(problem).toMatchObject({ status: 400, code: "InvalidRequest" });
    expect(problem["detail"]).toContain(detail);
  });

  it("answer a broken %-encoding", async () => {
    const problem = await problemOf(server.request("/api/v1/projects/%E0%A4%A/runs"));
    expect(problem).toMatchObject({ status: 400, code: "InvalidRequest" });
  });
});

describe("bodies", () => {
  it("may not be larger than a document", async () => {
    const problem = await problemOf(post(PLAN, "x".repeat(LIMITS.documentBytes + 1), "application/yaml"));
    expect(problem).toMatchObject({ status: 413, code: "TooLarge" });
    expect(problem["detail"]).toContain(String(LIMITS.documentBytes));
  });

  it("of runs hold documents of two thousand steps, and say which part is too large", async () => {
    const runs = "/api/v1/projects/default/runs/plan";
    const text = "x".repeat(150);
    const steps = Array.from({ length: 2_000 }, (_, index) => ({
      name: `s${index}`,
      type: "notify",
      properties: { message: text },
    }));
    const large = { document: { name: "large", workflow: { mode: "DAG", steps } } };
    const answer = await post(runs, JSON.stringify(large));
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as { jobs: unknown[] }).jobs).toHaveLength(2_000);
    const inputs = { v: "x".repeat(LIMITS.inputsBytes) };
    const document = { name: "x", workflow: { inputs: { v: { type: "string" } }, steps: steps.slice(0, 1) } };
    expect(await problemOf(post(runs, JSON.stringify({ document, inputs })))).toMatchObject({
      status: 422,
      problems: [{ code: "InputsTooLarge", pointer: "/inputs" }],
    });
    expect(
      await problemOf(post(runs, JSON.stringify({ document: { name: "x".repeat(LIMITS.documentBytes) } }))),
    ).toMatchObject({
      status: 422,
      problems: [{ code: "TooLarge", pointer: "/document" }],
    });
  });

  it("are JSON or YAML", async () => {
    expect(await problemOf(post(PLAN, "<a/>", "application/xml"))).toMatchObject({
      status: 415,
      code: "UnsupportedMediaType",
    });
    expect(await problemOf(post("/api/v1/tokens", "name: x", "application/yaml"))).toMatchObject({ status: 415 });
  });

  it("are UTF-8", async () => {
    expect(await problemOf(post(PLAN, new Uint8Array([0xff, 0xfe, 0x00]), "text/yaml"))).toMatchObject({
      code: "InvalidRequest",
    });
  });

  it("are not quoted when they are not JSON", async () => {
    const problem = await problemOf(post("/api/v1/tokens", '{"name": hunter2}'));
    expect(problem).toMatchObject({ status: 400, code: "InvalidRequest" });
    expect(JSON.stringify(problem)).not.toContain("hunter2");
  });

  it("hold no field that the route does not know", async () => {
    const problem = await problemOf(
      post("/api/v1/tokens", '{"name":"ci","project":"default","role":"read","admin":true}'),
    );
    expect(problem["detail"]).toContain("admin");
  });

  it("must be there where a document is wanted", async () => {
    expect(await problemOf(server.request(PLAN, { method: "POST" }))).toMatchObject({ code: "InvalidDocument" });
  });
});

describe("the loopback server", () => {
  function statusFor(host: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const { port } = new URL(server.url);
      const request = rawRequest({ port, host: "127.0.0.1", path: "/api/v1/version", headers: { host } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      request.on("error", reject).end();
    });
  }

  it.each(["localhost:8080", "127.0.0.1", "[::1]:80", "kubemin.localhost"])("answers to %s", async (host) => {
    expect(await statusFor(host)).toBe(200);
  });

  it.each(["evil.example", "127.0.0.1.evil.example", "evil.example:80", "0.0.0.0"])("refuses %s", async (host) => {
    expect(await statusFor(host)).toBe(400);
  });

  it("sends no CORS headers", async () => {
    const answer = await server.request("/api/v1/version", { headers: { origin: "https://evil.example" } });
    expect([...answer.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

describe("probes", () => {
  it("tell alive from ready", async () => {
    expect((await server.request("/healthz", { token: null })).status).toBe(200);
    expect(await (await server.request("/readyz", { token: null })).json()).toEqual({ ready: true, troubles: [] });
    storeFails = true;
    const away = await server.request("/readyz", { token: null });
    expect([away.status, await away.json()]).toMatchObject([200, { ready: true, troubles: [{ what: "database" }] }]);
    expect(await (await server.request("/metrics", { token: null })).text()).toMatch(/^kubemin_database_up 0$/m);
    expect((await server.request("/healthz", { token: null })).status).toBe(200);
    storeFails = false;
  });

  it("have metrics that Prometheus can read", async () => {
    const text = await (await server.request("/metrics", { token: null })).text();
    const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    for (const sample of samples) expect(sample).toMatch(/^[a-z_]+(\{[^}]*\})? [\d.e+-]+$/);
    expect(text).toMatch(/^kubemin_database_up 1$/m);
    expect(text).toMatch(/^kubemin_cluster_up\{cluster="sandbox"\} 1$/m);
    expect(text).toMatch(/^process_resident_memory_bytes [1-9]/m);
    expect(text).toMatch(/^kubemin_runs_unfinished 0$/m);
  });
});

describe("what is public", () => {
  it("is the version, the contract and the document's schema", async () => {
    expect(await (await server.request("/api/v1/version", { token: null })).json()).toMatchObject({
      version: "0.0.0-test",
      api: "v1",
    });
    expect(await (await server.request("/api/v1/openapi.json", { token: null })).json()).toMatchObject({
      openapi: "3.1.0",
    });
    expect(await (await server.request("/api/v1/schema/application.json", { token: null })).json()).toMatchObject({
      title: "kubemin application",
    });
  });
});
