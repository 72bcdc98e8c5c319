// Tests secrets that pass between steps: as an input of a workflow, as an output of a worker, as an input of another
// step and of an HTTP call. The receiver gets the plain value; the database, the events, the answers and the log never
// contain it.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { JsonObject } from "../../src/model/data/json.ts";
import { signedHeaders } from "../../src/outgoing/signature.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";
import { aDocument } from "./documents.ts";
import { typeServer } from "./server.ts";

const SECRET = "a-secret-of-thirty-letters-or-so";
const GIVEN = "canary-given-71c0";
const WRITTEN = "canary-written-9d2e";
const MINTED = 'canary-"minted"-4b88';
const CANARIES = [GIVEN, WRITTEN, MINTED, JSON.stringify(MINTED).slice(1, -1)];

/** The requests that the worker received, with their header x-key. */
const received: string[] = [];
const text = { type: "string", maxLength: 40 };
const hidden = { ...text, "x-ui": { secret: true } };

interface Order {
  readonly type: string;
  readonly input: JsonObject;
  readonly callback: { readonly url: string; readonly token: string };
}

function signed(response: ServerResponse, status: number, body: object): void {
  const sent = JSON.stringify(body);
  response.writeHead(status, signedHeaders({ keyId: "w", secret: SECRET }, sent, new Date())).end(sent);
}

async function tell({ url, token }: Order["callback"], what: string, body: object): Promise<void> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  await fetch(`${url}/${what}`, { method: "POST", headers, body: JSON.stringify(body) });
}

async function work(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const part of request) body += String(part);
  received.push(`${request.url} ${request.headersDistinct["x-key"]?.join() ?? ""} ${body}`);
  if (request.url !== "/v1/execute") return void response.end(JSON.stringify({ echo: body }));
  const order = JSON.parse(body) as Order; // kubemin sent this request
  const given = JSON.stringify(order.input);
  if (order.type === "takes-secret") {
    // kubemin does not protect a secret that a worker returns in an output which is not declared secret.
    return signed(response, 200, {
      phase: "Succeeded",
      outputs: { echo: given, note: `${z.string().parse(order.input["password"])} came` },
    });
  }
  signed(response, 202, {});
  await tell(order.callback, "heartbeat", { progress: 10, detail: `with ${given}` });
  await tell(order.callback, "complete", { outputs: { key: MINTED, list: [{ key: GIVEN }], note: "made" } });
}

const worker = createServer((request, response) => void work(request, response));
let server: TestServer;
const { register, refused, ended, ask } = typeServer(() => server);
let address = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => worker.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(worker.address() as AddressInfo).port}`; // it listens on a port
  server = await startTestServer();
  const runtime = { tier: "T2", url: address, secret: SECRET };
  const input = { type: "object", properties: { password: hidden, label: text }, additionalProperties: false };
  const output = {
    type: "object",
    required: ["key"],
    properties: {
      key: { type: "string", maxLength: 20, format: "password" },
      list: { type: "array", items: { type: "object", properties: { key: hidden } } },
    },
  };
  await register(aDocument("gives-secret", { runtime, input, output, examples: [] }));
  await register(aDocument("takes-secret", { runtime, input, output: { type: "object" }, examples: [] }));
});
afterAll(async () => {
  await server.close();
  worker.closeAllConnections();
  worker.close();
});

const start = (workflow: object, inputs: JsonObject = {}) =>
  ask("/projects/default/runs", { document: { name: "flow", workflow } as JsonObject, inputs });
const problemsOf = async (workflow: object, inputs: JsonObject = {}): Promise<unknown> => {
  const { problems = [] } = (await start(workflow, inputs)).body as {
    readonly problems?: readonly { readonly code: string; readonly pointer: string }[];
  };
  return problems.map((one) => `${one.code} ${one.pointer.replace("/document/workflow", "")}`);
};
const idOf = (body: JsonObject): string => z.string().parse(body["id"]);
const from = (pointer: string, more: object = {}): object => ({ $from: pointer, ...more });

async function nowhereInClear(run: string): Promise<void> {
  const dumped: unknown[] = [];
  for await (const record of server.dependencies.store.backup()) dumped.push(record);
  const places = {
    store: dumped,
    run: (await ask(`/projects/default/runs/${run}`)).body,
    why: (await ask(`/projects/default/runs/${run}/why?at=${new Date().toISOString()}`)).body,
    events: await server.dependencies.store.events.after({ project: "default" }, 0, 10_000),
    schedules: (await ask("/projects/default/schedules")).body,
    log: server.log,
  };
  for (const [place, content] of Object.entries(places))
    for (const canary of CANARIES) expect(JSON.stringify(content), `${canary} in ${place}`).not.toContain(canary);
}

describe("a secret", () => {
  it("reaches the step that takes it, from inputs and outputs, and stands nowhere in clear", async () => {
    const answer = await start(
      {
        inputs: {
          token: { type: "string", secret: true },
          // Not declared as a secret, but a step uses it as one.
          taken: { type: "object" },
          other: { type: "string", secret: true, default: WRITTEN },
        },
        steps: [
          { name: "give", type: "gives-secret", properties: { password: from("/inputs/taken/password") } },
          { name: "take", type: "takes-secret", properties: { password: from("/steps/give/outputs/key") } },
          { name: "inner", type: "takes-secret", properties: { password: from("/steps/give/outputs/list/0/key") } },
          { name: "spare", type: "takes-secret", properties: { password: from("/inputs/other") } },
          { name: "written", type: "takes-secret", properties: { password: WRITTEN, label: "open" } },
          {
            name: "call",
            type: "http",
            properties: {
              url: `${address}/hook`,
              method: "POST",
              headers: { "x-key": from("/inputs/token") },
              body: { key: from("/steps/give/outputs/key") },
            },
          },
          { name: "tell", type: "notify", properties: { message: "done", data: { all: from("/steps/give/outputs") } } },
          // The values that a condition and a lock use are stored with the decision.
          {
            name: "left-out",
            type: "takes-secret",
            if: '/steps/take/outputs/note == "" || /steps/take/outputs/echo == ""',
            properties: {},
          },
          {
            name: "locked",
            type: "takes-secret",
            locks: [{ key: from("/steps/take/outputs/note") }],
            properties: { password: from("/inputs/token") },
          },
        ],
      },
      { token: GIVEN, taken: { password: GIVEN } },
    );
    expect(answer.status).toBe(202);
    const run = await ended(idOf(answer.body));
    expect(run.jobs.map((job) => `${job.name} ${job.phase}`)).toEqual(
      ["give", "take", "inner", "spare", "written", "call", "tell", "left-out", "locked"].map((name) =>
        name === "left-out" ? `${name} skipped` : `${name} succeeded`,
      ),
    );
    const inputs = received.filter((one) => one.startsWith("/v1"));
    for (const [index, value] of [GIVEN, MINTED, GIVEN, WRITTEN, WRITTEN, GIVEN].entries())
      expect(inputs[index]).toContain(`"password":${JSON.stringify(value)}`);
    const hook = received.find((one) => one.startsWith("/hook"));
    expect(hook).toBe(`/hook ${GIVEN} ${JSON.stringify({ key: MINTED })}`);
    expect(run.jobs[1]?.output).toEqual({ echo: '{"password":"••••••"}', note: "•••••• came" });
    expect(run.jobs[0]?.output).toMatchObject({ key: "••••••", note: "made" });
    const past = (await ask(`/projects/default/runs/${run.id}/why?at=${new Date().toISOString()}`)).body;
    expect(JSON.stringify(past)).toContain('"object":"/steps/take/outputs/note","text":"\\"•••••• came\\""');
    await nowhereInClear(run.id);
  });

  it("of a run that waits for its time, or of a type that runs alone, is sealed as well", async () => {
    const run = { type: "takes-secret", input: { password: GIVEN } };
    const schedule = { cron: "0 0 1 1 *", timeZone: "UTC", run };
    expect((await ask("/projects/default/schedules/yearly", schedule as JsonObject, "PUT")).status).toBe(200);
    const { body } = await ask("/projects/default/runs", run);
    expect((await ended(idOf(body))).phase).toBe("succeeded");
    await nowhereInClear(idOf(body));
  });

  it("stands in no condition, loop, lock or open place, and none is made of what was kept in clear", async () => {
    const give = { name: "give", type: "gives-secret", properties: {} };
    const key = from("/steps/give/outputs/key");
    const inputs = { token: { type: "string", secret: true } };
    expect(
      await problemsOf(
        {
          inputs: { ...inputs, count: { type: "integer", secret: true } },
          steps: [
            give,
            { name: "a", type: "takes-secret", if: '/steps/give/outputs/key == "x"', properties: {} },
            { name: "b", type: "takes-secret", properties: { label: key } },
            { name: "c", type: "notify", properties: { message: from("/inputs/token") } },
            { name: "d", type: "takes-secret", locks: [{ key: key }], properties: {} },
            { name: "e", type: "http", properties: { url: `${address}/e` } },
            { name: "f", type: "takes-secret", properties: { password: from("/steps/e/outputs/body") } },
            { name: "g", type: "takes-secret", forEach: [key], properties: { password: from("/item") } },
          ],
        },
        { token: GIVEN },
      ),
    ).toEqual([
      "SecretInput /inputs/count/secret",
      "SecretShown /steps/1/if",
      "SecretShown /steps/2/properties/label/$from",
      "SecretShown /steps/3/properties/message/$from",
      "SecretShown /steps/4/locks/0/key/$from",
      "SecretFromClear /steps/6/properties/password/$from",
      "SecretShown /steps/7/forEach/0/$from",
      "SecretFromClear /steps/7/properties/password/$from",
    ]);
  });

  it("that stands in for a reference is sealed too", async () => {
    const steps = [
      { name: "take", type: "takes-secret", properties: { password: from("/inputs/token", { default: WRITTEN }) } },
    ];
    const answer = await start({ inputs: { token: { type: "string", default: GIVEN } }, steps });
    expect((await ended(idOf(answer.body))).phase).toBe("succeeded");
    await nowhereInClear(idOf(answer.body));
  });

  it("is marked where it is always one, and is a text: a registration says so otherwise", async () => {
    const input = {
      type: "object",
      properties: {
        a: { anyOf: [{ type: "string", format: "password" }] },
        b: { $ref: "#/$defs/key" },
        c: { type: "integer", writeOnly: true },
      },
      additionalProperties: { type: "string", writeOnly: true },
      $defs: { key: hidden },
    };
    expect((await refused(aDocument("hides", { input, examples: [] }))).problems).toEqual([
      "SecretHidden /spec/input/properties/a/anyOf/0",
      "SecretNotText /spec/input/properties/c",
      "SecretHidden /spec/input/additionalProperties",
      "SecretHidden /spec/input/$defs/key",
    ]);
  });
});
