// Tests workers that break the protocol: each is refused with a code, and its answer changes nothing.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnswerOf } from "../../src/api/client.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import { signedHeaders } from "../../src/outgoing/signature.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";
import { registered, withTypes } from "./types.ts";

const SECRET = "a secret of both sides";
const params = { project: "default" };

interface Order {
  readonly callback: { readonly url: string; readonly token: string };
}
type Behaviour = (response: ServerResponse, order: Order) => void;

const signed = (response: ServerResponse, status: number, body: object, at = new Date(), secret = SECRET): void => {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    ...signedHeaders({ keyId: "w", secret }, text, at),
  });
  response.end(text);
};
const DONE = { phase: "Succeeded", outputs: { count: 1 } };

/** The last request that the worker received for each type. */
const orders = new Map<string, Order>();

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  redirects: (response) => {
    const headers = signedHeaders({ keyId: "w", secret: SECRET }, "", new Date());
    response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/", ...headers }).end();
  },
  "talks-much": (response) => signed(response, 200, { ...DONE, padding: "x".repeat(2 * 1024 * 1024) }),
  unsigned: (response) => response.writeHead(200).end(JSON.stringify(DONE)),
  forged: (response) => signed(response, 200, DONE, new Date(), "another secret entirely"),
  replayed: (response) => signed(response, 200, DONE, new Date(Date.now() - 600_000)),
  silent: (response) => signed(response, 202, { accepted: true }),
  lies: (response) => signed(response, 200, { phase: "Succeeded", outputs: { count: "many" } }),
  "gives-much": (response) =>
    signed(response, 200, { phase: "Succeeded", outputs: { count: 1, more: "x".repeat(70_000) } }),
  nests: (response) => {
    const deep = "[".repeat(20_000) + "]".repeat(20_000);
    const text = `{"phase":"Succeeded","outputs":{"count":1,"deep":${deep}}}`;
    response.writeHead(200, signedHeaders({ keyId: "w", secret: SECRET }, text, new Date())).end(text);
  },
  mumbles: (response) => signed(response, 200, { hello: "there" }),
  refuses: (response) => signed(response, 400, {}),
  late: (response) => signed(response, 200, DONE),
};

let worker: Server;
let server: TestServer;

beforeAll(async () => {
  worker = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => worker.listen(0, "127.0.0.1", resolve));
  const { port } = worker.address() as AddressInfo; // it listens on a port
  const types = Object.keys(BEHAVIOURS).map((name) =>
    registered(
      name,
      {
        output: { type: "object", required: ["count"], properties: { count: { type: "integer" } } },
        runtime: { tier: "T2", url: `http://127.0.0.1:${port}`, secret: SECRET },
        timeouts: { heartbeat: "300ms" },
        retry: { on: [] },
      },
      { secret: SECRET },
    ),
  );
  const metadata = registered(
    "metadata",
    { runtime: { tier: "T2", url: "http://169.254.169.254", secret: SECRET } },
    { secret: SECRET },
  );
  server = await startTestServer({ jobTypes: (others) => withTypes(others, [...types, metadata]) });
});
afterAll(async () => {
  await server.close();
  worker.closeAllConnections();
  worker.close();
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const part of request) body += String(part);
  const order = JSON.parse(body) as Order & { readonly type: string }; // kubemin sent this request
  orders.set(order.type, order);
  BEHAVIOURS[order.type]?.(response, order);
}

async function run(type: string): Promise<AnswerOf<"getRun">> {
  const { id } = await server.client.call("startRun", { params, body: { type, input: {} } });
  const call = { params, query: { run: id } };
  for await (const { data } of server.client.stream("streamEvents", call, AbortSignal.timeout(15_000)))
    if (data.type === "run.finished") break;
  return server.client.call("getRun", { params: { ...params, run: id } });
}

describe("a worker", () => {
  it.each([
    ["redirects", "failed", { code: "AnswerRefused", params: { code: "Redirected" } }],
    ["metadata", "rejected", { code: "CallRefused", params: { code: "ForbiddenAddress" } }],
    ["talks-much", "failed", { code: "AnswerRefused", params: { code: "AnswerTooLarge" } }],
    ["unsigned", "failed", { code: "AnswerRefused", params: { code: "Unsigned" } }],
    ["forged", "failed", { code: "AnswerRefused", params: { code: "BadSignature" } }],
    ["replayed", "failed", { code: "AnswerRefused", params: { code: "StaleSignature" } }],
    ["silent", "interrupted", { code: "Lost" }],
    ["lies", "failed", { code: "BadOutput" }],
    ["gives-much", "failed", { code: "BadOutput" }],
    ["nests", "failed", { code: "BadOutput" }],
    ["mumbles", "failed", { code: "CallFailed" }],
    ["refuses", "failed", { code: "BadInput" }],
  ])("that %s ends its job as %s, with a code", async (type, phase, reason) => {
    const [job] = (await run(type)).jobs;
    expect(job).toMatchObject({ phase, reason, output: {} });
  });

  it("that answers once more after the end is refused, and that is recorded once", async () => {
    const { id, phase } = await run("late");
    expect(phase).toBe("succeeded");
    const told = orders.get("late")?.callback;
    const tell = (outputs: JsonObject): Promise<Response> =>
      fetch(`${told?.url}/complete`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${told?.token}` },
        body: JSON.stringify({ outputs }),
      });
    for (const count of [2, 3]) {
      const refused = await tell({ count });
      expect(refused.status).toBe(409);
      expect(await refused.json()).toMatchObject({ code: "StaleAttempt" });
    }
    const events = await server.dependencies.store.events.after({ project: "default", run: id }, 0, 100);
    expect(events.filter((one) => one.type === "job.refused").map((one) => one.data)).toMatchObject([
      { job: "late", attempt: 1, kind: "complete", code: "StaleAttempt" },
    ]);
    expect((await server.client.call("getRun", { params: { ...params, run: id } })).jobs[0]).toMatchObject({
      output: { count: 1 },
    });
  });

  it("has a token that opens nothing else", async () => {
    await run("late");
    const token = orders.get("late")?.callback.token ?? "";
    expect((await server.request("/api/v1/projects/default/runs", { token })).status).toBe(401);
  });
});
