// A step keeps a response exactly as the other side sent it, or it fails and says why: numbers, empty bodies, character
// sets. Its messages are in one language.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/model/data/json.ts";
import { signedHeaders } from "../../src/outgoing/signature.ts";
import { type TypeServer, typeServer } from "../jobTypes/server.ts";
import { registered, withTypes } from "../jobTypes/types.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";

const SECRET = "a secret of both sides";
const BIG = "9007199254740993";
const json = { "content-type": "application/json" };
const workerOf = (body: string | Buffer) => (response: ServerResponse) =>
  response
    .writeHead(200, { ...json, ...signedHeaders({ keyId: "w", secret: SECRET }, body.toString(), new Date()) })
    .end(body);
const bytes = (type: string, body: Buffer | string) => (response: ServerResponse) =>
  response.writeHead(200, { "content-type": type }).end(body);

const ANSWERS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  "/big": bytes("application/json", `{"ok":1,"list":[{"a/b":${BIG}}]}`),
  "/bigText": bytes("text/plain", BIG),
  "/exact": bytes("application/json", '{"id":9007199254740992,"text":"9007199254740993"}'),
  "/empty": bytes("application/json; charset=utf-8", ""),
  "/blank": bytes("application/json", " \n"),
  "/emptyText": bytes("text/plain", ""),
  "/null": bytes("application/json", "null"),
  "/deep": bytes("application/json", `${"[".repeat(20_000)}${BIG}${"]".repeat(20_000)}`),
  "/204": (response) => response.writeHead(204, json).end(),
  "/latin": bytes('text/plain; charset="ISO-8859-1"', Buffer.from([0x63, 0x61, 0x66, 0xe9])),
  "/latinJson": bytes("application/json;charset=iso-8859-1", Buffer.from('{"s":"café"}', "latin1")),
  "/gbk": bytes("text/plain; charset=gbk", Buffer.from([0xc4, 0xe3, 0xba, 0xc3])),
  "/utf16": bytes("text/plain; charset=utf-16", Buffer.from([0xfe, 0xff, 0x4f, 0x60])),
  "/mark": bytes("application/json", '\ufeff{"s":"é"}'),
  "/wrong": bytes("text/plain", Buffer.from([0x63, 0x61, 0x66, 0xe9])),
  "/image": bytes("image/png", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])),
  "/unknown": bytes("text/plain; charset=klingon", "hello"),
  "/503": (response) => response.writeHead(503, json).end("{}"),
  number: workerOf(`{"phase":"Succeeded","outputs":{"id":${BIG}}}`),
  "number-elsewhere": workerOf(`{"phase":"Running","requeueAfter":${BIG}}`),
  silent: workerOf("{}"),
  busy: (response) => response.writeHead(500, signedHeaders({ keyId: "w", secret: SECRET }, "", new Date())).end(),
};

const calls: string[] = [];
let outside: Server;
let server: TestServer;
let ask: TypeServer["ask"];
let ended: TypeServer["ended"];
let port = 0;
let projects = 0;
const newProject = (): string => `project-${++projects}`;
afterEach(() => void calls.splice(0));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const part of request) body += String(part);
  const path = request.url ?? "";
  const order = path === "/v1/execute" ? (JSON.parse(body) as JsonObject) : {}; // kubemin's own request
  calls.push(path);
  ANSWERS[typeof order["type"] === "string" ? order["type"] : path]?.(response);
}

beforeAll(async () => {
  outside = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => outside.listen(0, "127.0.0.1", resolve));
  port = (outside.address() as AddressInfo).port; // it listens on TCP
  const runtime = { tier: "T2", url: `http://127.0.0.1:${port}`, secret: SECRET };
  const types = ["number", "number-elsewhere", "silent", "busy"].map((name) =>
    registered(name, { runtime, retry: { on: [] } }, { secret: SECRET }),
  );
  server = await startTestServer({ jobTypes: (others) => withTypes(others, types) });
  ({ ask, ended } = typeServer(() => server));
});
afterAll(async () => {
  await server.close();
  outside.closeAllConnections();
  outside.close();
});

const at = (path: string): string => `http://127.0.0.1:${port}${path}`;
const http = (name: string, properties: JsonObject): JsonObject => ({ name, type: "http", properties });

async function jobsOf(steps: readonly JsonObject[], project = newProject()) {
  const document = { name: "x", workflow: { mode: "DAG", steps } };
  const { body } = await ask(`/projects/${project}/runs`, { document });
  expect(body["problems"]).toBeUndefined();
  // The view of a run always has an id.
  return (await ended(body["id"] as string, project)).jobs;
}

const get = async (path: string, more: JsonObject = {}) => (await jobsOf([http("a", { url: at(path), ...more })]))[0];

describe("a number of an answer", () => {
  it.each([
    ["/big", "/body/list/0/a~1b"],
    ["/bigText", "/body"],
  ])(
    "that cannot be kept as it is (%s) fails its step once, with its place; it never becomes another one",
    async (path, pointer) => {
      const use = http("use", {
        url: at("/echo"),
        method: "POST",
        body: { $from: "/steps/a/outputs/body/list", default: "NOTHING" },
      });
      const [job, next] = await jobsOf([http("a", { url: at(path) }), use]);
      expect(job).toMatchObject({
        phase: "failed",
        attempt: 1,
        reason: { code: "AnswerNotExact", who: "you", params: { status: 200, pointer } },
        output: {},
      });
      expect(job?.reason.message).toMatch(/call was made and .* answered 200.*as a text/);
      expect(next?.phase).toBe("skipped");
      expect(calls).toEqual([path]);
    },
  );

  it("that can be kept is kept, and `answer: none` asks for none", async () => {
    expect(await get("/exact")).toMatchObject({
      output: { body: { id: 9_007_199_254_740_992, text: "9007199254740993" } },
    });
    expect(await get("/big", { answer: "none" })).toMatchObject({ phase: "succeeded", output: { status: 200 } });
  });

  it.each([
    ["number", "/outputs/id"],
    ["number-elsewhere", "/requeueAfter"],
  ])("of a worker's answer (%s) is held to the same", async (type, pointer) => {
    const [job] = await jobsOf([{ name: "w", type }]);
    expect(job).toMatchObject({
      phase: "failed",
      attempt: 1,
      reason: { code: "AnswerRefused", who: "you" },
      output: {},
    });
    expect(job?.reason.message).toContain(`the number at ${pointer} `);
    expect(calls).toHaveLength(1);
  });

  it("of values for a run's inputs, in a query, is refused with its place", async () => {
    const wanted = encodeURIComponent(`{"n":[${BIG}]}`);
    const answered = await server.request(`/api/v1/projects/default/applications/shop?inputs=${wanted}`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: '{"name":"shop"}',
    });
    expect(answered.status).toBe(400);
    expect(await answered.text()).toMatch(/inputs\.n\.0: this number has too many digits/);
  });
});

describe("an empty answer", () => {
  it.each(["/empty", "/blank"])(
    "that says that it is JSON (%s) is none, and no default stands in for it",
    async (path) => {
      const use = http("use", { url: at("/echo"), body: { $from: "/steps/a/outputs/body/x", default: "NOTHING" } });
      const [job, next] = await jobsOf([http("a", { url: at(path) }), use]);
      expect(job).toMatchObject({
        phase: "failed",
        attempt: 1,
        reason: { code: "AnswerNotJson", params: { status: 200 } },
      });
      expect(next?.phase).toBe("skipped");
    },
  );

  it("that is null, or nested without end, is what it is", async () => {
    expect(await get("/null")).toMatchObject({ phase: "succeeded", output: { status: 200, body: null } });
    expect(await get("/deep")).toMatchObject({ phase: "failed", reason: { code: "AnswerNotJson" } });
  });

  it("is fine where there can be none, where it says nothing of JSON, and where nothing is wanted", async () => {
    for (const [path, more] of [
      ["/204", {}],
      ["/empty", { method: "HEAD" }],
      ["/empty", { answer: "none" }],
      ["/emptyText", {}],
    ] as const)
      expect(await get(path, more)).toMatchObject({
        phase: "succeeded",
        output: { status: path === "/204" ? 204 : 200 },
      });
  });
});

describe("a text of an answer", () => {
  it.each<[string, JsonObject | string]>([
    ["/latin", "café"],
    ["/latinJson", { s: "café" }],
    ["/gbk", "你好"],
    ["/utf16", "你"],
    ["/mark", { s: "é" }],
  ])("is read in the character set that it names (%s)", async (path, body) => {
    expect(await get(path)).toMatchObject({ phase: "succeeded", output: { status: 200, body } });
  });

  it.each([
    ["/wrong", "utf-8"],
    ["/image", "utf-8"],
    ["/unknown", "klingon"],
  ])("that is none in its character set (%s) is a failure, not a text with holes", async (path, charset) => {
    const job = await get(path);
    expect(job).toMatchObject({
      phase: "failed",
      attempt: 1,
      reason: { code: "AnswerNotText", who: "you", params: { status: 200, charset } },
      output: {},
    });
    expect(job?.reason.message).toMatch(/call was made and .* answered 200/);
    expect(await get(path, { answer: "none" })).toMatchObject({ phase: "succeeded", output: { status: 200 } });
  });
});

describe("what is said of a call", () => {
  it.each<[string, JsonObject]>([
    ["a status that may pass", http("a", { url: "/503", method: "POST" })],
    ["a forbidden address", http("a", { url: "http://10.0.0.1/" })],
    ["a worker that fails", { name: "a", type: "busy" }],
    ["a worker that says nothing", { name: "a", type: "silent" }],
    ["a worker's number", { name: "a", type: "number" }],
  ])("is Chinese for who reads Chinese: %s", async (_, step) => {
    const given = step["properties"] as JsonObject | undefined; // written above
    const properties = given?.["url"] === "/503" ? { ...given, url: at("/503") } : given;
    const project = newProject();
    await jobsOf([{ ...step, ...(properties === undefined ? {} : { properties }) }], project);
    const runs = (await (
      await server.request(`/api/v1/projects/${project}/runs`, { headers: { "accept-language": "zh" } })
    ).json()) as { readonly items: readonly { readonly id: string }[] }; // by contract
    const answered = await server.request(`/api/v1/projects/${project}/runs/${runs.items[0]?.id}`, {
      headers: { "accept-language": "zh" },
    });
    const { jobs } = (await answered.json()) as {
      readonly jobs: readonly { readonly reason: { readonly message: string } }[];
    }; // by contract
    expect(jobs[0]?.reason.message).toMatch(/[\u4e00-\u9fff]/);
    expect(jobs[0]?.reason.message).not.toMatch(/[a-z]+ [a-z]+/i);
  });
});
