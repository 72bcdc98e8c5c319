// Jobs in the simulated queue: quota smaller than the hardware, a line, refusals, and what an administrator does.
import { expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/data/json.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import { job } from "../../contracts/cluster/objects.ts";
import { NAMESPACE, signal, type TimedSandbox, timedSandbox } from "../world.ts";

function queued(name: string, count: number, queue = "gpu"): Manifest {
  const container = { resources: { limits: { "nvidia.com/gpu": String(count) } } };
  const made = job(name, { namespace: NAMESPACE, script: "sleep 30", container });
  const spec = made["spec"] as { readonly template: { readonly spec: JsonObject } & JsonObject } & JsonObject; // the test made it with a template
  const tolerations = [{ key: "nvidia.com/gpu", operator: "Exists" }];
  const template = { ...spec.template, spec: { ...spec.template.spec, tolerations } };
  const labels = { ...made.metadata.labels, "kueue.x-k8s.io/queue-name": queue };
  return { ...made, metadata: { ...made.metadata, labels }, spec: { ...spec, template } };
}

const GPU_QUEUE = { apiVersion: "kueue.x-k8s.io/v1beta1", kind: "ClusterQueue", namespace: "", name: "gpu" };

/** An administrator writes the queue with another stop policy or quota. */
async function setQueue(sandbox: TimedSandbox["sandbox"], edit: (spec: JsonObject) => JsonObject): Promise<void> {
  const live = await sandbox.read(GPU_QUEUE, signal);
  if (live === null) throw new Error("there is no queue");
  const spec = live["spec"] as JsonObject; // a ClusterQueue has one
  sandbox.place({ ...live, spec: edit(spec) });
}

it("admits what the quota allows, lets the rest wait with Kueue's words, and admits it when quota is free", async () => {
  const { apply, clock, last, sandbox } = timedSandbox();
  const first = await apply(queued("first", 6));
  const second = await apply(queued("second", 4));
  const small = await apply(queued("small", 2));
  await clock.advance(5_000);
  expect((await last(first)).reason.code).toBe("TaskRunning");
  expect((await last(small)).reason.code).toBe("TaskRunning");
  const missing = "gpu: 2 nvidia.com/gpu";
  expect(await last(second)).toMatchObject({
    state: "blocked",
    reason: { code: "QueueQuotaBusy", params: { missing } },
  });
  const workloads = await sandbox.list(
    { apiVersion: GPU_QUEUE.apiVersion, kind: "Workload", namespace: NAMESPACE },
    signal,
  );
  expect(workloads).toHaveLength(3);
  await clock.advance(30_000);
  expect((await last(first)).reason.code).toBe("Completed");
  expect((await last(second)).reason.code).toBe("TaskRunning");
  await clock.advance(30_000);
  expect((await last(second)).reason.code).toBe("Completed");
  expect(clock.pending()).toBe(0);
});

it("refuses what the queue can never hold, until an administrator raises the quota", async () => {
  const { apply, clock, last, sandbox } = timedSandbox();
  const large = await apply(queued("large", 16));
  expect(await last(large)).toMatchObject({ state: "rejected", reason: { code: "QueueTooSmall" } });
  expect((await last(large)).reason.params).toMatchObject({
    need: "16 nvidia.com/gpu",
    have: "8 nvidia.com/gpu (gpu)",
  });
  await setQueue(sandbox, (spec) =>
    JSON.parse(JSON.stringify(spec).replace('"nominalQuota":"8"', '"nominalQuota":"16"')),
  );
  await clock.advance(1_000);
  expect((await last(large)).reason.code).toBe("Unschedulable");
});

it("refuses a queue that does not exist after some seconds, because it may be created a moment later", async () => {
  const { apply, clock, last } = timedSandbox();
  const lost = await apply(queued("lost", 1, "nobody"));
  await clock.advance(14_000);
  expect((await last(lost)).state).toBe("blocked");
  await clock.advance(2_000);
  const queue = "LocalQueue/nobody";
  expect(await last(lost)).toMatchObject({ state: "rejected", reason: { code: "QueueMissing", params: { queue } } });
});

it("evicts when an administrator stops the queue, and runs the job again afterwards", async () => {
  const { apply, clock, last, sandbox } = timedSandbox();
  const first = await apply(queued("first", 8));
  await clock.advance(10_000);
  await setQueue(sandbox, (spec) => ({ ...spec, stopPolicy: "HoldAndDrain" }));
  expect((await last(first)).reason).toMatchObject({ code: "QueueEvicted" });
  await clock.advance(60_000);
  expect((await last(first)).reason).toMatchObject({ code: "QueueEvicted" });
  await setQueue(sandbox, (spec) => ({ ...spec, stopPolicy: "None" }));
  expect((await last(first)).reason.code).toBe("TaskRunning");
  await clock.advance(31_000);
  expect((await last(first)).reason.code).toBe("Completed");
});

it("forgets a Job that was removed, and gives its quota to the next", async () => {
  const { apply, clock, last, sandbox } = timedSandbox();
  const first = await apply(queued("first", 8));
  const second = await apply(queued("second", 8));
  expect((await last(second)).reason.code).toBe("QueueQuotaBusy");
  void sandbox.remove(first.ref, { signal, uid: first.uid });
  await clock.advance(1_000);
  expect((await last(second)).reason.code).toBe("TaskRunning");
});
