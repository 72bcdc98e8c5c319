// Steps that call addresses, as whole workflows on a server. A call that was made is never reported as refused; a
// response is kept completely, or its loss is reported; a call that must not be repeated is made once; and mistakes or
// dead hosts of one project stop nothing in another.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/model/data/json.ts";
import { type TypeServer, typeServer } from "../jobTypes/server.ts";
import { registered, withTypes } from "../jobTypes/types.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";

let server: TestServer;
let ask: TypeServer["ask"];
let ended: TypeServer["ended"];
let outside: Server;
let port = 0;
let closed = 0;

interface Call {
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly body: string;
}
const calls: Call[] = [];
afterEach(() => void calls.splice(0));

const at = (path: string): string => `http://127.0.0.1:${port}${path}`;
const json = { "content-type": "application/json" };
const text = { "content-type": "text/plain" };

/** JSON texts that a step may get from another step. */
const NASTY: readonly string[] = [
  ...[null, true, -1, 1e308, "", "x", "\u0000", "\ud800", "x".repeat(5_000), [], [1], ["a b"], {}].map((one) =>
    JSON.stringify(one),
  ),
  ...["sealed:v1:AAAA", "2026-02-30T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59+23:59"].map((one) =>
    JSON.stringify(one),
  ),
  ...["999999999999999d", "1e9h", "http://", "http://[::1", "javascript:x", "mailto:a@b", "http://a b/"].map((one) =>
    JSON.stringify(one),
  ),
  ...[{ $from: "/x" }, { a: "\r\nb: c" }, { "": "" }, { "content-length": "7" }, { "idempotency-key": "" }].map((one) =>
    JSON.stringify(one),
  ),
  '{"__proto__":1,"constructor":"x"}',
  `{"a":${"[".repeat(300)}${"]".repeat(300)}}`,
];
/** Fields of the step types, each with the other fields that the type requires. */
const FIELDS: readonly (readonly [string, string, () => JsonObject])[] = [
  ...["url", "method", "headers", "body", "expect", "answer"].map(
    (field) => ["http", field, () => ({ url: at("/ok") })] as const,
  ),
  ["notify", "message", () => ({})],
  ["notify", "data", () => ({ message: "x" })],
  ["notify", "data", () => ({ message: "x", url: at("/ok") })],
  ["notify", "url", () => ({ message: "x" })],
  ["wait", "for", () => ({})],
  ["wait", "until", () => ({})],
  ["approve", "message", () => ({})],
  ["approve", "who", () => ({ message: "x" })],
  ["worker", "any", () => ({})],
];

const ANSWERS: Readonly<Record<string, (response: ServerResponse, value: string) => void>> = {
  ok: (response) => response.writeHead(200, json).end('{"ok":true}'),
  status: (response, value) => response.writeHead(Number(value), json).end("{}"),
  soon: (response) => response.writeHead(503, { ...json, "retry-after": "1" }).end("{}"),
  big: (response, value) => response.writeHead(200, json).end(JSON.stringify({ s: "x".repeat(Number(value)) })),
  bigError: (response) => response.writeHead(500, text).end("x".repeat(1_200_000)),
  text: (response) => response.writeHead(200, text).end("hello"),
  value: (response, index) => response.writeHead(200, json).end(NASTY[Number(index)]),
  html: (response) => response.writeHead(200, json).end("<html>"),
  drop: (response) => response.destroy(),
  v1: (response) => response.writeHead(302, { location: at("/ok") }).end(),
};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const part of request) body += String(part);
  const path = request.url ?? "";
  calls.push({ method: request.method ?? "", path, key: String(request.headers["idempotency-key"] ?? ""), body });
  const [what = "", value = ""] = path.split("/").slice(1);
  (ANSWERS[what] ?? ANSWERS["ok"])?.(response, value);
}

async function listen(one: Server): Promise<number> {
  await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
  return (one.address() as AddressInfo).port; // it listens on TCP
}

beforeAll(async () => {
  outside = createServer((request, response) => void answer(request, response));
  port = await listen(outside);
  const gone = createServer();
  closed = await listen(gone);
  gone.close();
  const runtime = { tier: "T2", url: at(""), secret: "a secret of both sides" };
  const worker = registered("worker", { runtime }, { secret: "a secret of both sides" });
  server = await startTestServer({ jobTypes: (others) => withTypes(others, [worker]) });
  ({ ask, ended } = typeServer(() => server));
});
afterAll(async () => {
  await server.close();
  outside.closeAllConnections();
  outside.close();
});

const step = (name: string, type: string, properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  name,
  type,
  properties,
  ...more,
});
const call = (name: string, properties: JsonObject, more: JsonObject = {}): JsonObject =>
  step(name, "http", properties, more);
const documentOf = (steps: readonly JsonObject[]): JsonObject => ({ name: "x", workflow: { mode: "DAG", steps } });

/** Starts each run in its own project, because breakers are per project. */
let projects = 0;
const newProject = (): string => `project-${++projects}`;

function textAt(body: JsonObject, key: string): string {
  const value = body[key];
  return typeof value === "string" ? value : "";
}

async function start(steps: readonly JsonObject[], project: string): Promise<string> {
  const { status, body } = await ask(`/projects/${project}/runs`, { document: documentOf(steps) });
  expect(body["problems"]).toBeUndefined();
  expect(status).toBe(202);
  return textAt(body, "id");
}

const run = async (steps: readonly JsonObject[], project = newProject()) => ended(await start(steps, project), project);

async function jobOf(properties: JsonObject, more: JsonObject = {}) {
  const [job] = (await run([call("a", properties, more)])).jobs;
  if (job === undefined) throw new Error("the run has a job");
  return job;
}

describe("the answer of a call", () => {
  const use = (pointer: string): JsonObject =>
    call("use", { url: at("/echo"), method: "POST", body: { n: { $from: pointer, default: "NOTHING" } } });

  it("of 40 KB is kept, and reaches the step that refers to it", async () => {
    const { phase } = await run([call("get", { url: at("/big/40000") }), use("/steps/get/outputs/body/s")]);
    expect(phase).toBe("succeeded");
    expect(calls.find((one) => one.path === "/echo")?.body).toBe(JSON.stringify({ n: "x".repeat(40_000) }));
  });

  it.each<[string, JsonObject, string, JsonObject]>([
    ["is more than a step can give", { url: "/big/70000" }, "AnswerTooLong", { status: 200, limit: 65_536 }],
    ["is too large to be read", { url: "/big/1200000" }, "AnswerNotRead", { status: 200, limit: 1_000_000 }],
    ["says that it is JSON and is not", { url: "/html" }, "AnswerNotJson", { status: 200 }],
    ["must be JSON and is not", { url: "/text", answer: "json" }, "AnswerNotJson", { status: 200 }],
  ])(
    "that %s is a failure that says what was answered, and no default stands in for it",
    async (_, got, code, params) => {
      const { phase, jobs } = await run([
        call("get", { method: "POST", ...got, url: at(textAt(got, "url")) }),
        use("/steps/get/outputs/body/s"),
      ]);
      expect(phase).toBe("failed");
      expect(jobs[0]).toMatchObject({ phase: "failed", attempt: 1, reason: { code, who: "you", params }, output: {} });
      expect(jobs[0]?.reason.message).toMatch(/call was made and .* answered 200/);
      expect(jobs[1]?.phase).toBe("skipped");
      expect(calls).toHaveLength(1);
    },
  );

  it("that nobody wants may be as large as it likes", async () => {
    for (const path of ["/big/70000", "/big/1200000", "/html"])
      expect(await jobOf({ url: at(path), answer: "none" })).toMatchObject({
        phase: "succeeded",
        output: { status: 200 },
      });
    const tell = step("tell", "notify", { message: "released", url: at("/big/1200000") });
    expect((await run([tell])).jobs[0]).toMatchObject({ phase: "succeeded", reason: { code: "Notified" } });
  });

  it("that is a text is kept as one", async () => {
    expect(await jobOf({ url: at("/text") })).toMatchObject({ output: { status: 200, body: "hello" } });
  });

  it("with a status that was not asked for is a failure with its beginning, however long it is", async () => {
    expect(await jobOf({ url: at("/status/404") })).toMatchObject({
      phase: "failed",
      attempt: 1,
      reason: { code: "WrongStatus", who: "you", params: { status: 404 } },
    });
    const post = { url: at("/bigError"), method: "POST" };
    const job = await jobOf(post);
    expect(job).toMatchObject({ phase: "failed", reason: { code: "CallFailed" } });
    expect(job.evidence[0]?.text).toBe("x".repeat(500));
  });
});

describe("what was refused before it was sent", () => {
  it.each<[string, JsonObject, string, string]>([
    ["a forbidden address", { url: "http://169.254.169.254/" }, "CallRefused", "operator"],
    ["a header that cannot be sent", { headers: { "a b": "c" } }, "NotCalled", "you"],
    ["a password in the address", { url: "http://a:b@127.0.0.1/" }, "NotCalled", "you"],
  ])("%s is rejected, and nothing was called", async (_, properties, code, who) => {
    expect(await jobOf({ url: at("/ok"), ...properties })).toMatchObject({ phase: "rejected", reason: { code, who } });
    expect(calls).toEqual([]);
  });
});

describe("a call that may do something twice", () => {
  const attemptsOf = async (properties: JsonObject, more: JsonObject = {}) => {
    const answer = await ask("/projects/default/runs/plan", { document: documentOf([call("a", properties, more)]) });
    const [job] = answer.body["jobs"] as readonly JsonObject[]; // a plan has jobs
    return [job?.["attempts"], job?.["attemptsUntouched"]];
  };

  it.each(["POST", "PATCH"])("is made once by default (%s), and the plan says so", async (method) => {
    for (const path of ["/status/503", "/drop"]) {
      expect(await jobOf({ url: at(path), method })).toMatchObject({ phase: "failed", attempt: 1 });
      expect(calls.splice(0)).toHaveLength(1);
    }
    expect(await attemptsOf({ url: at("/ok"), method })).toEqual([1, 3]);
  });

  it("is made again where its step says so", async () => {
    const retry = { attempts: 3, backoff: "10ms" };
    expect(await jobOf({ url: at("/status/503"), method: "POST" }, { retry })).toMatchObject({ attempt: 3 });
    expect(calls).toHaveLength(3);
    expect(new Set(calls.map((one) => one.key)).size).toBe(1);
    expect(await attemptsOf({ url: at("/ok"), method: "POST" }, { retry })).toEqual([3, undefined]);
  });

  it("is made again where it carries an Idempotency-Key, which arrives as it was written; and so is a GET", async () => {
    const keyed = { url: at("/soon"), method: "POST", headers: { "Idempotency-Key": "order-17" } };
    const [posted, got] = await Promise.all([jobOf(keyed), jobOf({ url: at("/soon") })]);
    expect([posted.attempt, got.attempt]).toEqual([3, 3]);
    expect(calls.filter((one) => one.method === "POST").map((one) => one.key)).toEqual(Array(3).fill("order-17"));
    for (const properties of [keyed, { url: at("/ok") }, { url: at("/ok"), method: "DELETE" }])
      expect(await attemptsOf(properties)).toEqual([3, undefined]);
  });

  it("is made again while it is known that nothing was sent", async () => {
    const post = { url: `http://127.0.0.1:${closed}/`, method: "POST" };
    expect(await jobOf(post)).toMatchObject({ phase: "failed", attempt: 3, reason: { code: "CallFailed" } });
  });

  it("has a method that is not known before it runs: then it counts as one", async () => {
    const steps = [call("m", { url: at("/text") }), call("a", { url: at("/ok"), method: { $from: "/inputs/m" } })];
    const workflow = { mode: "DAG", inputs: { m: { type: "string", default: "POST" } }, steps };
    const { body } = await ask("/projects/default/runs/plan", { document: { name: "x", workflow } });
    const jobs = body["jobs"] as readonly JsonObject[]; // a plan has jobs
    expect(jobs.find((one) => one["name"] === "a")).toMatchObject({ attempts: 1 });
  });
});

describe("a mistake of the user", () => {
  it("is told with its place, what was expected and what came; kubemin has not failed", async () => {
    const { jobs } = await run([
      call("a", { url: at("/ok") }),
      step("m", "notify", { message: { $from: "/steps/a/outputs/body" } }),
    ]);
    const params = { pointer: "/message", expected: "string", actual: "object" };
    expect(jobs[1]).toMatchObject({ phase: "rejected", reason: { code: "WrongInput", who: "you", params } });
  });

  it("that no type alone would tell is told in words", async () => {
    const { jobs } = await run([
      call("a", { url: at("/text") }),
      call("b", { url: { $from: "/steps/a/outputs/body" } }),
    ]);
    expect(jobs[1]).toMatchObject({ phase: "rejected", reason: { code: "BadInput", who: "you" } });
    expect(jobs[1]?.reason.message).toContain("/url");
  });

  it("is never called a failure of kubemin, whatever one step gives to a field of another", async () => {
    const once = { retry: { attempts: 1, backoff: "1s" }, timeout: "3s" };
    const runs = FIELDS.map(([type, field, rest]) =>
      run(
        NASTY.flatMap((_, index) => [
          call(`v${index}`, { url: at(`/value/${index}`) }),
          step(`s${index}`, type, { ...rest(), [field]: { $from: `/steps/v${index}/outputs/body` } }, once),
        ]),
      ),
    );
    const jobs = (await Promise.all(runs)).flatMap((one) => one.jobs);
    expect(jobs).toHaveLength(2 * NASTY.length * FIELDS.length);
    const failed = jobs.filter((job) => JSON.stringify(job.reason).includes("InternalError"));
    expect(failed.map((job) => `${job.type} ${job.name} ${job.reason.message}`)).toEqual([]);
    expect(server.log.filter((line) => line.level === "error")).toEqual([]);
  });

  it("that only looks like a sealed value is told as one", async () => {
    const job = await jobOf({ url: at("/ok"), headers: { a: "sealed:v1:bm90aGluZw" } });
    expect(job).toMatchObject({ phase: "failed", reason: { code: "SecretUnreadable", who: "you" } });
  });
});

describe("a worker", () => {
  it("that answered with what is not taken was called: its job has failed, and was not refused", async () => {
    const [job] = (await run([step("w", "worker", {})])).jobs;
    expect(job).toMatchObject({ phase: "failed", reason: { code: "AnswerRefused", params: { code: "Unsigned" } } });
    expect(calls).toHaveLength(1);
  });
});

describe("the failures of one project", () => {
  const many = (type: string, properties: JsonObject): JsonObject => ({
    ...step(`many-${type}`, type, properties),
    forEach: Array.from({ length: 12 }, (_, index) => index),
    retry: { attempts: 1, backoff: "1s" },
  });
  const held = () => server.dependencies.breakers.states().filter((one) => one.state !== "closed");

  it("hold back what it calls itself, and nothing else", async () => {
    const missing = at("/status/404");
    await run([many("http", { url: missing }), many("notify", { url: missing, message: "x" })], "evil");
    expect(calls.filter((one) => one.path === "/status/404")).toHaveLength(24);
    expect(held(), "404 is the user's").toEqual([]);

    await run([many("http", { url: at("/status/503") })], "evil");
    const target = `127.0.0.1:${port}`;
    expect(held()).toMatchObject([{ project: "evil", type: "http", target, state: "open" }]);
    const other = await run([call("a", { url: at("/ok") })], "good");
    expect(other).toMatchObject({ phase: "succeeded", jobs: [{ attempt: 1 }] });
    // Another host and another type in the same project.
    const elsewhere = `http://127.0.0.1:${closed}/`;
    const { jobs } = await run(
      [
        call("a", { url: elsewhere }, { retry: { attempts: 1, backoff: "1s" } }),
        step("b", "notify", { message: "x", url: at("/ok") }),
      ],
      "evil",
    );
    expect(jobs).toMatchObject([{ reason: { code: "CallFailed" } }, { phase: "succeeded" }]);

    const waiting = await start([call("a", { url: at("/ok") })], "evil");
    const query = { run: waiting, after: 0 };
    const events = server.client.stream(
      "streamEvents",
      { params: { project: "evil" }, query },
      AbortSignal.timeout(10_000),
    );
    for await (const { data } of events) if (JSON.stringify(data.data).includes("TargetBreakerOpen")) break;
    const { body } = await ask(`/projects/evil/runs/${waiting}`);
    expect(body).toMatchObject({
      jobs: [{ phase: "queued", reason: { code: "TargetBreakerOpen", params: { target } } }],
    });
    const metrics = await (await server.request("/metrics", { token: null })).text();
    expect(metrics).toContain('kubemin_job_type_breaker{type="http",project="evil"} 2');
    expect(metrics).toContain('kubemin_job_type_breaker{type="http",project="good"} 0');
    await ask(`/projects/evil/runs/${waiting}/cancel`, {});
  });
});
