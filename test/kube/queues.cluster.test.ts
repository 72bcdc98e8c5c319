// Jobs in the queues of Kueue and Volcano on a real API server. The test defines the kinds of Kueue and Volcano and
// writes their objects as their controllers would.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/engine/systemClock.ts";
import { connectCluster } from "../../src/kube/cluster.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import type { ObjectHealth } from "../../src/model/kubernetes/health.ts";
import { LABELS, MANAGED_BY, type Manifest } from "../../src/model/kubernetes/manifest.ts";
import type { Cluster } from "../../src/ports/cluster.ts";
import { contextName, kubeconfig } from "../e2e/support/environment.ts";
import { apply, dropNamespace, kubectl, makeNamespace, tryKubectl } from "../e2e/support/kubectl.ts";

const KINDS = [
  { group: "kueue.x-k8s.io", version: "v1beta1", kind: "Workload", plural: "workloads" },
  { group: "scheduling.volcano.sh", version: "v1beta1", kind: "PodGroup", plural: "podgroups" },
  { group: "kueue.x-k8s.io", version: "v1beta1", kind: "LocalQueue", plural: "localqueues" },
] as const;

let cluster: Cluster;
let namespace: string;
let made: readonly string[] = [];

beforeAll(async () => {
  namespace = await makeNamespace();
  const names = KINDS.map(({ group, plural }) => `${plural}.${group}`);
  const there = await Promise.all(names.map(async (name) => (await tryKubectl(["get", "crd", name])).code === 0));
  made = names.filter((_, index) => there[index] !== true);
  for (const one of KINDS) if (made.includes(`${one.plural}.${one.group}`)) await apply(namespace, definition(one));
  for (const name of names) await kubectl(["wait", `crd/${name}`, "--for=condition=Established", "--timeout=30s"]);
  const metadata = { name: "gpu", namespace };
  await apply(namespace, { apiVersion: "kueue.x-k8s.io/v1beta1", kind: "LocalQueue", metadata, spec: {} });
  const log = { write: () => undefined };
  cluster = await connectCluster({
    name: "queues",
    kubeconfig: kubeconfig(),
    context: contextName(),
    clock: systemClock,
    log,
  });
});

afterAll(async () => {
  await cluster?.close();
  await dropNamespace(namespace);
  for (const name of made) await tryKubectl(["delete", "crd", name, "--wait=false"]);
});

function definition({ group, version, kind, plural }: (typeof KINDS)[number]): JsonObject {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [{ name: version, served: true, storage: true, schema, subresources: { status: {} } }],
    },
  };
}

function jobOf(name: string, spec: JsonObject, labels: Readonly<Record<string, string>> = {}): Manifest {
  const own = { [LABELS.managedBy]: MANAGED_BY, [LABELS.project]: "default", [LABELS.application]: name };
  const container = { name: "main", image: "busybox:1.36", command: ["true"] };
  const template = { metadata: { labels: own }, spec: { restartPolicy: "Never", containers: [container], ...spec } };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace, labels: { ...own, ...labels } },
    // Kueue's webhook suspends Jobs with its label.
    spec: { backoffLimit: 0, template, ...("schedulerName" in spec ? {} : { suspend: true }) },
  };
}

/** The object that the queue's controller creates for the Job, with its status. */
async function say(
  kind: (typeof KINDS)[number],
  owner: { name: string; uid: string },
  status: JsonObject,
): Promise<void> {
  const { group, version } = kind;
  const name = `queue-${owner.name}`;
  const ownerReferences = [
    { apiVersion: "batch/v1", kind: "Job", ...owner, controller: true, blockOwnerDeletion: true },
  ];
  await apply(namespace, {
    apiVersion: `${group}/${version}`,
    kind: kind.kind,
    metadata: { name, namespace, ownerReferences },
    spec: { queueName: "gpu" },
  });
  const patch = JSON.stringify({ status });
  await kubectl([
    "-n",
    namespace,
    "patch",
    `${kind.plural}.${group}`,
    name,
    "--subresource=status",
    "--type=merge",
    "-p",
    patch,
  ]);
}

/** Resolves with the first health that the test looks for. */
function until(
  job: { ref: Manifest; applied: Awaited<ReturnType<Cluster["apply"]>> },
  judge: (health: ObjectHealth) => boolean,
) {
  return new Promise<ObjectHealth>((resolve, reject) => {
    const seen: string[] = [];
    const limit = AbortSignal.timeout(60_000);
    const stop = cluster.follow([job.applied], (health) => {
      seen.push(`${health.state} ${JSON.stringify(health.reason)}`);
      if (!judge(health)) return;
      queueMicrotask(() => stop());
      resolve(health);
    });
    limit.addEventListener("abort", () => (stop(), reject(new Error(seen.join("\n")))));
  });
}

async function makeJob(spec: JsonObject, labels: Readonly<Record<string, string>> = {}) {
  const name = `job-${randomBytes(3).toString("hex")}`;
  const ref = jobOf(name, spec, labels);
  const applied = await cluster.apply(ref, { signal: AbortSignal.timeout(30_000), reveal: (text) => text });
  return { ref, applied, owner: { name, uid: applied.uid } };
}

const condition = (type: string, status: string, reason: string, message = ""): JsonObject => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: new Date().toISOString(),
});

describe("Kueue", () => {
  const [kind] = KINDS;
  const labels = { "kueue.x-k8s.io/queue-name": "gpu" };

  it("a Job waits in the queue in the queue's words, and goes on when it is admitted", async () => {
    const job = await makeJob({}, labels);
    await say(kind, job.owner, {
      conditions: [condition("QuotaReserved", "False", "WaitingForQuota", "2 more needed")],
    });
    const waiting = await until(job, ({ reason }) => reason.params["detail"] === "2 more needed");
    expect(waiting).toMatchObject({ state: "blocked", reason: { code: "QueueWaits", params: { queue: "gpu" } } });
    const admitted = [condition("QuotaReserved", "True", "QuotaReserved"), condition("Admitted", "True", "Admitted")];
    await say(kind, job.owner, { conditions: admitted });
    await kubectl([
      "-n",
      namespace,
      "patch",
      "job",
      job.owner.name,
      "--type=merge",
      "-p",
      '{"spec":{"suspend":false}}',
    ]);
    expect((await until(job, ({ state }) => state === "ready")).reason.code).toBe("Completed");
  });

  it("a Job that is more than the queue may ever have is refused", async () => {
    const job = await makeJob({}, labels);
    await say(kind, job.owner, {
      conditions: [condition("QuotaReserved", "False", "ExceedsMaxQuota", "16 > maximum capacity (8)")],
    });
    const refused = await until(job, ({ state }) => state === "rejected");
    expect(refused.reason).toEqual({
      code: "QueueRefused",
      params: { queue: "gpu", detail: "ExceedsMaxQuota: 16 > maximum capacity (8)" },
    });
  });
});

it("Volcano: a Job whose group cannot be placed waits, and is judged by its pods when it is", async () => {
  const [, kind] = KINDS;
  const job = await makeJob({ schedulerName: "volcano" });
  await say(kind, job.owner, {
    phase: "Inqueue",
    conditions: [condition("Unschedulable", "True", "NotEnoughResources", "1/1 tasks in gang unschedulable")],
  });
  const waiting = await until(job, ({ reason }) => reason.code === "QueueWaits");
  expect(waiting.reason.params["detail"]).toBe("NotEnoughResources: 1/1 tasks in gang unschedulable");
  await say(kind, job.owner, {
    phase: "Running",
    conditions: [condition("Scheduled", "True", "tasks in gang are ready")],
  });
  await until(job, ({ reason }) => reason.code !== "QueueWaits");
});
