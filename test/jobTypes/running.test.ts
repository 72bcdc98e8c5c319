// Tests registered types in runs of a whole server: which runs are refused and why, the objects that are created around
// a pod, and what happens to outputs.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnswerOf } from "../../src/api/client.ts";
import { NO_GRANTS } from "../../src/isolation/policy/capability.ts";
import type { RegisteredType } from "../../src/jobTypes/registration/registeredType.ts";
import { dig, type JsonObject } from "../../src/model/data/json.ts";
import type { Manifest } from "../../src/model/kubernetes/manifest.ts";
import { reason } from "../../src/model/reasons/reason.ts";
import { ClusterError } from "../../src/ports/cluster.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";
import { registered, withTypes } from "./types.ts";

const params = { project: "default" };
const ROOM = "kubemin-run-default";

const evaluation = {
  input: {
    type: "object",
    properties: { model: { type: "string", maxLength: 40 }, gpus: { type: "integer", default: 1 } },
    required: ["model"],
    additionalProperties: false,
  },
  runtime: {
    tier: "T1",
    image: "busybox:1.36",
    template: {
      metadata: { labels: { team: "ml" }, annotations: { note: "{{input.model}}" } },
      spec: { containers: [{ resources: { limits: { "nvidia.com/gpu": "{{input.gpus}}" } } }] },
    },
    args: "{{input.model}}",
  },
  resources: { gpu: { min: 1, max: 4 } },
};

/** The grant is revoked while the program runs. */
function revokedLater(type: RegisteredType): RegisteredType {
  let asked = 0;
  return { ...type, grants: (project) => (++asked > 1 ? { ok: true, grants: NO_GRANTS } : type.grants(project)) };
}

const types = [
  registered("ai-eval", evaluation, { grants: { devices: { "nvidia.com/gpu": 8 } } }),
  registered("ungranted", evaluation),
  registered("root", {
    runtime: { tier: "T1", image: "busybox:1.36", template: { spec: { containers: [{}], hostNetwork: true } } },
  }),
  registered("promises", {
    output: { type: "object", required: ["score"], properties: { score: { type: "number" } } },
  }),
  registered("one-each", {
    input: { type: "object", properties: { dataset: { type: "string", maxLength: 40 } } },
    concurrency: { key: "/input/dataset", onLimit: "fail" },
  }),
  registered(
    "installs",
    { profile: "helm", capabilities: { k8s: ["create,get deployments"] } },
    {
      grants: { k8s: ["create,get deployments"] },
    },
  ),
  revokedLater(
    registered(
      "revoked",
      { profile: "helm", capabilities: { k8s: ["create,get deployments"] } },
      { grants: { k8s: ["create,get deployments"] } },
    ),
  ),
];

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ jobTypes: (builtin) => withTypes(builtin, types) });
});
afterAll(() => server.close());

async function run(type: string, input: JsonObject): Promise<AnswerOf<"getRun">> {
  const { id } = await server.client.call("startRun", { params, body: { type, input } });
  const call = { params, query: { run: id } };
  for await (const { data } of server.client.stream("streamEvents", call, AbortSignal.timeout(15_000)))
    if (data.type === "run.finished") break;
  return server.client.call("getRun", { params: { ...params, run: id } });
}

const live = (kind: string, namespace = ROOM): readonly Manifest[] =>
  server.sandbox.objects().filter((one) => one.kind === kind && one.metadata.namespace === namespace);

describe("a pod of a registered type", () => {
  it("runs in the project's own namespace, which is made closed", async () => {
    expect((await run("ai-eval", { model: "m1" })).phase).toBe("succeeded");
    const [job] = live("Job");
    expect(job?.["spec"]).toMatchObject({
      template: {
        metadata: { labels: { team: "ml", "kubemin.dev/job-type": "ai-eval" }, annotations: { note: "m1" } },
        spec: {
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true },
          containers: [{ args: ["m1"], resources: { limits: { "nvidia.com/gpu": "1" } } }],
        },
      },
    });
    expect(live("NetworkPolicy").map((one) => one.metadata.name)).toEqual(
      expect.arrayContaining(["kubemin-default-deny", "kubemin-dns", job?.metadata.name]),
    );
    // The grant of 8 limits one pod, not the project.
    expect(dig(live("ResourceQuota")[0], "spec", "hard")).not.toHaveProperty(["requests.nvidia.com/gpu"]);
    expect(dig(live("ResourceQuota")[0], "spec", "hard")).toHaveProperty(["requests.cpu"]);
    expect(live("LimitRange")).toHaveLength(1);
  });

  it.each([
    ["a field that its schema does not know", { model: "m", gpu: 1 }, "/input/gpu"],
    ["a value of the wrong type", { model: 3 }, "/input/model"],
    ["a missing one", {}, "/input/model"],
  ])("is not started with %s", async (_, input, pointer) => {
    const answered = await server.request("/api/v1/projects/default/runs", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ type: "ai-eval", input }),
    });
    expect(answered.status).toBe(422);
    expect(await answered.json()).toMatchObject({ problems: [{ code: "SchemaMismatch", pointer }] });
  });

  it.each([
    ["ungranted", { model: "m", gpus: 1 }, "PolicyDenied", "was not granted nvidia.com/gpu"],
    ["ai-eval", { model: "m", gpus: 5 }, "PolicyDenied", "<= 4"],
    ["root", {}, "PolicyDenied", "hostNetwork"],
  ])("is rejected before anything is made: %s %j", async (type, input, code, detail) => {
    const before = live("Job").length;
    const [job] = (await run(type, input)).jobs;
    expect(job).toMatchObject({ phase: "rejected", reason: { code } });
    expect(JSON.stringify(job?.reason)).toContain(detail);
    expect(live("Job")).toHaveLength(before);
  });

  it("fails when it does not give what its type promises", async () => {
    const [job] = (await run("promises", {})).jobs;
    expect(job).toMatchObject({ phase: "failed", reason: { code: "BadOutput" } });
    expect(JSON.stringify(job?.reason)).toContain("score");
  });

  it.each(["installs", "revoked"])(
    "%s gets rights in the namespace that was named, for as long as it runs",
    async (type) => {
      const seen: string[] = [];
      // oxlint-disable-next-line typescript/unbound-method -- the sandbox is an object of closures
      const { follow } = server.sandbox;
      const spy: typeof follow = (...given) => {
        seen.push(...live("RoleBinding", "default").map((one) => JSON.stringify(one)));
        return follow(...given);
      };
      Object.assign(server.sandbox, { follow: spy });
      expect((await run(type, {})).phase).toBe("succeeded");
      Object.assign(server.sandbox, { follow });
      expect(seen.join()).toContain(`"namespace":"${ROOM}"`);
      expect([...live("Role", "default"), ...live("RoleBinding", "default")]).toEqual([]);
    },
  );

  it("leaves no account behind when it is refused in the end", async () => {
    // oxlint-disable-next-line typescript/unbound-method -- the sandbox is an object of closures
    const { apply } = server.sandbox;
    const refusing: typeof apply = (object, given) => {
      if (object.kind !== "Job") return apply(object, given);
      throw new ClusterError(reason("PolicyDenied", { detail: "not today" }), false);
    };
    Object.assign(server.sandbox, { apply: refusing });
    expect((await run("installs", {})).jobs[0]).toMatchObject({ phase: "rejected", reason: { code: "PolicyDenied" } });
    Object.assign(server.sandbox, { apply });
    const mine = (kind: string): readonly string[] =>
      live(kind)
        .map((one) => one.metadata.name)
        .filter((name) => name.includes("installs"));
    // Objects of the previous run are owned by its Job and removed by the cluster later.
    const owned = server.sandbox.objects().filter((one) => one.metadata["ownerReferences"] !== undefined);
    const names = new Set(owned.map((one) => one.metadata.name));
    expect([...mine("ServiceAccount"), ...mine("NetworkPolicy")].filter((name) => !names.has(name))).toEqual([]);
  });
});

describe("a key of a registered type", () => {
  it("lets nobody beside whoever has it", async () => {
    // oxlint-disable-next-line typescript/unbound-method -- the sandbox is an object of closures
    const { follow } = server.sandbox;
    Object.assign(server.sandbox, { follow: () => () => {} });
    const start = (dataset: string) =>
      server.client.call("startRun", { params, body: { type: "one-each", input: { dataset } } });
    const first = await start("cats");
    for await (const { data } of server.client.stream(
      "streamEvents",
      { params, query: { run: first.id } },
      AbortSignal.timeout(15_000),
    ))
      if (data.type === "job.changed") break;
    const [second] = (await run("one-each", { dataset: "cats" })).jobs;
    expect(second).toMatchObject({ phase: "failed", reason: { code: "KeyTaken" } });
    await server.client.call("cancelRun", { params: { ...params, run: first.id } });
    Object.assign(server.sandbox, { follow });
  });
});
