// Tests the five clocks of a job on the real cluster: each one runs out with its own reason, which names what the job
// waited for.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runNamespaceOf } from "../../src/isolation/cluster/projectNamespace.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import { dropNamespace, list } from "./support/kubectl.ts";
import type { Run } from "./support/product.ts";
import { ABSENT_REGISTRY } from "./support/registry.ts";
import { startTypes, type TypesServer, typeNamed } from "./support/types.ts";

const project = `clocks-${randomBytes(3).toString("hex")}`;
const ROOM = runNamespaceOf(project);
let types: TypesServer;

beforeAll(async () => {
  types = await startTypes();
}, 120_000);
afterAll(async () => {
  await types?.stop();
  await dropNamespace(ROOM);
});

const pod = (image: string, spec: JsonObject = {}): JsonObject => ({
  tier: "T1",
  image,
  template: { spec: { ...spec, terminationGracePeriodSeconds: 1, containers: [{ command: ["sleep", "120"] }] } },
});
const sleeping = pod("busybox:1.36");

async function ended(name: string, spec: JsonObject, grants?: JsonObject): Promise<Run["jobs"][number] | undefined> {
  await types.register(typeNamed(name, spec), project, grants);
  return (await types.run(name, {}, { project })).jobs[0];
}

describe.concurrent("the clock of", () => {
  it("the queue: it never got its turn", async () => {
    const concurrency = { perTenant: 1, onLimit: "queue" };
    await types.register(
      typeNamed("turn", { runtime: sleeping, concurrency, timeouts: { queue: "3s", attempt: "60s" } }),
      project,
    );
    const first = await types.start("turn", {}, { project });
    const second = (await types.run("turn", {}, { project })).jobs[0];
    expect(second).toMatchObject({ phase: "expired", reason: { code: "GaveUpWaiting", params: { limit: "3s" } } });
    await types.client.call("cancelRun", { params: { project, run: first }, body: {} });
    await types.watch(first, project);
  });

  it("the scheduler: it never got a node", async () => {
    const runtime = pod("busybox:1.36", { schedulerName: "nobody" });
    const job = await ended("homeless", { runtime, timeouts: { pending: "4s" } }, { schedulers: ["nobody"] });
    expect(job).toMatchObject({ phase: "expired", reason: { code: "NeverScheduled", params: { limit: "4s" } } });
  });

  it("the start: it got a node, and its program never began", async () => {
    const job = await ended("imageless", { runtime: pod(ABSENT_REGISTRY), timeouts: { pending: "8s" } });
    expect(job).toMatchObject({ phase: "start-failed", reason: { code: "NeverStarted", params: { limit: "8s" } } });
    expect(job?.reason.message).toContain(ABSENT_REGISTRY);
  });

  it("one attempt: its program took too long", async () => {
    const job = await ended("slow", { runtime: sleeping, retry: { max: 0 }, timeouts: { attempt: "4s" } });
    expect(job).toMatchObject({ phase: "timed-out", reason: { code: "AttemptDeadline", params: { limit: "4s" } } });
  });

  it("all attempts together: it took too long with everything", async () => {
    const job = await ended("endless", { runtime: sleeping, timeouts: { total: "5s" } });
    expect(job).toMatchObject({ phase: "timed-out", reason: { code: "Deadline", params: { limit: "5s" } } });
  });
});

describe("what ran out of time", () => {
  it("leaves no pod behind", async () => {
    await expect.poll(() => list(ROOM, "pods"), { timeout: 30_000 }).toEqual([]);
  });
});
