// Changes that others made on the cluster are in the plan before anything starts, over HTTP, on the sandbox. Field
// managers and field conflicts need a real cluster: test/e2e/planTruth.test.ts.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnswerOf } from "../../src/api/client.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import { reason } from "../../src/model/reasons/reason.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const project = "default";
const params = { project };
const ref = (kind: string, name: string, apiVersion = "v1") => ({ apiVersion, kind, namespace: "default", name });
const app = (name: string, ...components: readonly JsonObject[]): JsonObject => ({ name, components });
const worker = (name: string, replicas: number, more: JsonObject = {}): JsonObject => ({
  name,
  type: "worker",
  properties: { image: "busybox:1.36", replicas },
  ...more,
});
const config = (name: string, value: string): JsonObject => ({ name, type: "config", properties: { data: { value } } });

function plan(document: JsonObject): Promise<AnswerOf<"planApplication">> {
  return server.client.call("planApplication", { params, body: JSON.stringify(document) });
}

const nameOf = ({ name }: JsonObject): string => (typeof name === "string" ? name : "");

async function deploy(document: JsonObject): Promise<string> {
  const application = nameOf(document);
  const run = await server.client.call("deployApplication", {
    params: { project, application },
    body: JSON.stringify(document),
  });
  const call = { params, query: { run: run.id } };
  for await (const { data } of server.client.stream("streamEvents", call, AbortSignal.timeout(15_000)))
    if (data.type === "run.finished") break;
  return (await server.client.call("getRun", { params: { project, run: run.id } })).phase;
}

function scale(name: string, replicas: number): void {
  server.sandbox.change(ref("Deployment", name, "apps/v1"), (live) => ({
    ...live,
    spec: { ...(live["spec"] as JsonObject), replicas }, // a Deployment has one
  }));
}

it("the plan says once that the namespace is being deleted, and nothing is started", async () => {
  // oxlint-disable-next-line typescript/unbound-method -- the sandbox is an object of closures
  const original = server.sandbox.dryRun;
  const ending = {
    reason: reason("Terminating", { object: "Namespace/default" }),
    class: "passing",
    grace: 0,
  } as const;
  Object.assign(server.sandbox, { dryRun: () => Promise.resolve({ refused: ending }) });
  const refused = {
    status: 422,
    body: {
      problems: [
        {
          code: "NamespaceEnding",
          pointer: "/namespace",
          message: "namespace default is being deleted on cluster sandbox: nothing can be created in it",
        },
      ],
    },
  };
  const document = app("ending", worker("ending-a", 1), worker("ending-b", 1));
  await expect(plan(document)).rejects.toMatchObject(refused);
  await expect(deploy(document)).rejects.toMatchObject(refused);
  Object.assign(server.sandbox, { dryRun: original });
});

describe("the plan of what changed behind our back", () => {
  it("shows a field of an object that the document did not change", async () => {
    const document = app("blind", worker("ba", 1), worker("bb", 1));
    await deploy(document);
    scale("bb", 2);
    const { changes } = await plan(document);
    expect(changes.map((one) => `${one.action} ${one.object.name}`)).toEqual(["unchanged ba", "update bb"]);
    expect(changes[1]).toMatchObject({
      class: "in-place",
      disruption: "none",
      fields: [{ path: "spec.replicas", before: 2, after: 1, by: [] }],
    });
    expect(await deploy(document)).toBe("succeeded");
    expect((await plan(document)).changes.map((one) => one.action)).toEqual(["unchanged", "unchanged"]);
  });

  it("shows it beside what the document changes, and tells the two apart", async () => {
    await deploy(app("both", worker("both-app", 1)));
    scale("both-app", 4);
    const { changes } = await plan(app("both", worker("both-app", 1, { traits: { env: { V: "2" } } })));
    expect(changes).toHaveLength(1);
    expect(changes[0]?.class).toBe("rolling");
    const told = new Map(changes[0]?.fields.map((field) => [field.path, field.by]));
    expect(told.get("spec.replicas")).toEqual([]);
    const others = [...told].filter(([path]) => path !== "spec.replicas");
    expect(others.length).toBeGreaterThan(0);
    expect(others.map(([, by]) => by).filter((by) => by !== undefined)).toEqual([]);
  });

  it("makes again what is gone", async () => {
    const document = app("gone", config("gone-a", "1"), config("gone-b", "1"));
    await deploy(document);
    expect(server.sandbox.vanish(ref("ConfigMap", "gone-a"))).toBe(true);
    expect(server.sandbox.vanish(ref("ConfigMap", "gone-b"))).toBe(true);
    const { changes } = await plan(app("gone", config("gone-a", "1"), config("gone-b", "2")));
    expect(changes.map((one) => `${one.action} ${one.class} ${one.gone} ${one.object.name}`)).toEqual([
      "create create true gone-a",
      "create create true gone-b",
    ]);
    expect(await deploy(document)).toBe("succeeded");
    expect((await plan(document)).changes.map((one) => one.action)).toEqual(["unchanged", "unchanged"]);
  });

  it("says nothing of what the document wants so by now", async () => {
    await deploy(app("agreed", worker("agreed-app", 1)));
    scale("agreed-app", 3);
    const { changes } = await plan(app("agreed", worker("agreed-app", 3)));
    expect(changes.map((one) => one.action)).toEqual(["unchanged"]);
  });

  it("costs no request for what is as it was", async () => {
    const components = Array.from({ length: 300 }, (_, index) => config(`still-${index}`, "1"));
    await deploy(app("still", ...components));
    // oxlint-disable-next-line typescript/unbound-method -- the sandbox is an object of closures
    const { compare, dryRun } = server.sandbox;
    let asked = 0;
    Object.assign(server.sandbox, {
      compare: (...given: Parameters<typeof compare>) => {
        asked += 1;
        return compare(...given);
      },
      dryRun: (...given: Parameters<typeof dryRun>) => {
        asked += 1;
        return dryRun(...given);
      },
    });
    await plan(app("still", ...components));
    expect(asked).toBe(0);
    server.sandbox.vanish(ref("ConfigMap", "still-7"));
    await plan(app("still", ...components));
    expect(asked).toBe(2);
    Object.assign(server.sandbox, { compare, dryRun });
  });
});
