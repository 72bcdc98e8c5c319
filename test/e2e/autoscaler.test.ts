// Waiting for room where Cluster Autoscaler works, on the real cluster. The test plays the autoscaler: it writes the
// status ConfigMap and the events on the pod, and a new node is more of a resource on the node that exists.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Manifest } from "../../src/model/kubernetes/manifest.ts";
import { endOf, eventOf, hasReason, jobOf, submit } from "./support/asking.ts";
import { type Application, task } from "./support/documents.ts";
import { apply, dropNamespace, kubectl, list, makeNamespace } from "./support/kubectl.ts";
import { type Product, startProduct } from "./support/product.ts";

const RESOURCE = `autoscaled.example/gpu-${randomBytes(3).toString("hex")}`;
const STATUS = "cluster-autoscaler-status";

let product: Product;
let namespace: string;
let node: string;

/** Gives the node this many devices. */
async function offer(count: number): Promise<void> {
  const patch = ["capacity", "allocatable"].map((field) => ({
    op: "add",
    path: `/status/${field}/${RESOURCE.replace("/", "~1")}`,
    value: String(count),
  }));
  await kubectl(["patch", "node", node, "--subresource=status", "--type=json", "-p", JSON.stringify(patch)]);
}

/** The status as Cluster Autoscaler writes it, with one group. */
async function group(used: number, most: number): Promise<void> {
  const counts = `{ registered: { total: ${used}, ready: ${used}, notStarted: 0 } }`;
  const status = `time: 2026-10-02 14:29:22.999645779 +0000 UTC
autoscalerStatus: Running
nodeGroups:
- name: pool-x
  health: { status: Healthy, nodeCounts: ${counts}, cloudProviderTarget: ${used}, minSize: 1, maxSize: ${most} }
  scaleUp: { status: NoActivity }
`;
  const metadata = { name: STATUS, namespace: "kube-system" };
  await apply("kube-system", { apiVersion: "v1", kind: "ConfigMap", metadata, data: { status } });
}

/** Writes an event on the pod, as Cluster Autoscaler does. */
async function report(pod: Manifest, reason: string, message: string): Promise<void> {
  const { name, uid = "" } = pod.metadata;
  const now = new Date().toISOString().replace(/\.\d+/, "");
  await apply(namespace, {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${name}.${reason.toLowerCase()}`, namespace },
    involvedObject: { apiVersion: "v1", kind: "Pod", namespace, name, uid },
    source: { component: "cluster-autoscaler" },
    type: "Normal",
    reason,
    message,
    count: 1,
    firstTimestamp: now,
    lastTimestamp: now,
  });
}

beforeAll(async () => {
  [product, namespace] = await Promise.all([startProduct(), makeNamespace()]);
  const names = (await kubectl(["get", "nodes", "-o", "jsonpath={.items[*].metadata.name}"])).split(" ");
  node = names.find((name) => !name.startsWith("kwok")) ?? "";
  await Promise.all([offer(1), group(5, 5)]);
});

afterAll(async () => {
  await kubectl(["-n", "kube-system", "delete", "configmap", STATUS, "--ignore-not-found"]).catch(() => undefined);
  await product?.stop();
  await dropNamespace(namespace);
  const path = `/status/capacity/${RESOURCE.replace("/", "~1")}`;
  const patch = JSON.stringify([{ op: "remove", path }]);
  await kubectl(["patch", "node", node, "--subresource=status", "--type=json", "-p", patch]).catch(() => undefined);
});

const application = (name: string, text: string): Application => ({
  name,
  namespace,
  components: [task("train", text, { traits: { gpu: { count: 1, resource: RESOURCE } } })],
});

it("a full pool: waits in line while no group may grow, and its pod is there for the autoscaler once one may", async () => {
  const holder = await submit(product, application("holder", "trap 'exit 0' TERM; sleep 600 & wait"));
  await eventOf(product, holder.id, (event) => hasReason(event, "train", "TaskRunning"));
  const run = await submit(product, application("waiter", "true"));
  const told = (code: string) => eventOf(product, run.id, (event) => hasReason(event, "train", code));
  const now = async () =>
    jobOf(await product.client.call("getRun", { params: { project: "default", run: run.id } }), "train");
  const own = ["-l", "kubemin.dev/application=waiter"];

  await told("CapacityShort");
  expect((await now()).reason.message).toBe(
    `waits for room: asks for 1 ${RESOURCE} on one node, the best node ${node} has 0 free; ` +
      "cluster-autoscaler adds no node; pool-x 5 of 5 nodes",
  );
  expect(await list(namespace, "jobs", ...own)).toEqual([]);

  await group(5, 6);
  await told("Unschedulable");
  const [waiting] = await list(namespace, "pods", ...own);
  if (waiting === undefined) throw new Error("there is no pod");
  await report(waiting, "NotTriggerScaleUp", "pod didn't trigger scale-up: 1 max node group size reached");
  await told("NoNewNode");
  expect(await now()).toMatchObject({
    phase: "pending",
    reason: { message: "the autoscaler adds no node; 1 group has reached its maximum size" },
  });

  await report(waiting, "TriggeredScaleUp", "pod triggered scale-up: [{pool-x 5->6 (max: 6)}]");
  await told("NodeComing");
  expect((await now()).reason.message).toBe("waits for a new node: group pool-x grows from 5 to 6");
  await offer(2);
  expect((await endOf(product, run.id)).phase).toBe("succeeded");
  await product.client.call("cancelRun", { params: { project: "default", run: holder.id } });
  await endOf(product, holder.id);
});
