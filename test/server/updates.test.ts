// Updates over HTTP, through the real engine onto the sandbox: what cannot be changed in place, drift, adoption,
// automatic rollback and repair.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnswerOf } from "../../src/api/client.ts";
import { dig, type JsonObject } from "../../src/model/data/json.ts";
import { reason } from "../../src/model/reasons/reason.ts";
import { ClusterError } from "../../src/ports/cluster.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

type Run = AnswerOf<"getRun">;
const project = "default";

async function deploy(document: JsonObject, query: { adopt?: "true"; force?: "true" } = {}): Promise<Run> {
  const params = { project, application: typeof document["name"] === "string" ? document["name"] : "" };
  return ended(await server.client.call("deployApplication", { params, query, body: JSON.stringify(document) }));
}

async function ended(run: { readonly id: string }): Promise<Run> {
  const call = { params: { project }, query: { run: run.id } };
  for await (const { data } of server.client.stream("streamEvents", call, AbortSignal.timeout(15_000)))
    if (data.type === "run.finished") break;
  return server.client.call("getRun", { params: { project, run: run.id } });
}

/** The first run of the application with that actor, as soon as it has ended. */
async function runBy(application: string, actor: string): Promise<Run> {
  const call = { params: { project }, query: { application, after: 0 } };
  for await (const { data } of server.client.stream("streamEvents", call, AbortSignal.timeout(15_000))) {
    if (data.type !== "run.created" || data.run === null) continue;
    const run = await server.client.call("getRun", { params: { project, run: data.run } });
    if (run.actor === actor) return ended(run);
  }
  throw new Error(`no run of ${application} by ${actor}`);
}

const app = (name: string, ...components: readonly JsonObject[]): JsonObject => ({ name, components });
const store = (name: string, size: string): JsonObject => ({
  name,
  type: "store",
  properties: { preset: "redis", volume: { size } },
});
const config = (name: string, value: string): JsonObject => ({ name, type: "config", properties: { data: { value } } });
const live = (kind: string, name: string) =>
  server.sandbox.objects().find((one) => one.kind === kind && one.metadata.name === name);
const ref = (kind: string, name: string, apiVersion = "v1") => ({ apiVersion, kind, namespace: "default", name });

describe("what an earlier run never made", () => {
  it("is planned as new, though the document is the same", async () => {
    // oxlint-disable-next-line typescript/unbound-method -- the sandbox is an object of closures
    const original = server.sandbox.apply;
    const refused = new ClusterError(reason("PolicyDenied", { detail: "not today" }), false);
    const apply: typeof original = (...given) =>
      given[0].metadata.name === "unmade-first" ? Promise.reject(refused) : original(...given);
    const second = { ...config("unmade-second", "a"), dependsOn: ["unmade-first"] };
    const document = app("unmade", config("unmade-first", "a"), second, config("unmade-beside", "a"));
    Object.assign(server.sandbox, { apply });
    expect((await deploy(document)).phase).toBe("rejected");
    Object.assign(server.sandbox, { apply: original });
    const plan = await server.client.call("planApplication", { params: { project }, body: JSON.stringify(document) });
    expect(plan.changes.map((one) => `${one.action} ${one.object.name}`).toSorted()).toEqual([
      "create unmade-first",
      "create unmade-second",
      "unchanged unmade-beside",
    ]);
  });
});

describe("what cannot be changed in place", () => {
  it("is made anew: a set around its pods, whose volumes grow", async () => {
    await deploy(app("growing", store("grow", "1Gi")));
    const before = live("StatefulSet", "grow");
    const plan = await server.client.call("planApplication", {
      params: { project },
      body: JSON.stringify(app("growing", store("grow", "2Gi"))),
    });
    expect(plan.changes.find((one) => one.object.kind === "StatefulSet")).toMatchObject({
      action: "update",
      class: "orphan-recreate",
      disruption: "none",
      fields: [
        { path: "spec.volumeClaimTemplates[data].spec.resources.requests.storage", before: "1Gi", after: "2Gi" },
      ],
    });
    expect((await deploy(app("growing", store("grow", "2Gi")))).phase).toBe("succeeded");
    expect(live("StatefulSet", "grow")?.metadata.uid).not.toBe(before?.metadata.uid);
    const claim = live("PersistentVolumeClaim", "data-grow-0");
    expect(dig(claim, "spec", "resources", "requests", "storage")).toBe("2Gi");
  });

  it("is put back as it was when the new one is refused", async () => {
    await deploy(app("refusing", store("refuse", "1Gi")));
    const run = server.client.call("deployApplication", {
      params: { project, application: "refusing" },
      body: JSON.stringify(app("refusing", store("refuse", "3Gi"))),
    });
    // Two Services are unchanged, and the StatefulSet cannot be changed in place, so the fourth apply creates it again.
    const refused = new ClusterError(reason("PolicyDenied", { detail: "not today" }), false);
    // oxlint-disable-next-line typescript/unbound-method -- the sandbox is an object of closures
    const original = server.sandbox.remove;
    Object.assign(server.sandbox, {
      remove: async (...given: Parameters<typeof original>) => {
        const gone = await original(...given);
        server.sandbox.failApplies(1, refused);
        return gone;
      },
    });
    const failed = await ended(await run);
    Object.assign(server.sandbox, { remove: original });
    expect(failed).toMatchObject({ phase: "rejected", jobs: [{ reason: { code: "PolicyDenied" } }] });
    const set = live("StatefulSet", "refuse");
    expect(dig(set, "spec", "volumeClaimTemplates", 0, "spec", "resources", "requests", "storage")).toBe("1Gi");
    // The newest revision has 3Gi and the cluster does not. The plan shows this, although the document did not change.
    const plan = await server.client.call("planApplication", {
      params: { project },
      body: JSON.stringify(app("refusing", store("refuse", "3Gi"))),
    });
    expect(plan.changes.find((one) => one.object.kind === "StatefulSet")).toMatchObject({ class: "orphan-recreate" });
    expect((await deploy(app("refusing", store("refuse", "3Gi")))).phase).toBe("succeeded");
  });
});

describe("going back to before a volume grew", () => {
  it("takes everything back but the size, which the document then says, too", async () => {
    const document = (size: string, image: string) => ({
      ...app("grown", { ...store("grown-db", size), properties: { preset: "redis", image, volume: { size } } }),
    });
    await deploy(document("1Gi", "redis:7"));
    expect((await deploy(document("2Gi", "redis:8"))).phase).toBe("succeeded");
    const params = { project, application: "grown" };
    const run = await ended(await server.client.call("rollbackApplication", { params, body: { revision: 1 } }));
    expect(run).toMatchObject({
      phase: "succeeded",
      message: "rollback to revision 1; volumes keep their size: grown-db",
    });
    expect((await server.client.call("getApplication", { params })).document).toEqual(document("2Gi", "redis:7"));
    const spec = live("StatefulSet", "grown-db")?.["spec"];
    expect(dig(spec, "volumeClaimTemplates", 0, "spec", "resources", "requests", "storage")).toBe("2Gi");
    expect(dig(spec, "template", "spec", "containers", 0, "image")).toBe("redis:7");
  });
});

describe("drift", () => {
  it("is shown by status and by comparison, without the values of secrets", async () => {
    const secret = { name: "hidden", type: "secret", properties: { data: { password: "do-not-show-me" } } };
    await deploy(app("drifting", config("plain", "a"), secret));
    const params = { project, application: "drifting" };
    expect(await server.client.call("getDrift", { params })).toMatchObject({ drifted: false });
    server.sandbox.change(ref("ConfigMap", "plain"), (one) => ({ ...one, data: { value: "b" } }));
    server.sandbox.change(ref("Secret", "hidden"), (one) => ({ ...one, stringData: { password: "nor-me" } }));
    const drift = await server.client.call("getDrift", { params });
    expect(drift.objects).toMatchObject([
      { component: "plain", state: "different", fields: [{ path: "data.value", live: "b", wanted: "a" }] },
      {
        component: "hidden",
        state: "different",
        fields: [{ path: "stringData.password", live: "••••••", wanted: "••••••" }],
      },
    ]);
    expect(JSON.stringify(drift)).not.toMatch(/not-show|nor-me|sealed/);
    const status = await server.client.call("getStatus", { params });
    expect(status.components[0]?.drift).toMatchObject([{ gone: false, fields: ["data.value"] }]);
    server.sandbox.vanish(ref("ConfigMap", "plain"));
    const later = await server.client.call("getStatus", { params });
    expect(later.components[0]?.drift).toMatchObject([{ gone: true }]);
  });

  it("is repaired only where the document says so, in a run that everybody sees", async () => {
    await deploy({ ...app("repairing", config("kept", "a")), drift: "repair" });
    server.sandbox.change(ref("ConfigMap", "kept"), (one) => ({ ...one, data: { value: "b" } }));
    const run = await runBy("repairing", "kubemin:drift-repair");
    expect(run).toMatchObject({ phase: "succeeded", revision: 1, message: "drift repair: ConfigMap/kept data.value" });
    expect(dig(live("ConfigMap", "kept"), "data")).toEqual({ value: "a" });
    const { items } = await server.client.call("listRuns", { params: { project }, query: { application: "drifting" } });
    expect(items.map((one) => one.actor)).not.toContain("kubemin:drift-repair");
  });
});

describe("a repair beside components that a condition left out", () => {
  it("changes nothing of what is said of them, however often it repairs", async () => {
    const at = { project, application: "gated" };
    const step = (name: string, component: string, more: JsonObject = {}): JsonObject => ({
      name,
      type: "deploy",
      properties: { components: [component] },
      ...more,
    });
    const workflow = (more: JsonObject): JsonObject => ({
      inputs: { go: { type: "boolean", default: false } },
      steps: [
        step("first", "gated-kept"),
        step("second", "gated-old", more),
        step("third", "gated-new", { if: "/inputs/go" }),
        step("fourth", "gated-task", more),
      ],
    });
    const task = (value: string): JsonObject => ({
      name: "gated-task",
      type: "task",
      properties: { image: "busybox:1.36", command: ["echo", value] },
    });
    const document = (value: string, more: JsonObject): JsonObject => ({
      ...app("gated", config("gated-kept", "a"), config("gated-old", value), config("gated-new", value), task(value)),
      drift: "repair",
      workflow: workflow(more),
    });
    const said = async () => {
      const { components } = await server.client.call("getStatus", { params: at });
      const names = ["gated-old", "gated-task"];
      const why = names.map((component) => server.client.call("explainWhy", { params: at, query: { component } }));
      return [components, (await Promise.all(why)).map((one) => one.chain)];
    };
    await deploy(document("a", {}));
    expect((await deploy(document("b", { if: "/inputs/go" }))).phase).toBe("succeeded");
    const before = await said();
    expect(before).toMatchObject([
      [
        { state: "ready", reason: { code: "Ready" } },
        { state: "ready", reason: { code: "LeftOut", params: { run: 2, revision: 1 } } },
        { state: "suspended", reason: { code: "ConditionFalse" } },
        { reason: { code: "ConditionFalse" } },
      ],
      [[{ reason: { code: "LeftOut" } }], [{ reason: { code: "ConditionFalse" } }]],
    ]);
    for (const spoilt of ["x", "y"]) {
      const { items: known } = await server.client.call("listRuns", {
        params: { project },
        query: { application: "gated" },
      });
      server.sandbox.change(ref("ConfigMap", "gated-kept"), (one) => ({ ...one, data: { value: spoilt } }));
      await expect
        .poll(
          async () => {
            const { items } = await server.client.call("listRuns", {
              params: { project },
              query: { application: "gated" },
            });
            return [items.length, items[0]?.actor, items[0]?.phase];
          },
          { timeout: 20_000 },
        )
        .toEqual([known.length + 1, "kubemin:drift-repair", "succeeded"]);
      expect(await said()).toEqual(before);
    }
    expect(dig(live("ConfigMap", "gated-old"), "data")).toEqual({ value: "a" });
  }, 60_000);
});

describe("objects that exist already", () => {
  it("are refused with the way out, adopted when asked, and never taken from another application", async () => {
    server.sandbox.place({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "old", namespace: "default" },
      data: { value: "z" },
    });
    const document = app("heir", config("old", "a"));
    const ask = (application: string, adopt: "true" | "false") =>
      server.client.call("planApplication", {
        params: { project },
        query: { adopt },
        body: JSON.stringify({ ...document, name: application }),
      });
    await expect(ask("heir", "false")).rejects.toMatchObject({
      body: { problems: [{ code: "Unowned", hint: expect.stringContaining("--adopt") }] },
    });
    const plan = await ask("heir", "true");
    expect(plan.changes).toMatchObject([{ action: "adopt", class: "in-place", disruption: "none" }]);
    expect((await deploy(document, { adopt: "true" })).phase).toBe("succeeded");
    expect(live("ConfigMap", "old")).toMatchObject({ data: { value: "a" } });
    await expect(ask("thief", "true")).rejects.toMatchObject({
      body: { problems: [{ code: "TakenBy", message: expect.stringContaining("application heir") }] },
    });
  });
});

describe("a route that another application answers", () => {
  const page = (name: string, host: string) => ({
    ...app(name, {
      name,
      type: "webservice",
      properties: { image: "nginx:1.27", port: 80 },
      traits: { route: { host, path: "/" } },
    }),
  });
  const plan = (application: string, document: JsonObject) =>
    server.client.call("planApplication", {
      params: { project },
      query: {},
      body: JSON.stringify({ ...document, name: application }),
    });

  it("is refused with both names, and free once the other has let go of it", async () => {
    expect((await deploy(page("first-page", "a.example.com"))).phase).toBe("succeeded");
    await expect(plan("second-page", page("second-page", "a.example.com"))).rejects.toMatchObject({
      body: {
        problems: [
          {
            code: "RouteTaken",
            pointer: "/components/0/traits/route",
            message: expect.stringMatching(/second-page uses a.example.com\/, which application first-page/),
          },
        ],
      },
    });
    expect((await plan("second-page", page("second-page", "b.example.com"))).warnings).toEqual([]);
    expect((await deploy(page("first-page", "c.example.com"))).phase).toBe("succeeded");
    expect((await plan("second-page", page("second-page", "a.example.com"))).warnings).toEqual([]);
  });

  it("of somebody else is warned of", async () => {
    server.sandbox.place({
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "theirs", namespace: "default" },
      spec: {
        ingressClassName: "sandbox",
        rules: [
          {
            host: "d.example.com",
            http: { paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "x" } } }] },
          },
        ],
      },
    });
    const [component] = page("third-page", "d.example.com")["components"] as readonly JsonObject[]; // as it was written above
    const document = app("third-page", { ...component, traits: { route: { host: "d.example.com", kind: "ingress" } } });
    expect((await plan("third-page", document)).warnings).toMatchObject([
      { code: "RouteTaken", message: expect.stringContaining("an unknown program in namespace default") },
    ]);
  });
});

describe("onFailure: rollback", () => {
  const document = (value: string, more: JsonObject): JsonObject => ({
    ...app("careful", config("value", value), {
      name: "verify",
      type: "task",
      dependsOn: ["value"],
      properties: {
        image: "busybox",
        command: ["sh", "-c", `echo ${value}; exit ${value === "bad" ? 1 : 0}`],
        retries: 0,
      },
    }),
    ...more,
  });

  it("goes back to what succeeded last, says why, and does so once", async () => {
    const careful = { onFailure: "rollback" };
    expect((await deploy(document("good", careful))).phase).toBe("succeeded");
    const failed = await deploy(document("bad", careful));
    expect(failed.phase).toBe("failed");
    const rollback = await runBy("careful", "kubemin:rollback");
    expect(rollback).toMatchObject({
      phase: "succeeded",
      revision: 3,
      message: `rollback to revision 1 because run ${failed.number} failed`,
    });
    expect(live("ConfigMap", "value")).toMatchObject({ data: { value: "good" } });
    // The explanation of the failed deploy is about that deploy, although everything is ready again by now.
    const why = await server.client.call("explainRun", { params: { project, run: failed.id }, query: {} });
    expect(why.chain.map((one) => [one.subject, one.reason.code])).toEqual([["verify", "TaskFailed"]]);
    expect(why.sentence).toMatch(/^verify: the task exited with code 1 — .*echo bad/);
    const now = await server.client.call("explainWhy", { params: { project, application: "careful" }, query: {} });
    expect(now.chain).toMatchObject([{ reason: { code: "Ready" } }]);
  });

  it.each([
    ["start-failed", { image: "busybox:does-not-exist" }, {}],
    ["expired", { image: "busybox" }, { resources: { cpu: 1_000 } }],
  ])("goes back whatever the ending is called: %s", async (phase, properties, traits) => {
    const name = `ending-${phase}`;
    const program = (more: JsonObject, added: JsonObject): JsonObject => ({
      ...app(name, { name, type: "worker", properties: more, traits: added, timeout: "1s" }),
      onFailure: "rollback",
    });
    expect((await deploy(program({ image: "busybox:1" }, {}))).phase).toBe("succeeded");
    expect((await deploy(program(properties, traits))).phase).toBe(phase);
    expect(await runBy(name, "kubemin:rollback")).toMatchObject({ phase: "succeeded", revision: 3 });
  });

  it("ends there when the rollback fails, too", async () => {
    const careful = { ...document("good", { onFailure: "rollback" }), name: "unlucky" };
    const renamed = (one: JsonObject): JsonObject =>
      JSON.parse(JSON.stringify(one).replaceAll('"value"', '"worth"').replaceAll('"verify"', '"prove"')) as JsonObject; // JSON stays an object
    expect((await deploy(renamed(careful))).phase).toBe("succeeded");
    // oxlint-disable-next-line typescript/unbound-method -- the sandbox is an object of closures
    const original = server.sandbox.apply;
    const refused = new ClusterError(reason("PolicyDenied", { detail: "not today" }), false);
    const apply: typeof original = (...given) =>
      dig(given[0], "data", "worth") === "good" ? Promise.reject(refused) : original(...given);
    Object.assign(server.sandbox, { apply });
    const bad = await server.client.call("deployApplication", {
      params: { project, application: "unlucky" },
      body: JSON.stringify(renamed({ ...document("bad", { onFailure: "rollback" }), name: "unlucky" })),
    });
    const rollback = await runBy("unlucky", "kubemin:rollback");
    Object.assign(server.sandbox, { apply: original });
    const failed = await server.client.call("getRun", { params: { project, run: bad.id } });
    expect([failed.phase, rollback.phase]).toEqual(["failed", "rejected"]);
    const { items } = await server.client.call("listRuns", { params: { project }, query: { application: "unlucky" } });
    expect(items).toHaveLength(3);
  });

  it("is not done unless asked", async () => {
    expect((await deploy(document("bad", {}))).phase).toBe("failed");
    const { items } = await server.client.call("listRuns", {
      params: { project },
      query: { application: "careful", limit: 1 },
    });
    expect(items[0]).toMatchObject({ phase: "failed" });
    expect(live("ConfigMap", "value")).toMatchObject({ data: { value: "bad" } });
  });

  it("refuses other words", async () => {
    const body = JSON.stringify({ ...document("good", {}), onFailure: "rollbak", drift: 3 });
    await expect(server.client.call("planApplication", { params: { project }, body })).rejects.toMatchObject({
      body: {
        problems: [
          { code: "NotOneOf", pointer: "/onFailure", nearest: "rollback" },
          { code: "Type", pointer: "/drift" },
        ],
      },
    });
  });
});
