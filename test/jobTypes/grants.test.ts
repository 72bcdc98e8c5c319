// Tests what is granted: in the units of a middleware, for one pod and not for the project, and never read as nothing.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runNamespaceOf } from "../../src/isolation/cluster/projectNamespace.ts";
import { ensureRunNamespace } from "../../src/jobTypes/running/isolated/namespace.ts";
import { dig, type JsonObject } from "../../src/model/data/json.ts";
import { UNKNOWN_NETWORK } from "../../src/model/kubernetes/clusterNetwork.ts";
import type { Manifest } from "../../src/model/kubernetes/manifest.ts";
import type { Cluster } from "../../src/ports/cluster.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";
import { aDocument, newName } from "./documents.ts";
import { typeServer } from "./server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
const { register, run, ask } = typeServer(() => server);
const any = (name: string): string => `/job-types/${name}`;

/** A type that shares a card by HAMi. */
const share = (name: string, more: JsonObject = {}): JsonObject =>
  aDocument(name, {
    profile: "gpu",
    input: {
      type: "object",
      properties: { mem: { type: "integer", minimum: 1, maximum: 200_000 } },
      required: ["mem"],
      additionalProperties: false,
    },
    examples: [{ title: "large", input: { mem: 20_000 } }],
    runtime: {
      tier: "T1",
      image: "busybox:1.36",
      template: {
        spec: {
          containers: [{ resources: { limits: { "nvidia.com/gpu": 1, "nvidia.com/gpumem": "{{input.mem}}" } } }],
        },
      },
    },
    ...more,
  });
const ASKED = { "nvidia.com/gpu": 1, "nvidia.com/gpumem": 20_000 };
const resultOf = (body: JsonObject, check: string) =>
  (body["checks"] as readonly JsonObject[]).find((one) => one["check"] === check); // the API's answer

describe("a grant", () => {
  it("of more than 10,000 MiB is given as it is shown, and the type shows what is true after it", async () => {
    const name = newName("share");
    const before = await register(share(name));
    expect(before.state).toBe("draft");
    expect(before.checks.find((one) => one.check === "grant")).toMatchObject({ result: "skipped" });
    const { body } = await ask(`${any(name)}/grants/default`, {}, "PUT");
    expect(body).toMatchObject({ state: "active", grants: [{ grants: { devices: ASKED } }] });
    expect(resultOf(body, "grant")).toMatchObject({ result: "ok", problems: [] });
    expect(resultOf(body, "dry-run")).toMatchObject({ result: "ok" });
    expect((await run(name, { mem: 20_000 })).phase).toBe("succeeded");
    // The grant limits each pod.
    const more = await run(name, { mem: 20_001 });
    expect(more.jobs[0]).toMatchObject({ phase: "rejected", reason: { code: "PolicyDenied" } });
  });

  it("can be of any size, and of less than the type asks for: then it says what is missing", async () => {
    const name = newName("share");
    await register(share(name));
    const grants = { devices: { "nvidia.com/gpu": 1, "nvidia.com/gpumem": 8_000 } };
    const { status, body } = await ask(`${any(name)}/grants/default`, { grants }, "PUT");
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: "draft", grants: [{ grants }] });
    const missing = resultOf(body, "grant")?.["problems"] as readonly JsonObject[]; // the API's answer
    expect(missing.map((one) => one["message"])).toEqual([expect.stringContaining("nvidia.com/gpumem")]);
    const refused = await ask(`/projects/default/job-types/${name}/activate`, {});
    expect(refused).toMatchObject({ status: 409, body: { code: "JobTypeNotGranted" } });
    expect(JSON.stringify(refused.body)).toMatch(/devices nvidia.com\/gpumem/);
    expect(JSON.stringify(refused.body)).not.toMatch(/devices nvidia.com\/gpu\b(?!mem)/);
    const large = { devices: { "nvidia.com/gpu": 8, "nvidia.com/gpumem": 1_200_000 } };
    const after = await ask(`${any(name)}/grants/default`, { grants: large }, "PUT");
    expect(after.body).toMatchObject({ state: "active", grants: [{ grants: large }] });
    expect((await run(name, { mem: 20_000 })).phase).toBe("succeeded");
  });

  it("that is repeated keeps everything that was granted", async () => {
    const name = newName("share");
    await register(share(name));
    await ask(`${any(name)}/grants/default`, {}, "PUT");
    const again = await ask(`${any(name)}/grants/default`, {}, "PUT");
    expect(again.body).toMatchObject({ state: "active", grants: [{ grants: { devices: ASKED } }] });
  });

  it("covers what init containers ask for, and the bound of the registration only for its own device", async () => {
    const name = newName("share");
    const container = (mem: number) => ({ resources: { limits: { "nvidia.com/gpu": 1, "nvidia.com/gpumem": mem } } });
    const template = {
      spec: { initContainers: [{ name: "a", image: "busybox", ...container(9_000) }], containers: [container(100)] },
    };
    const runtime = { tier: "T1", image: "busybox:1.36", template };
    await register(share(name, { runtime, resources: { gpu: { max: 400 } } }));
    const { body } = await ask(`${any(name)}/grants/default`, {}, "PUT");
    expect(body).toMatchObject({
      state: "active",
      grants: [{ grants: { devices: { "nvidia.com/gpu": 400, "nvidia.com/gpumem": 9_000 } } }],
    });
  });

  it("that cannot be read is an error that says so, and is replaced by the next grant", async () => {
    const name = newName("share");
    await register(share(name));
    await ask(`${any(name)}/grants/default`, {}, "PUT");
    const { registrations } = server.dependencies.store;
    const broken = { type: name, project: "default", grants: { devices: { "nvidia.com/gpu": "many" } } };
    const event = { project: "default", application: null, run: null, type: "job-type.changed", data: {} } as const;
    await registrations.grant({ ...broken, grantedBy: "root", grantedAt: new Date().toISOString() }, event);
    await server.dependencies.jobTypes.refresh?.();
    const { jobs } = await run(name, { mem: 1 });
    expect(jobs[0]).toMatchObject({ phase: "rejected", reason: { code: "PolicyDenied" } });
    expect(JSON.stringify(jobs[0])).toMatch(/cannot be read: \/devices\/nvidia.com~1gpu/);
    const refused = await ask(`/projects/default/job-types/${name}/activate`, {});
    expect(refused).toMatchObject({ status: 409, body: { code: "GrantUnreadable" } });
    const shown = await ask(any(name));
    expect(shown.body).toMatchObject({ grants: [{ unreadable: "/devices/nvidia.com~1gpu" }] });
    const repaired = await ask(`${any(name)}/grants/default`, {}, "PUT");
    expect(repaired.body).toMatchObject({ state: "active", grants: [{ grants: { devices: ASKED } }] });
  });
});

describe("the quota of the project", () => {
  const GPU = "requests.nvidia.com/gpu";
  const MEMORY = "requests.nvidia.com/gpumem";
  let count = 0;
  /** The project's namespace after a grant, when its quota looked like this before. */
  async function after(
    devices: Readonly<Record<string, number>>,
    project = `quota-${++count}`,
    before?: Partial<Manifest>,
  ) {
    const cluster = (await server.dependencies.clusters.find("sandbox")) as Cluster; // every test server has it
    const signal = AbortSignal.timeout(10_000);
    const order = { cluster, project, network: UNKNOWN_NETWORK, signal };
    const quota = async () => {
      const ref = { apiVersion: "v1", kind: "ResourceQuota", namespace: runNamespaceOf(project), name: "kubemin" };
      return await cluster.read(ref, signal);
    };
    if (before !== undefined) {
      await ensureRunNamespace({ ...order, devices: {} });
      const live = (await quota()) as Manifest; // ensureRunNamespace made it
      const metadata = { ...live.metadata, ...before.metadata };
      const hard = { ...(dig(live, "spec", "hard") as JsonObject), ...(before["hard"] as JsonObject) }; // a quota has it
      await cluster.apply({ ...live, metadata, spec: { hard } }, { signal, reveal: (text) => text, force: true });
    }
    await ensureRunNamespace({ ...order, devices });
    return { project, hard: dig(await quota(), "spec", "hard") as JsonObject };
  }
  const noted = (text: string) => ({
    metadata: { name: "kubemin", annotations: { "kubemin.dev/granted-devices": text } },
  });

  it("has no device before a grant, and no limit of the granted ones after it", async () => {
    const first = await after({});
    expect(first.hard).toHaveProperty([GPU], "0");
    const { hard } = await after({ "nvidia.com/gpu": 4, "nvidia.com/gpumem": 10_000 }, first.project);
    expect(hard).not.toHaveProperty([GPU]);
    expect(hard).not.toHaveProperty([MEMORY]);
    expect(hard).toHaveProperty(["count/pods"], "200");
  });

  it("loses what an earlier version derived from grants, and keeps what the administrator set", async () => {
    const old = { ...noted('{"nvidia.com/gpu":4,"nvidia.com/gpumem":10000}'), hard: { [GPU]: "16", [MEMORY]: "10k" } };
    const { hard } = await after({ "nvidia.com/gpu": 4, "nvidia.com/gpumem": 10_000 }, undefined, old);
    expect(hard).toHaveProperty([GPU], "16");
    expect(hard).not.toHaveProperty([MEMORY]);
  });

  it("keeps a limit that the administrator set after the grant, also 0, when another device is granted", async () => {
    const set = { ...noted('["nvidia.com/gpu"]'), hard: { [GPU]: "0" } };
    const { hard } = await after({ "nvidia.com/gpu": 4, "amd.com/gpu": 1 }, undefined, set);
    expect(hard).toHaveProperty([GPU], "0");
  });
});
