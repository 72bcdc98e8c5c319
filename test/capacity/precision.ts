// Compares the capacity check with the programs that really decide where pods go: kube-scheduler, also with devices of
// drivers, and HAMi's scheduler. Each question is first answered by the check and then put to the scheduler by creating
// the pods. At the end, every question that was rejected or had to wait is tried on the emptied cluster: a rejected pod
// that is placed there was rejected wrongly. The clusters and questions are in the files *Questions.ts.
import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "../../src/engine/systemClock.ts";
import { tryPods } from "../../src/jobs/waiting/admittedPods.ts";
import { connectCluster } from "../../src/kube/cluster.ts";
import { type Connection, openConnection } from "../../src/kube/reach/connection.ts";
import { findTarget } from "../../src/kube/reach/kubeconfig.ts";
import { dig, type JsonObject } from "../../src/model/data/json.ts";
import type { CapacityVerdict, PodGroup } from "../../src/model/kubernetes/capacity.ts";
import type { Cluster } from "../../src/ports/cluster.ts";
import { type Question, type Random, randomSource } from "./randomCluster.ts";
import { create, inParallel, listed, remove, soon, until } from "./rawCalls.ts";

/** A random cluster, and the questions about it. */
export interface PrecisionScene {
  /** The namespaces of the pods. They are created before and removed after the comparison, with all of their pods. */
  readonly namespaces: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Creates the nodes, the classes and the pods that take room. */
  prepare(raw: Connection): Promise<void>;
  question(index: number): Question;
  /** Share of the placed questions whose pods stay, so that later questions find less room. Default: none. */
  readonly staying?: number;
  /** Opens what was closed, after all pods were removed. */
  open?(raw: Connection): Promise<void>;
  cleanUp(raw: Connection): Promise<void>;
}

export interface PrecisionWish {
  readonly kubeconfig: string;
  readonly seed: number;
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

export async function measurePrecision(
  wish: PrecisionWish,
  sceneFor: (random: Random) => PrecisionScene,
): Promise<Precision> {
  const where = { name: "capacity", kubeconfig: wish.kubeconfig, context: undefined };
  const cluster = await connectCluster({ ...where, clock: systemClock, log: { write: () => undefined } });
  const raw = openConnection("capacity", await findTarget(where), systemClock);
  const random = randomSource(wish.seed);
  const scene = sceneFor(random);
  try {
    await cleanUp(raw, scene);
    for (const [name, labels] of Object.entries(scene.namespaces)) await createNamespace(raw, name, labels);
    await scene.prepare(raw);
    const cases: Case[] = [];
    for (let index = 0; index < wish.questions; index += 1) {
      const stays = random.chance(scene.staying ?? 0);
      cases.push(await askBoth({ cluster, raw, stays }, scene.question(index)));
    }
    for (const name of Object.keys(scene.namespaces)) await removePods(raw, name);
    await scene.open?.(raw);
    for (const one of cases)
      if (one.verdict.class === "waits" || one.verdict.class === "rejected")
        one.placedWhenEmpty = await placedAlone(raw, one.question);
    return summary(cases);
  } finally {
    await cleanUp(raw, scene);
    await cluster.close();
    await raw.close();
  }
}

interface Asking {
  readonly cluster: Cluster;
  readonly raw: Connection;
  readonly stays: boolean;
}

/**
 * The view gets a change some milliseconds after it happened. Where the check and the scheduler differ, both are asked
 * again.
 */
async function askBoth(asking: Asking, question: Question): Promise<Case> {
  for (let round = 1; ; round += 1) {
    const verdict = await judge(asking.cluster, question);
    const { placed, said } = await tryOut(asking.raw, question);
    const agree = verdict.class === "unknown" || (verdict.class === "fits") === placed;
    if (!(agree && placed && asking.stays)) await removeSelected(asking.raw, namespaceOf(question), labelOf(question));
    if (agree || round === 3) return { question, verdict, placed, said };
    await delay(500);
  }
}

/**
 * As kubemin does it (src/jobs/waiting/outlook.ts): the pod that the API server would store is judged. When the server
 * refuses the pod now, the rules of the namespace are judged, and then the words of the refusal count.
 */
async function judge(cluster: Cluster, { pod, count }: Question): Promise<CapacityVerdict> {
  const check = async (groups: readonly PodGroup[]): Promise<CapacityVerdict> => {
    const verdict = await cluster.capacity?.check({ groups, project: "mine" }, soon());
    if (verdict === undefined) throw new Error("the cluster does not tell its capacity");
    return verdict;
  };
  const tried = await tryPods(cluster, [{ pod, count }], { signal: soon(), reveal: (text) => text });
  if ("groups" in tried) return check(tried.groups);
  const planned = await check([{ pod, count }]);
  if (OF_NAMESPACE.has(planned.reason.code)) return planned;
  const { class: kind, grace } = tried.refused;
  return { ...planned, class: kind === "final" && grace === 0 ? "rejected" : "waits", reason: tried.refused.reason };
}

const OF_NAMESPACE: ReadonlySet<string> = new Set(["QuotaBusy", "QuotaTooSmall", "MissingLimits", "LimitRangeBroken"]);

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

async function placedAlone(raw: Connection, question: Question): Promise<boolean> {
  const { placed } = await tryOut(raw, question);
  await removeSelected(raw, namespaceOf(question), labelOf(question));
  return placed;
}

const namespaceOf = ({ pod }: Question): string => pod.metadata.namespace ?? "";
const labelOf = ({ pod }: Question): string => `question=${pod.metadata.labels?.["question"] ?? ""}`;

/** Creates the pods and waits until the scheduler has decided about each. */
async function tryOut(raw: Connection, question: Question): Promise<{ placed: boolean; said: string }> {
  const { pod, count } = question;
  const path = podsIn(namespaceOf(question));
  const names = Array.from({ length: count }, (_, index) => `${pod.metadata.name}-${index}`);
  const refused = (
    await inParallel(names, (name) =>
      create(raw, path, { ...pod, metadata: { ...pod.metadata, name } }).catch((cause: Error) => cause.message),
    )
  ).filter((one) => typeof one === "string");
  let pods: readonly JsonObject[] = [];
  const made = count - refused.length;
  await until(async () => {
    pods = await listed(raw, path, labelOf(question));
    return pods.length === made && pods.every((one) => decided(one) !== "");
  }, "the scheduler");
  const unplaced = pods.map(decided).filter((one) => one !== "placed");
  const nodes = pods.map((one) => String(dig(one, "spec", "nodeName"))).join(", ");
  return { placed: refused.length + unplaced.length === 0, said: [...refused, ...unplaced][0] ?? nodes };
}

async function removePods(raw: Connection, namespace: string): Promise<void> {
  await removeSelected(raw, namespace, undefined);
}

async function removeSelected(raw: Connection, namespace: string, label: string | undefined): Promise<void> {
  const pods = await listed(raw, podsIn(namespace), label);
  await inParallel(pods, (one) => remove(raw, `${podsIn(namespace)}/${String(dig(one, "metadata", "name"))}`));
  await until(async () => (await listed(raw, podsIn(namespace), label)).length === 0, "the pods to be gone");
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

async function createNamespace(raw: Connection, name: string, labels: Readonly<Record<string, string>>): Promise<void> {
  await create(raw, "/api/v1/namespaces", { metadata: { name, labels } });
  await until(async () => (await listed(raw, `/api/v1/namespaces/${name}/serviceaccounts`)).length > 0, "the account");
}

async function cleanUp(raw: Connection, scene: PrecisionScene): Promise<void> {
  const names = Object.keys(scene.namespaces);
  for (const name of names) {
    await removePods(raw, name).catch(() => undefined);
    await remove(raw, `/api/v1/namespaces/${name}`);
  }
  await scene.cleanUp(raw);
  const left = async (): Promise<boolean> =>
    (await listed(raw, "/api/v1/namespaces")).some((one) => names.includes(String(dig(one, "metadata", "name"))));
  await until(async () => !(await left()), "the namespaces to be gone");
}
