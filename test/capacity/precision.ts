// Compares the capacity check with the real kube-scheduler: random simulated nodes, random pods on them, random
// questions. Each question is first answered by the check and then put to the scheduler by creating the pods. At the
// end, every question that was rejected or had to wait is tried on the emptied cluster with all nodes open: a rejected
// pod that is placed there was rejected wrongly.
import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "../../src/engine/systemClock.ts";
import { connectCluster } from "../../src/kube/cluster.ts";
import { type Connection, openConnection } from "../../src/kube/reach/connection.ts";
import { findTarget } from "../../src/kube/reach/kubeconfig.ts";
import { dig, isObject, type JsonObject } from "../../src/model/data/json.ts";
import type { CapacityVerdict } from "../../src/model/kubernetes/capacity.ts";
import type { Manifest } from "../../src/model/kubernetes/manifest.ts";
import { forgetClasses, makeClasses, makeVolumes } from "./precisionObjects.ts";
import { PASSING_TAINT, type Question, randomLoad, randomNode, randomQuestion, randomSource } from "./randomCluster.ts";
import { create, inParallel, listed, remove, soon, until } from "./rawCalls.ts";

export interface PrecisionWish {
  readonly kubeconfig: string;
  readonly seed: number;
  readonly nodes: number;
  readonly load: number;
  readonly questions: number;
}

export interface Case {
  readonly question: Question;
  readonly verdict: CapacityVerdict;
  readonly placed: boolean;
  /** Whether it was placed on the emptied cluster; `undefined` when that was not tried. */
  placedWhenEmpty?: boolean;
  readonly said: string;
}

export interface Precision {
  readonly cases: readonly Case[];
  /** The check answered "fits", and the scheduler did not place all pods. */
  readonly falseFits: readonly Case[];
  /** The check answered "waits" or "rejected", and the scheduler placed all pods immediately. */
  readonly falseWaits: readonly Case[];
  /** The check answered "rejected", and the pods were placed, now or on the emptied cluster. */
  readonly falseRejections: readonly Case[];
  /** The check answered "waits", and the pods were not placed on the emptied cluster either. */
  readonly hopeless: readonly Case[];
}

const NAMESPACE = "precision";
const QUOTA_NAMESPACE = "precision-quota";

export async function measurePrecision(wish: PrecisionWish): Promise<Precision> {
  const where = { name: "capacity", kubeconfig: wish.kubeconfig, context: undefined };
  const cluster = await connectCluster({ ...where, clock: systemClock, log: { write: () => undefined } });
  const raw = openConnection("capacity", await findTarget(where), systemClock);
  const random = randomSource(wish.seed);
  try {
    await cleanUp(raw);
    await prepare(raw);
    const nodes = Array.from({ length: wish.nodes }, (_, index) => randomNode(random, `random-${index}`));
    await inParallel(nodes, (node) => create(raw, "/api/v1/nodes", node));
    await until(async () => (await readyNodes(raw)) === wish.nodes, "nodes to be ready");
    const load = Array.from({ length: wish.load }, (_, index) =>
      randomLoad(random, { nodes, index, namespace: NAMESPACE }),
    );
    await inParallel(load, (pod) => create(raw, podsIn(NAMESPACE), pod));
    const cases: Case[] = [];
    for (let index = 0; index < wish.questions; index += 1) {
      const namespace = random.chance(0.15) ? QUOTA_NAMESPACE : NAMESPACE;
      cases.push(await askBoth(randomQuestion(random, { index, namespace }), cluster.capacity, raw));
    }
    await empty(raw, nodes);
    for (const one of cases)
      if (one.verdict.class !== "fits" && one.verdict.class !== "unknown")
        one.placedWhenEmpty = (await tryOut(raw, one.question)).placed;
    return summary(cases);
  } finally {
    await cleanUp(raw);
    await cluster.close();
    await raw.close();
  }
}

type Capacity = Awaited<ReturnType<typeof connectCluster>>["capacity"];

/**
 * The view gets a change some milliseconds after it happened. Where the check and the scheduler differ, both are asked
 * again.
 */
async function askBoth(question: Question, capacity: Capacity, raw: Connection): Promise<Case> {
  for (let round = 1; ; round += 1) {
    const request = { groups: [{ pod: question.pod, count: question.count }], project: "mine" };
    const verdict = await capacity?.check(request, soon());
    if (verdict === undefined) throw new Error("the cluster does not tell its capacity");
    const { placed, said } = await tryOut(raw, question);
    const agree = verdict.class === "unknown" || (verdict.class === "fits") === placed;
    if (agree || round === 3) return { question, verdict, placed, said };
    await delay(500);
  }
}

function summary(cases: readonly Case[]): Precision {
  const of = (name: CapacityVerdict["class"]): readonly Case[] => cases.filter((one) => one.verdict.class === name);
  return {
    cases,
    falseFits: of("fits").filter((one) => !one.placed),
    falseWaits: [...of("waits"), ...of("rejected")].filter((one) => one.placed),
    falseRejections: of("rejected").filter((one) => one.placed || one.placedWhenEmpty === true),
    hopeless: of("waits").filter((one) => one.placedWhenEmpty === false),
  };
}

export function sentence({ question, verdict, placed, said }: Case): string {
  return `${question.kind} x${question.count} ${JSON.stringify(question.pod)}: ${verdict.class} ${JSON.stringify(verdict.reason)}; placed ${placed}: ${said}`;
}

/** Creates the pods, waits until the scheduler has decided about each, and removes them. */
async function tryOut(raw: Connection, { pod, count }: Question): Promise<{ placed: boolean; said: string }> {
  const namespace = pod.metadata.namespace ?? "";
  const names = Array.from({ length: count }, (_, index) => `${pod.metadata.name}-${index}`);
  const refused = (
    await inParallel(names, (name) =>
      create(raw, podsIn(namespace), { ...pod, metadata: { ...pod.metadata, name } }).catch(
        (cause: Error) => cause.message,
      ),
    )
  ).filter((one) => typeof one === "string");
  let pods: readonly JsonObject[] = [];
  const made = count - refused.length;
  await until(async () => {
    pods = await listed(raw, podsIn(namespace), `question=${pod.metadata.labels?.["question"] ?? ""}`);
    return pods.length === made && pods.every((one) => decided(one) !== "");
  }, "the scheduler");
  const unplaced = pods.map(decided).filter((one) => one !== "placed");
  await inParallel(pods, (one) => remove(raw, `${podsIn(namespace)}/${String(dig(one, "metadata", "name"))}`));
  await until(async () => (await listed(raw, podsIn(namespace), "question")).length === 0, "the pods to be gone");
  return { placed: refused.length + unplaced.length === 0, said: [...refused, ...unplaced][0] ?? "" };
}

function decided(pod: JsonObject): string {
  if (typeof dig(pod, "spec", "nodeName") === "string") return "placed";
  // The scheduler evicts others for it.
  if (typeof dig(pod, "status", "nominatedNodeName") === "string") return "";
  const conditions = dig(pod, "status", "conditions");
  const found: unknown = Array.isArray(conditions)
    ? conditions.find((one) => dig(one, "type") === "PodScheduled")
    : undefined;
  return dig(found, "status") === "False" ? String(dig(found, "message")) : "";
}

const podsIn = (namespace: string): string => `/api/v1/namespaces/${namespace}/pods`;

async function prepare(raw: Connection): Promise<void> {
  for (const name of [NAMESPACE, QUOTA_NAMESPACE]) {
    await create(raw, "/api/v1/namespaces", { metadata: { name } });
    await until(
      async () => (await listed(raw, `/api/v1/namespaces/${name}/serviceaccounts`)).length > 0,
      "the account",
    );
  }
  await makeClasses(raw);
  for (const name of [NAMESPACE, QUOTA_NAMESPACE]) await makeVolumes(raw, name);
  const limits = [{ type: "Container", max: { cpu: "40" }, min: { memory: "100Mi" } }];
  const ranges = `/api/v1/namespaces/${QUOTA_NAMESPACE}/limitranges`;
  await create(raw, ranges, { metadata: { name: "bounds" }, spec: { limits } });
  const hard = { "requests.nvidia.com/gpu": "12", pods: "6", "requests.cpu": "40" };
  const quotas = `/api/v1/namespaces/${QUOTA_NAMESPACE}/resourcequotas`;
  await create(raw, quotas, { metadata: { name: "small" }, spec: { hard } });
  await until(async () => dig((await listed(raw, quotas))[0], "status", "hard") !== undefined, "the quota");
}

/** Ends all pods and opens all nodes. */
async function empty(raw: Connection, nodes: readonly Manifest[]): Promise<void> {
  const pods = await listed(raw, podsIn(NAMESPACE));
  await inParallel(pods, (pod) => remove(raw, `${podsIn(NAMESPACE)}/${String(dig(pod, "metadata", "name"))}`));
  await until(async () => (await listed(raw, podsIn(NAMESPACE))).length === 0, "the load to be gone");
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

async function cleanUp(raw: Connection): Promise<void> {
  for (const name of [NAMESPACE, QUOTA_NAMESPACE]) {
    const pods = await listed(raw, podsIn(name));
    await inParallel(pods, (pod) => remove(raw, `${podsIn(name)}/${String(dig(pod, "metadata", "name"))}`));
    await remove(raw, `/api/v1/namespaces/${name}`).catch(() => undefined);
  }
  await forgetClasses(raw);
  const nodes = await listed(raw, "/api/v1/nodes", "random");
  await inParallel(nodes, (node) => remove(raw, `/api/v1/nodes/${String(dig(node, "metadata", "name"))}`));
  const ours = async (): Promise<number> =>
    (await listed(raw, "/api/v1/namespaces")).filter((one) =>
      String(dig(one, "metadata", "name")).startsWith(NAMESPACE),
    ).length;
  await until(async () => (await ours()) === 0, "the namespaces to be gone");
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
