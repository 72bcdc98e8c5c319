// A refusal in Chinese is Chinese throughout: besides names, codes and commands it holds no English word.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../support/testServer.ts";

const PROJECT = "/api/v1/projects/default";
const application = (namespace: string, image = "registry.example.com/web:1") => ({
  name: "shop",
  namespace,
  components: [{ name: "web", type: "webservice", properties: { image, port: 8080 } }],
});
const GATE = { name: "gate", workflow: { steps: [{ name: "gate", type: "approve", properties: { message: "?" } }] } };
const WEBHOOK = { name: "hook", type: "webhook", url: "https://hooks.example.com/x", secret: "sixteen characters" };
const schedule = (cron: string, timeZone = "UTC") => ({ cron, timeZone, run: { type: "wait", input: { for: "1s" } } });

let server: TestServer;
let ended = "";
let going = "";
beforeAll(async () => {
  server = await startTestServer();
  await ask("PUT", "/applications/shop?wait=20s&createNamespace=true", application("default"));
  ended = await runOf(
    {
      document: {
        name: "brief",
        workflow: { steps: [{ name: "note", type: "notify", properties: { message: "x" } }] },
      },
    },
    "20s",
  );
  going = await runOf({ document: GATE }, "0s");
  await ask("POST", "/sinks", WEBHOOK);
});
afterAll(() => server.close());

async function ask(method: string, path: string, body?: unknown): Promise<Response> {
  return server.request(path.startsWith("/api") ? path : PROJECT + path, {
    method,
    headers: { "accept-language": "zh-CN", "content-type": "application/json" },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
}

async function runOf(body: object, wait: string): Promise<string> {
  const { id } = (await (await ask("POST", `/runs?wait=${wait}`, body)).json()) as { readonly id: string };
  return id;
}

/** Names, codes, units, commands and addresses: what a Chinese reader writes in Latin letters too. */
const NAMES =
  /kubemin( [a-z]+)*|https?:\/\/\S+|--?[a-z-]+|\$\{?\w+|"[^"]*"|@\w+|\b[A-Z][A-Za-z]*\/[\w-]+|[\w-]*[-_./=<>{}()[\]*][\w-./=<>{}()[\]*]*|\b[a-z]+[A-Z]\w*|\b[A-Z]+\b/g;
/** Fields, types and names of this test, and words of the field that are the same in Chinese. */
const KNOWN =
  /\b(shop|web|gate|hook|note|brief|nope|nowhere|sandbox|default|other|sink|server|token|context|kubeconfig|type|document|input|workflow|body|query|path|header|name|role|project|limit|after|phase|state|url|schedule|cron|approval|succeeded|running|queued|waiting|read|operate|admin|string|number|int|boolean|object|array|localhost|host|lmit|ETag|UTC|Mars|Europe|Asia|Shanghai|Berlin|data|decision|approve|deny|true|false|json|yaml|run|wait|for|expiresIn|application|all|skip|webhook|kafka|failed|cancelled|rejected|expired|skipped|interrupted|pending|from)\b/gi;

const CASES: readonly (readonly [string, number, () => Promise<Response>])[] = [
  ["a document of another name", 400, () => ask("PUT", "/applications/other", application("default"))],
  ["an application that would move", 409, () => ask("PUT", "/applications/shop", application("other"))],
  ["a cluster that is not known", 404, () => ask("PUT", "/applications/shop?cluster=nowhere", application("default"))],
  ["a run that has ended, cancelled", 409, () => ask("POST", `/runs/${ended}/cancel`, {})],
  ["a run that has ended, paused", 409, () => ask("POST", `/runs/${ended}/pause`)],
  ["a run that does not exist", 404, () => ask("GET", "/runs/nope")],
  ["an answer to a step that takes none", 409, () => answer(ended, "note")],
  ["an answer to a step that does not exist", 404, () => answer(going, "nope")],
  ["an answer that is not understood", 400, () => answer(going, "gate", { decision: "perhaps" })],
  ["neither a type nor a document", 400, () => ask("POST", "/runs", {})],
  ["a second sink of the name", 409, () => ask("POST", "/sinks", WEBHOOK)],
  ["a sink at an address that is no URL", 400, () => ask("POST", "/sinks", { ...WEBHOOK, name: "two", url: "nope" })],
  ["a schedule of four fields", 400, () => ask("PUT", "/schedules/gate", schedule("* * * *"))],
  ["a schedule of a wrong hour", 400, () => ask("PUT", "/schedules/gate", schedule("0 99 * * *"))],
  ["a time zone that does not exist", 400, () => ask("PUT", "/schedules/gate", schedule("0 0 * * *", "Mars"))],
  ["an unknown parameter", 400, () => ask("GET", "/runs?lmit=5")],
  ["a number that is too small", 400, () => ask("GET", "/runs?limit=0")],
  ["a word that is none of the known", 400, () => ask("GET", "/runs?phase=sleeping")],
  ["a cursor that no list gave out", 400, () => ask("GET", "/runs?after=zzz")],
  ["a wait that is no duration", 400, () => ask("PUT", "/applications/shop?wait=soon", application("default"))],
  ["a token that never ends", 400, () => token({ expiresIn: "soon" })],
  ["a token of a project that has no name", 400, () => token({ project: "Not A Name" })],
  ["a token with an unknown field", 400, () => token({ admin: true })],
  ["a body that is not JSON", 400, () => ask("POST", "/api/v1/tokens", "{,}")],
  [
    "a number of too many digits",
    400,
    () => ask("POST", "/runs", '{"type":"wait","input":{"n":12345678901234567890}}'),
  ],
  ["a cluster that is described by nothing", 400, () => ask("POST", "/api/v1/clusters", { name: "east" })],
  ["a job type that does not exist", 404, () => ask("GET", "/job-types/nope")],
  [
    "a broken encoding",
    400,
    () => server.request("/api/v1/projects/%E0%A4%A/runs", { headers: { "accept-language": "zh" } }),
  ],
];

function answer(run: string, job: string, data: object = { decision: "approve" }): Promise<Response> {
  return ask("POST", `/runs/${run}/jobs/${job}/messages`, { kind: "approval", data });
}

function token(more: object): Promise<Response> {
  return ask("POST", "/api/v1/tokens", { name: "ci", project: "default", role: "read", ...more });
}

describe("a refusal in Chinese", () => {
  it.each(CASES)("of %s", async (_, status, act) => {
    const refused = await act();
    const { detail, advice, code } = (await refused.json()) as Record<"detail" | "advice" | "code", string>;
    expect({ status: refused.status, code, detail }).toMatchObject({ status });
    expect(detail).toMatch(/[\u4e00-\u9fff]/);
    const left = `${detail} ${advice}`.replace(NAMES, " ").replace(ended, "").replace(going, "").replace(KNOWN, " ");
    expect(left.match(/[a-z]{2,}/gi) ?? [], `${detail} | ${advice}`).toEqual([]);
  });
});
