// A document over HTTP, through the real engine, to the sandbox: plan, deploy, follow, read, roll back, delete.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnswerOf } from "../../src/api/client.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

type Run = AnswerOf<"deployApplication">;
const PASSWORD = "correct-horse-battery";

function document(name: string, image = "registry.example.com/web:1"): string {
  return JSON.stringify({
    name,
    components: [
      { name: `${name}-keys`, type: "secret", properties: { data: { password: PASSWORD } } },
      { name: `${name}-web`, type: "webservice", properties: { image, port: 8080 }, dependsOn: [`${name}-keys`] },
    ],
  });
}

function place(application: string): { readonly params: { readonly project: string; readonly application: string } } {
  return { params: { project: "default", application } };
}

function deploy(
  name: string,
  image?: string,
  headers: { "if-match"?: string; "idempotency-key"?: string } = {},
): Promise<Run> {
  return server.client.call("deployApplication", { ...place(name), body: document(name, image), headers });
}

/** Follows the run's own stream, which ends after the run. */
async function settled(run: Run): Promise<Run> {
  const follow = { params: { project: "default" }, query: { run: run.id } };
  const types: string[] = [];
  for await (const { data } of server.client.stream("streamEvents", follow, AbortSignal.timeout(15_000)))
    types.push(data.type);
  expect(types.at(0)).toBe("run.created");
  expect(types.at(-1)).toBe("run.finished");
  return server.client.call("getRun", { params: { project: "default", run: run.id } });
}

describe("planning", () => {
  it("shows everything that would happen, without secrets and without doing it", async () => {
    const plan = await server.client.call("planApplication", {
      params: { project: "default" },
      body: document("planned"),
    });
    expect(plan).toMatchObject({ application: "planned", cluster: "sandbox", clusterKind: "sandbox" });
    expect(plan.layers).toEqual([["planned-keys"], ["planned-web"]]);
    expect(JSON.stringify(plan)).toContain("••••••");
    expect(JSON.stringify(plan)).not.toMatch(/correct-horse|sealed:v1/);
    expect(plan.jobs.flatMap((job) => job.objects).length).toBeGreaterThan(1);
    await expect(server.client.call("getApplication", place("planned"))).rejects.toMatchObject({ status: 404 });
  });

  it("tells every problem of a document with its place", async () => {
    const body = "name: bad\ncomponents:\n- name: web\n  type: webservise\n- name: web\n  type: worker\n";
    const answer = server.client.call("planApplication", { params: { project: "default" }, body });
    await expect(answer).rejects.toMatchObject({ status: 422, body: { code: "InvalidDocument" } });
    const problems = await answer.catch((error: { body: { problems: unknown[] } }) => error.body.problems);
    expect(problems).toContainEqual(
      expect.objectContaining({ code: "UnknownComponentType", line: 4, nearest: "webservice" }),
    );
    expect(problems).toContainEqual(expect.objectContaining({ code: "DuplicateName" }));
  });
});

describe("a deployment", () => {
  it("is accepted at once, runs to its end, and can be looked at", async () => {
    const answer = await server.request("/api/v1/projects/default/applications/shop", {
      method: "PUT",
      body: document("shop"),
      headers: { "content-type": "application/json" },
    });
    expect(answer.status).toBe(202);
    const run = (await answer.json()) as Run;
    expect(answer.headers.get("location")).toBe(`/api/v1/projects/default/runs/${run.id}`);
    expect(run).toMatchObject({ number: 1, revision: 1, kind: "deploy", phase: "running", actor: "admin of *" });

    expect(await settled(run)).toMatchObject({
      phase: "succeeded",
      jobs: [{ phase: "succeeded" }, { phase: "succeeded" }],
    });
    expect(await server.client.call("getStatus", place("shop"))).toMatchObject({ health: "healthy", revision: 1 });
    const why = await server.client.call("explainWhy", place("shop"));
    expect(why.sentence).not.toBe("");
    const { items } = await server.client.call("listApplications", { params: { project: "default" } });
    expect(items).toMatchObject([{ name: "shop", lastRun: { id: run.id, phase: "succeeded" } }]);
  });

  it("keeps secrets sealed in the document, which can be sent back unchanged", async () => {
    const shown = await server.client.call("getApplication", place("shop"));
    expect(JSON.stringify(shown)).not.toContain(PASSWORD);
    expect(JSON.stringify(shown.document)).toContain("sealed:v1:");
    const run = await server.client.call("deployApplication", {
      ...place("shop"),
      body: JSON.stringify(shown.document),
    });
    expect((await settled(run)).revision).toBe(1);
  });

  it("happens once for one idempotency key, and never for another request with it", async () => {
    const first = await deploy("once", undefined, { "idempotency-key": "k1" });
    const again = await deploy("once", undefined, { "idempotency-key": "k1" });
    expect(again.id).toBe(first.id);
    await expect(deploy("once", "registry.example.com/web:2", { "idempotency-key": "k1" })).rejects.toMatchObject({
      status: 422,
      body: { code: "IdempotencyMismatch" },
    });
    await settled(first);
  });

  it("is refused when somebody was faster, or when If-Match is no ETag", async () => {
    await settled(await deploy("raced", undefined, { "if-match": '"rev-0"' }));
    const stale = deploy("raced", "registry.example.com/web:2", { "if-match": '"rev-7"' });
    await expect(stale).rejects.toMatchObject({ status: 412, body: { code: "StaleEtag" } });
    await expect(deploy("raced", undefined, { "if-match": "rev-1" })).rejects.toMatchObject({
      status: 400,
      body: { code: "InvalidRequest" },
    });
    const seen = await server.request("/api/v1/projects/default/applications/raced");
    await settled(await deploy("raced", "registry.example.com/web:2", { "if-match": seen.headers.get("etag") ?? "" }));
  });

  it("takes If-Match: * for whatever exists, and refuses it for what does not", async () => {
    const refused = deploy("starred", undefined, { "if-match": "*" });
    await expect(refused).rejects.toMatchObject({ status: 412, body: { code: "StaleEtag" } });
    await settled(await deploy("starred"));
    await settled(await deploy("starred", "registry.example.com/web:2", { "if-match": "*" }));
  });

  it("has revisions that can be listed page by page, compared and brought back", async () => {
    const { params } = place("raced");
    const first = await server.client.call("listRevisions", { params, query: { limit: 1 } });
    expect(first.items).toMatchObject([{ number: 2 }]);
    const second = await server.client.call("listRevisions", { params, query: { limit: 1, after: first.next ?? "" } });
    expect(second).toMatchObject({ items: [{ number: 1 }], next: null });
    const { changes } = await server.client.call("diffRevisions", { params, query: { from: 1, to: 2 } });
    expect(changes.flatMap((one) => one.fields)).toContainEqual(
      expect.objectContaining({ before: "registry.example.com/web:1", after: "registry.example.com/web:2" }),
    );
    const run = await settled(await server.client.call("rollbackApplication", { params, body: { revision: 1 } }));
    expect(run).toMatchObject({ phase: "succeeded", revision: 3 });
    await expect(server.client.call("getRevision", { params: { ...params, revision: 9 } })).rejects.toMatchObject({
      status: 404,
    });
  });

  it("goes before others when it is told to", async () => {
    const body = document("urgent");
    const urgent = await server.client.call("deployApplication", {
      ...place("urgent"),
      query: { priority: "high" },
      body,
    });
    expect(urgent.priority).toBe("high");
    expect((await settled(urgent)).phase).toBe("succeeded");
    expect((await deploy("urgent")).priority).toBe("normal");
  });

  it("ends with a delete", async () => {
    const run = await settled(await server.client.call("deleteApplication", place("raced")));
    expect(run).toMatchObject({ kind: "delete", phase: "succeeded" });
    await expect(server.client.call("getApplication", place("raced"))).rejects.toMatchObject({ status: 404 });
    const { items } = await server.client.call("listRuns", {
      params: { project: "default" },
      query: { application: "raced" },
    });
    expect(items[0]).toMatchObject({ id: run.id });
  });
});

describe("runs", () => {
  const run = (id: string) => ({ params: { project: "default", run: id } });
  const body = JSON.stringify({
    name: "jobs",
    components: [
      { name: "migrate", type: "task", properties: { image: "registry.example.com/migrate:1", command: ["migrate"] } },
    ],
  });

  it("can be cancelled once, and done again", async () => {
    const first = await server.client.call("deployApplication", { ...place("jobs"), body });
    await server.client.call("cancelRun", run(first.id));
    expect(await settled(first)).toMatchObject({ phase: "cancelled" });
    await expect(server.client.call("cancelRun", run(first.id))).rejects.toMatchObject({
      status: 409,
      body: { code: "RunAlreadyEnded" },
    });
    const again = await settled(await server.client.call("retryRun", { ...run(first.id), body: {} }));
    expect(again).toMatchObject({ number: 2, phase: "succeeded" });
  });

  it("keep the log of a task", async () => {
    const { items } = await server.client.call("listRuns", {
      params: { project: "default" },
      query: { application: "jobs", phase: "succeeded" },
    });
    const { params } = run(items[0]?.id ?? "");
    const log = await server.client.call("getJobLog", { params: { ...params, job: "migrate" } });
    expect(log.items.length).toBeGreaterThan(0);
    await expect(server.client.call("getJobLog", { params: { ...params, job: "nope" } })).rejects.toMatchObject({
      status: 404,
      body: { advice: expect.stringContaining("migrate") },
    });
  });
});

describe("ETags", () => {
  async function conditional(path: string): Promise<readonly [number, number]> {
    const first = await server.request(path);
    const etag = first.headers.get("etag") ?? "none";
    const again = await server.request(path, { headers: { "if-none-match": `"other", W/${etag}` } });
    return [first.status, again.status];
  }

  it("save an answer that has not changed", async () => {
    const { items } = await server.client.call("listRuns", {
      params: { project: "default" },
      query: { application: "shop" },
    });
    expect(await conditional("/api/v1/projects/default/applications/shop")).toEqual([200, 304]);
    expect(await conditional("/api/v1/projects/default/applications/shop/revisions/1")).toEqual([200, 304]);
    expect(await conditional(`/api/v1/projects/default/runs/${items[0]?.id}`)).toEqual([200, 304]);
  });

  it("change when the application's newest run does, though its revision stays", async () => {
    const path = "/api/v1/projects/default/applications/shop";
    const etag = (await server.request(path)).headers.get("etag") ?? "";
    expect(etag).toMatch(/^"rev-1[.]/);
    await settled(await deploy("shop"));
    const answer = await server.request(path, { headers: { "if-none-match": etag } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("etag")).toMatch(/^"rev-1[.]/);
  });
});

describe("other projects", () => {
  it("do not see runs by guessing their ids", async () => {
    const { items } = await server.client.call("listRuns", { params: { project: "default" } });
    const answer = server.client.call("getRun", { params: { project: "other", run: items[0]?.id ?? "" } });
    await expect(answer).rejects.toMatchObject({ status: 404, body: { code: "NotFound" } });
  });
});

describe("secrets", () => {
  it("reach neither the log nor an event", async () => {
    const events = await server.dependencies.store.events.after({ project: "default" }, 0, 10_000);
    expect(events.length).toBeGreaterThan(0);
    expect(JSON.stringify([events, server.log])).not.toMatch(/correct-horse|sealed:v1|kubemin_[\w-]{20}/);
  });
});
