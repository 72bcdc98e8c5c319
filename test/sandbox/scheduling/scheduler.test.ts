// What the simulated scheduler does with pods: they get nodes, wait for nodes, and start by themselves.
import { expect, it } from "vitest";
import { parseScheduling } from "../../../src/capacity/explain/schedulerMessage.ts";
import type { JsonObject } from "../../../src/model/data/json.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import { deployment, job, SERVES } from "../../contracts/cluster/objects.ts";
import { NAMESPACE, signal, timedSandbox } from "../world.ts";

const A100 = { "nvidia.com/gpu.product": "NVIDIA-A100-SXM4-80GB" };

const asking = (count: number): JsonObject => ({ resources: { limits: { "nvidia.com/gpu": String(count) } } });

/** The pods may run on nodes with GPUs, and only on those of the model. */
function onNodes(manifest: Manifest, nodeSelector: JsonObject = A100): Manifest {
  const tolerations = [{ key: "nvidia.com/gpu", operator: "Exists" }];
  const spec = manifest["spec"] as { readonly template: { readonly spec: JsonObject } & JsonObject } & JsonObject; // the test made it with a template
  const template = { ...spec.template, spec: { ...spec.template.spec, nodeSelector, tolerations } };
  return { ...manifest, spec: { ...spec, template } };
}

const training = (name: string, count: number, script = "sleep 30"): Manifest =>
  onNodes(job(name, { namespace: NAMESPACE, script, container: asking(count) }));

it("runs what fits, and starts what waits as soon as a task has ended", async () => {
  const { apply, clock, last } = timedSandbox();
  const [first, second] = [await apply(training("first", 8)), await apply(training("second", 8, "sleep 50"))];
  const third = await apply(training("third", 8));
  await clock.advance(10_000);
  expect((await last(first)).reason.code).toBe("TaskRunning");
  expect(await last(third)).toMatchObject({ state: "blocked", reason: { code: "Unschedulable" } });
  await clock.advance(21_000);
  expect((await last(first)).reason.code).toBe("Completed");
  expect((await last(second)).reason.code).toBe("TaskRunning");
  expect((await last(third)).reason.code).toBe("TaskRunning");
  await clock.advance(30_000);
  expect((await last(third)).reason.code).toBe("Completed");
  expect(clock.pending()).toBe(0);
});

it("says why no node takes a pod, as kube-scheduler does", async () => {
  const { apply, last } = timedSandbox();
  for (const name of ["first", "second"]) await apply(training(name, 8));
  const { evidence } = await last(await apply(training("third", 8)));
  const message = /Unschedulable: (.*)$/.exec(evidence[0]?.text ?? "")?.[1] ?? "";
  expect(message).toBe(
    "0/13 nodes are available: 11 node(s) didn't match Pod's node affinity/selector, 2 Insufficient nvidia.com/gpu. preemption: 0/13 nodes are available: 2 No preemption victims found for incoming pod, 11 Preemption is not helpful for scheduling.",
  );
  expect(parseScheduling(message)).toMatchObject({ total: 13, preemption: "noVictims" });
});

it("gives room back when pods go: removed, scaled down, failed", async () => {
  const { apply, clock, last, sandbox } = timedSandbox();
  const serving = (replicas: number): Manifest =>
    onNodes(deployment("serving", { namespace: NAMESPACE, script: SERVES, replicas, container: asking(4) }));
  await apply(serving(4));
  const waiting = await apply(training("waiting", 8));
  await clock.advance(5_000);
  expect((await last(waiting)).reason.code).toBe("Unschedulable");
  await apply(serving(2));
  expect((await last(waiting)).reason.code).toBe("TaskRunning");
  const failing = await apply(training("failing", 8, "sleep 5; exit 3"));
  expect((await last(failing)).reason.code).toBe("Unschedulable");
  const live = await sandbox.read(waiting.ref, signal);
  void sandbox.remove(waiting.ref, { signal, uid: live?.metadata.uid ?? "" });
  await clock.advance(1_000);
  expect((await last(failing)).reason.code).toBe("TaskRunning");
  const behind = await apply(training("behind", 8));
  await clock.advance(5_000);
  expect((await last(failing)).reason).toEqual({ code: "TaskFailed", params: { exitCode: 3 } });
  expect((await last(behind)).reason.code).toBe("TaskRunning");
});

it("keeps an image that cannot be pulled on its node, with its GPUs", async () => {
  const { apply, clock, last } = timedSandbox();
  const broken = onNodes(
    job("broken", { namespace: NAMESPACE, script: "true", image: "app:image-not-found", container: asking(8) }),
  );
  for (const name of ["one", "two"]) await apply({ ...broken, metadata: { ...broken.metadata, name } });
  const behind = await apply(training("behind", 1));
  await clock.advance(600_000);
  expect((await last(behind)).reason.code).toBe("Unschedulable");
});

it("shows its nodes as objects of Kubernetes", async () => {
  const { sandbox } = timedSandbox();
  const kind = { apiVersion: "v1", kind: "Node", namespace: "" };
  const nodes = await sandbox.list(kind, signal);
  expect(nodes).toHaveLength(13);
  const node = await sandbox.read({ ...kind, name: "gpu-h100-1" }, signal);
  expect(node).toMatchObject({
    metadata: { labels: { "nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3" } },
    status: { allocatable: { "nvidia.com/gpu": "4" } },
  });
  expect(sandbox.objects()).toEqual([]);
});
