// Tests the life of a registered type: several versions at a time, drafts and grants, deprecation, the kill switch,
// quarantine.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { JsonObject } from "../../src/model/data/json.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";
import { aDocument, newName } from "./documents.ts";
import { typeServer } from "./server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
const textAt = (body: JsonObject, key: string): string => z.string().parse(body[key]);
const { register, refused, start, run, ended, ask } = typeServer(() => server);

const WORKER_SECRET = "a-secret-of-thirty-letters-or-so";
const own = (name: string): string => `/projects/default/job-types/${name}`;
const any = (name: string): string => `/job-types/${name}`;
const asking = (name: string, spec: JsonObject = {}): JsonObject =>
  aDocument(name, { capabilities: { network: ["models:443"], secrets: ["hf-token"] }, ...spec });

describe("versions", () => {
  it("go on beside each other: a new major breaks nobody who named the old one", async () => {
    const name = newName();
    await register(aDocument(name));
    await register(aDocument(name, { version: "1.1.0" }));
    const strict = { type: "object", properties: { name: { type: "string", maxLength: 9 } }, required: ["name"] };
    const second = { version: "2.0.0", input: strict, examples: [], runtime: { tier: "T1", image: "busybox:1.36" } };
    await register(aDocument(name, second));
    const versionOf = async (type: string, input: JsonObject, version?: string) => {
      const ran = await run(type, input, version === undefined ? {} : { version });
      expect(ran.phase).toBe("succeeded");
      const [job] = await server.dependencies.store.runs.jobs(ran.id);
      return job?.plan.typeVersion;
    };
    expect(await versionOf(name, { name: "ada" })).toBe("2.0.0");
    expect(await versionOf(name, { who: "ada" }, "1")).toBe("1.1.0");
    expect(await versionOf(name, { who: "ada" }, "1.0.0")).toBe("1.0.0");
    const view = (await ask(own(name))).body as { versions: { version: string }[] };
    expect(view.versions.map((one) => one.version)).toEqual(["2.0.0", "1.1.0", "1.0.0"]);
  });

  it("never change, only go up, and keep what they promised", async () => {
    const name = newName();
    await register(aDocument(name, { version: "1.2.0" }));
    expect((await refused(aDocument(name, { version: "1.2.0" }))).problems).toEqual(["VersionOrder /spec/version"]);
    expect((await refused(aDocument(name, { version: "1.1.9" }))).failed).toEqual(["name"]);
    const narrower = { type: "object", properties: { who: { type: "string", maxLength: 5 } }, required: ["who"] };
    const answer = await refused(aDocument(name, { version: "1.3.0", input: narrower }));
    expect(answer.failed).toEqual(["compatibility"]);
    expect(answer.problems[0]).toBe("Incompatible /spec/input");
  });
});

describe("a name", () => {
  it("belongs to kubemin, or to the project that had it first", async () => {
    expect((await refused(aDocument("deploy"))).problems).toEqual(["BuiltinName /metadata/name"]);
    expect((await refused(aDocument("http"))).problems).toEqual(["BuiltinName /metadata/name"]);
    const name = newName();
    await register(aDocument(name), "team-a");
    const answer = await refused(aDocument(name, { version: "2.0.0" }));
    expect(answer.problems).toEqual(["OtherOwner /metadata/name"]);
    expect((await ask(own(name))).status).toBe(404);
    expect((await ask("/projects/default/runs", { type: name, input: { who: "x" } })).status).toBe(422);
  });
});

describe("a document", () => {
  it("is refused with every mistake at its place, and nothing is kept", async () => {
    const name = newName();
    const answer = await refused(`apiVersion: kubemin.dev/v1
kind: JobType
metadata: { name: ${name} }
spec:
  version: 1.0.0
  summary: x
  input: { type: object, properties: { who: { type: string } } }
  examples: [{ title: wrong, input: { who: 3 } }]
  runtime: { tier: T1, image: "busybox:1.36", args: "{{input.whom}}" }
`);
    expect(answer.problems).toEqual(["SchemaMismatch /spec/examples/0/input/who"]);
    expect(answer.body["problems"]).toMatchObject([{ line: 8 }]);
    const template = await refused(
      aDocument(name, { runtime: { tier: "T1", image: "busybox:1.36", args: "{{input.whom}}" } }),
    );
    expect(template.problems).toEqual(["Placeholder /spec/runtime"]);
    expect(template.body["problems"]).toMatchObject([{ nearest: "input.who" }]);
    const policy = await refused(
      aDocument(name, {
        runtime: { tier: "T1", image: "busybox:1.36", template: { spec: { hostNetwork: true, containers: [{}] } } },
      }),
    );
    expect(policy.failed).toEqual(["policy"]);
    const shape = await refused(aDocument(name, { version: "one", colour: "red" }));
    expect(shape.failed).toEqual(["shape"]);
    expect(shape.problems).toContain("UnknownField /spec/colour");
    expect((await ask(own(name))).status).toBe(404);
  });

  it("can be checked without registering it", async () => {
    const name = newName();
    const answer = await ask("/projects/default/job-types/check", aDocument(name));
    expect(answer).toMatchObject({ status: 200, body: { passed: true } });
    expect((await ask(own(name))).status).toBe(404);
  });

  it("may not name a worker inside of the server's own network", async () => {
    const runtime = { tier: "T2", url: "http://169.254.169.254/latest", secret: WORKER_SECRET };
    expect((await refused(aDocument(newName(), { runtime }))).problems).toEqual(["WorkerAddress /spec/runtime/url"]);
  });
});

describe("what asks for something", () => {
  it("waits as a draft until an administrator grants it, and is active then", async () => {
    const name = newName();
    expect((await register(asking(name))).state).toBe("draft");
    expect((await ask("/projects/default/runs", { type: name, input: { who: "x" } })).status).toBe(422);
    expect((await ask(`${own(name)}/activate`, {})).status).toBe(409);
    const granted = await ask(`${any(name)}/grants/default`, {}, "PUT");
    expect(granted.body).toMatchObject({
      state: "active",
      grants: [{ project: "default", grants: { network: ["models:443"], secrets: ["hf-token"] } }],
    });
    await start(name, { who: "x" });
    const check = (answer: { readonly body: JsonObject }): unknown => {
      const checks = answer.body["checks"] as readonly { readonly check: string }[]; // as the API's schema says
      return checks.find((one) => one.check === "grant");
    };
    expect(check(granted)).toMatchObject({ result: "ok", problems: [] });
    expect((await ask(`${any(name)}/grants/default`, undefined, "DELETE")).status).toBe(204);
    expect(check(await ask(any(name)))).toMatchObject({ result: "skipped", because: expect.stringContaining("waits") });
    const after = await run(name, { who: "x" });
    expect(after.jobs[0]).toMatchObject({ phase: "rejected", reason: { code: "PolicyDenied" } });
  });

  it("is usable by another project once it is granted there, and by no other", async () => {
    const name = newName();
    await register(aDocument(name));
    const startIn = (project: string) => ask(`/projects/${project}/runs`, { type: name, input: { who: "x" } });
    expect((await startIn("team-b")).status).toBe(422);
    await ask(`${any(name)}/grants/team-b`, {}, "PUT");
    expect((await startIn("team-b")).status).toBe(202);
    expect((await startIn("team-c")).status).toBe(422);
    expect((await ask(`/projects/team-b/job-types/${name}/deprecate`, {})).status).toBe(409);
  });

  it("grants only words that are known", async () => {
    const name = newName();
    await register(aDocument(name));
    expect((await ask(`${any(name)}/grants/default`, { grants: { root: true } }, "PUT")).status).toBe(400);
  });
});

describe("a draft", () => {
  it("is validated by a sample run, and then activated", async () => {
    const name = newName();
    expect((await register(aDocument(name, { lifecycle: "draft" }))).state).toBe("draft");
    expect((await ask("/projects/default/runs", { type: name, input: { who: "x" } })).status).toBe(422);
    const tried = await ask(`${own(name)}/try`, {});
    expect(tried.status).toBe(202);
    expect((await ended(textAt(tried.body, "id"))).phase).toBe("succeeded");
    await changed(name, (type) => type["state"] === "validated");
    expect((await ask(`${own(name)}/activate`, {})).body).toMatchObject({ state: "active" });
    expect((await run(name, { who: "x" })).phase).toBe("succeeded");
  });
});

/** Follows the events of the project until the type meets the condition. */
async function changed(name: string, fits: (type: JsonObject) => boolean): Promise<void> {
  const call = { params: { project: "default" }, query: {} };
  const looked = async (): Promise<boolean> => fits((await ask(own(name))).body);
  const events = server.client.stream("streamEvents", { ...call, query: { after: 0 } }, AbortSignal.timeout(20_000));
  for await (const { data } of events)
    if (data.type === "job-type.changed" && data.data["type"] === name && (await looked())) return;
}

describe("a deprecated version", () => {
  it("warns until its last day, and is refused after it", async () => {
    const name = newName();
    await register(aDocument(name));
    const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
    const until = day(30);
    expect((await ask(`${own(name)}/deprecate`, { until, replacedBy: "better" })).body).toMatchObject({
      state: "deprecated",
    });
    const schema = await ask(`${own(name)}/schema`);
    expect(schema.body["warnings"]).toMatchObject([{ code: "TypeDeprecated", severity: "warning" }]);
    expect(JSON.stringify(schema.body["warnings"])).toContain("better");
    const started = await ask("/projects/default/runs", { type: name, input: { who: "x" } });
    expect(started).toMatchObject({
      status: 202,
      body: { warnings: [{ code: "TypeDeprecated", severity: "warning" }] },
    });
    expect((await ended(textAt(started.body, "id"))).phase).toBe("succeeded");
    await ask(`${own(name)}/activate`, {});
    expect((await ask("/projects/default/runs", { type: name, input: { who: "x" } })).body["warnings"]).toEqual([]);
    await ask(`${own(name)}/deprecate`, { until: day(-2) });
    const answer = await ask("/projects/default/runs", { type: name, input: { who: "x" } });
    expect(answer).toMatchObject({ status: 422, body: { problems: [{ code: "TypeOver" }] } });
  });
});

/** Waits until an event of the run contains the text. */
async function seen(run: string, text: string): Promise<void> {
  const call = { params: { project: "default" }, query: { run, after: 0 } };
  for await (const { data } of server.client.stream("streamEvents", call, AbortSignal.timeout(20_000)))
    if (JSON.stringify(data.data).includes(text)) return;
}

describe("the kill switch", () => {
  it("stops what has not begun, and lets it go on when it is released", async () => {
    const name = newName();
    await register(aDocument(name));
    const stopped = await ask(`${any(name)}/disable`, { reason: "it burns the cluster" });
    expect(stopped.body).toMatchObject({
      state: "disabled",
      stops: [{ kind: "disabled", detail: "it burns the cluster" }],
    });
    const answer = await ask("/projects/default/runs", { type: name, input: { who: "x" } });
    expect(answer).toMatchObject({ status: 422, body: { problems: [{ code: "TypeStopped" }] } });
    expect(JSON.stringify(answer.body)).toContain("it burns the cluster");
    const metrics = await (await server.request("/metrics", { token: null })).text();
    expect(metrics).toContain(`kubemin_job_type_stopped{type="${name}",kind="disabled"} 1`);
    expect((await ask(`${any(name)}/enable`, {})).body).toMatchObject({ state: "active", stops: [] });
    expect((await run(name, { who: "x" })).phase).toBe("succeeded");
  });

  it("holds a job that comes later in a run, which goes on once it is released", async () => {
    const name = newName();
    await register(aDocument(name));
    const steps = [
      { name: "ask", type: "approve", properties: { message: "go on?" } },
      { name: "then", type: name, properties: { who: "x" } },
    ];
    const { body } = await ask("/projects/default/runs", { document: { name: "held", workflow: { steps } } });
    const id = textAt(body, "id");
    await seen(id, `"phase":"running"`);
    await ask(`${any(name)}/disable`, { reason: "for now" });
    expect(
      (await ask(`/projects/default/runs/${id}/jobs/ask/messages`, { kind: "approval", data: { decision: "approve" } }))
        .status,
    ).toBe(202);
    await seen(id, "TypeDisabled");
    await ask(`${any(name)}/enable`, {});
    expect((await ended(id)).phase).toBe("succeeded");
  });
});

describe("who stops a type", () => {
  it("is an administrator of the server, or of the project that it belongs to; neither undoes more than is theirs", async () => {
    const name = newName();
    await register(aDocument(name), "team-a");
    await ask(`${any(name)}/grants/default`, {}, "PUT");
    const [owner, writer, other] = await Promise.all([
      server.addToken({ project: "team-a", role: "admin" }),
      server.addToken({ project: "team-a", role: "write" }),
      server.addToken({ project: "default", role: "admin" }),
    ]);
    const as = async (token: string, path: string, body: JsonObject = {}): Promise<number> => {
      const headers = { "content-type": "application/json" };
      const init = { method: "POST", headers, body: JSON.stringify(body), token };
      return (await server.request(`/api/v1${path}`, init)).status;
    };
    const reason = { reason: "it burns" };
    const mine = (word: string): string => `/projects/team-a/job-types/${name}/${word}`;
    expect(await as(writer, mine("withdraw"), reason)).toBe(403);
    expect(await as(other, mine("withdraw"), reason)).toBe(403);
    expect(await as(other, `${own(name)}/withdraw`, reason)).toBe(409);
    expect(await as(owner, `${any(name)}/disable`, reason)).toBe(403);
    expect(await as(owner, mine("withdraw"))).toBe(400);
    const runs = async () => (await ask("/projects/default/runs", { type: name, input: { who: "x" } })).status;
    expect(await runs()).toBe(202);

    expect(await as(owner, mine("withdraw"), reason)).toBe(200);
    expect((await ask(any(name))).body).toMatchObject({ state: "withdrawn", stops: [{ detail: "it burns" }] });
    // A withdrawal counts in every project, not only in the owner's.
    expect(await runs()).toBe(422);
    expect(await as(owner, mine("restore"))).toBe(200);
    expect(await runs()).toBe(202);

    await as(owner, mine("withdraw"), reason);
    expect(await as(server.secret, `${any(name)}/disable`, reason)).toBe(200);
    expect(await as(owner, mine("restore"))).toBe(409);
    expect((await ask(any(name))).body).toMatchObject({ state: "disabled" });
    expect(await runs()).toBe(422);
    expect(await as(server.secret, `${any(name)}/enable`)).toBe(200);
    expect(await runs()).toBe(202);
  });
});

describe("a type that throws", () => {
  it("is set aside after five times in that project with its stack, without its secrets, and everything else goes on", async () => {
    const name = newName();
    const runtime = { tier: "T2", url: "https://worker.example.com", secret: WORKER_SECRET };
    await register(aDocument(name, { runtime }));
    await ask(`${any(name)}/grants/team-a`, {}, "PUT");
    const { outgoing } = server.dependencies;
    const request: typeof outgoing.request = ({ sign }) =>
      Promise.reject(new Error(`no answer with ${sign?.secret ?? ""}`));
    Object.assign(server.dependencies, { outgoing: { ...outgoing, request } });
    for (let time = 0; time < 5; time += 1)
      expect((await run(name, { who: "x" })).jobs[0]).toMatchObject({
        phase: "failed",
        reason: { code: "InternalError" },
      });
    await changed(name, (type) => type["state"] === "quarantined");
    const { stops } = (await ask(own(name))).body as { stops: { detail: string }[] };
    expect(stops[0]?.detail).toContain("at ");
    expect(JSON.stringify(stops)).not.toContain(WORKER_SECRET);
    expect((await ask("/projects/default/runs", { type: name, input: { who: "x" } })).status).toBe(422);
    const elsewhere = `/projects/team-a/job-types/${name}`;
    expect((await ask(elsewhere)).body, "no other project is stopped by it").toMatchObject({
      state: "active",
      stops: [],
    });
    const started = await ask("/projects/team-a/runs", { type: name, input: { who: "x" } });
    expect(started.status).toBe(202);
    expect((await ended(textAt(started.body, "id"), "team-a")).jobs[0]?.reason.code).toBe("InternalError");
    const other = newName();
    await register(aDocument(other));
    expect((await run(other, { who: "x" })).phase).toBe("succeeded");
    Object.assign(server.dependencies, { outgoing });
    expect((await ask(`${any(name)}/enable`, {})).body).toMatchObject({ state: "active" });
  });
});

describe("the secret of a worker", () => {
  it("is in no answer, no event, and not in clear in the store", async () => {
    const name = newName();
    const runtime = { tier: "T2", url: "https://worker.example.com", secret: WORKER_SECRET };
    const answers = [
      await register(aDocument(name, { runtime })),
      await ask(own(name)),
      await ask(any(name)),
      await ask(`${own(name)}/schema`),
      await ask(`${own(name)}/page`),
      await server.dependencies.store.registrations.after(0),
      await server.dependencies.store.events.after({ project: "default" }, 0, 1_000),
    ];
    expect(JSON.stringify(answers)).not.toContain(WORKER_SECRET);
  });
});

describe("one definition", () => {
  it("gives schema, fields in both languages, and a page with commands", async () => {
    const name = newName();
    await register(aDocument(name));
    const { body } = await ask(`${own(name)}/schema`);
    expect(body).toMatchObject({
      version: "1.0.0",
      input: { properties: { who: { type: "string" } } },
      fields: [{ path: "who", type: "string", required: true, description: "Whom to greet" }, { path: "times" }],
      examples: [{ title: "the world", input: { who: "world" } }],
    });
    const page = textAt((await ask(`${own(name)}/page`)).body, "markdown");
    expect(page).toContain(`# ${name}`);
    expect(page).toContain("| `who` | string | required; Whom to greet |");
    expect(page).toContain(`kubemin run ${name} --input who=world`);
  });
});
