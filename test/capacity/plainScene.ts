// Random nodes and pods without any middleware: what kube-scheduler decides by itself.
import type { Connection } from "../../src/kube/reach/connection.ts";
import { dig, isObject, type JsonObject } from "../../src/model/data/json.ts";
import type { Manifest } from "../../src/model/kubernetes/manifest.ts";
import type { PrecisionScene } from "./precision.ts";
import { forgetClasses, makeClasses, makeVolumes } from "./precisionObjects.ts";
import { PASSING_TAINT, type Random, randomLoad, randomNode, randomQuestion } from "./randomCluster.ts";
import { create, inParallel, listed, remove, soon, until } from "./rawCalls.ts";

const NAMESPACE = "precision";
const QUOTA_NAMESPACE = "precision-quota";

export function plainScene(random: Random, size: { readonly nodes: number; readonly load: number }): PrecisionScene {
  const nodes = Array.from({ length: size.nodes }, (_, index) => randomNode(random, `random-${index}`));
  return {
    namespaces: { [NAMESPACE]: {}, [QUOTA_NAMESPACE]: {} },
    prepare: async (raw) => {
      await makeClasses(raw);
      for (const name of [NAMESPACE, QUOTA_NAMESPACE]) await makeVolumes(raw, name);
      await limitNamespace(raw);
      await createNodes(raw, nodes);
      const load = Array.from({ length: size.load }, (_, index) =>
        randomLoad(random, { nodes, index, namespace: NAMESPACE }),
      );
      await inParallel(load, (pod) => create(raw, `/api/v1/namespaces/${NAMESPACE}/pods`, pod));
    },
    question: (index) => {
      const namespace = random.chance(0.15) ? QUOTA_NAMESPACE : NAMESPACE;
      return randomQuestion(random, { index, namespace });
    },
    open: (raw) => openNodes(raw, nodes),
    cleanUp: async (raw) => {
      await forgetClasses(raw);
      await removeRandomNodes(raw);
    },
  };
}

async function limitNamespace(raw: Connection): Promise<void> {
  const limits = [{ type: "Container", max: { cpu: "40" }, min: { memory: "100Mi" } }];
  const ranges = `/api/v1/namespaces/${QUOTA_NAMESPACE}/limitranges`;
  await create(raw, ranges, { metadata: { name: "bounds" }, spec: { limits } });
  const hard = { "requests.nvidia.com/gpu": "12", pods: "6", "requests.cpu": "40" };
  const quotas = `/api/v1/namespaces/${QUOTA_NAMESPACE}/resourcequotas`;
  await create(raw, quotas, { metadata: { name: "small" }, spec: { hard } });
  await until(async () => dig((await listed(raw, quotas))[0], "status", "hard") !== undefined, "the quota");
}

/** The nodes need the label `random`, by which they are counted and removed. */
export async function createNodes(raw: Connection, nodes: readonly Manifest[]): Promise<void> {
  await inParallel(nodes, (node) => create(raw, "/api/v1/nodes", node));
  await until(async () => (await readyNodes(raw)) === nodes.length, "nodes to be ready");
}

export async function removeRandomNodes(raw: Connection): Promise<void> {
  const nodes = await listed(raw, "/api/v1/nodes", "random");
  await inParallel(nodes, (node) => remove(raw, `/api/v1/nodes/${String(dig(node, "metadata", "name"))}`));
}

/** Makes cordoned nodes take pods, and removes the taints that other programs set for a while. */
async function openNodes(raw: Connection, nodes: readonly Manifest[]): Promise<void> {
  await inParallel(nodes, (node) =>
    raw.call({
      method: "PATCH",
      path: `/api/v1/nodes/${node.metadata.name}`,
      contentType: "application/merge-patch+json",
      body: { spec: { unschedulable: false, taints: stayingTaints(node) } },
      signal: soon(),
    }),
  );
}

function stayingTaints(node: Manifest): readonly JsonObject[] {
  const taints = dig(node, "spec", "taints");
  const all = Array.isArray(taints) ? taints.filter(isObject) : [];
  return all.filter((taint) => taint["key"] !== PASSING_TAINT);
}

async function readyNodes(raw: Connection): Promise<number> {
  const nodes = await listed(raw, "/api/v1/nodes", "random");
  return nodes.filter((node) => {
    const [conditions, taints] = [dig(node, "status", "conditions"), JSON.stringify(dig(node, "spec", "taints") ?? [])];
    const ready =
      Array.isArray(conditions) &&
      conditions.some((one) => dig(one, "type") === "Ready" && dig(one, "status") === "True");
    return ready && !taints.includes("not-ready");
  }).length;
}
