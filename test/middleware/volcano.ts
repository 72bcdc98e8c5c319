// A stand-in for Volcano: it makes a PodGroup for the pods that name the scheduler volcano, lets groups into their
// queue, and places all pods of a group or none. It writes the phases, conditions and events that Volcano writes.
// Preemption, reclaim and priorities are not imitated.
// https://volcano.sh/en/docs/podgroup/, https://volcano.sh/en/docs/queue/
import type { Connection } from "../../src/kube/reach/connection.ts";
import { labelsAt, listAt, numberAt, objectAt, textAt } from "../../src/model/data/fieldReaders.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import { create, listed, soon } from "../capacity/rawCalls.ts";
import type { Stoppable } from "./stoppable.ts";
import { addCounted, type Counted, counted, isLive, lackingIn, requestsOfPod } from "./volcanoAmounts.ts";
import { createVolcanoKinds, createVolcanoQueue, removeVolcanoKinds, VOLCANO_API } from "./volcanoKinds.ts";

const GROUP_OF_POD = "scheduling.k8s.io/group-name";
const MIN_MEMBER = "scheduling.volcano.sh/group-min-member";
const QUEUE_NAME = "scheduling.volcano.sh/queue-name";
/** Volcano lets in groups up to this multiple of what the cluster has. */
const OVERCOMMIT = 1.2;
/** The period of Volcano's scheduler is a second by default. */
const PERIOD = 300;

export async function startVolcano(raw: Connection): Promise<Stoppable> {
  await createVolcanoKinds(raw);
  await createVolcanoQueue(raw, "default");
  let [stopped, pass] = [false, Promise.resolve()];
  const timer = setInterval(() => {
    pass = pass.then(() => (stopped ? undefined : cycle(raw).catch(() => undefined)));
  }, PERIOD);
  return {
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await pass;
      await removeVolcanoKinds(raw);
    },
  };
}

interface Seen {
  readonly raw: Connection;
  readonly nodes: readonly JsonObject[];
  readonly pods: readonly JsonObject[];
  readonly queues: readonly JsonObject[];
  readonly groups: readonly JsonObject[];
}

async function cycle(raw: Connection): Promise<void> {
  const [nodes, pods, queues, groups] = await Promise.all(
    ["/api/v1/nodes", "/api/v1/pods", `${VOLCANO_API}/queues`, `${VOLCANO_API}/podgroups`].map((path) =>
      listed(raw, path),
    ),
  );
  const seen: Seen = { raw, nodes: nodes ?? [], pods: pods ?? [], queues: queues ?? [], groups: groups ?? [] };
  for (const pod of seen.pods.filter(isOurs)) if (groupOf(pod) === "") await joinGroup(seen, pod);
  const free = freeByNode(seen);
  for (const group of seen.groups) await schedule(seen, group, free);
}

const isOurs = (pod: JsonObject): boolean => textAt(pod, "spec", "schedulerName") === "volcano" && isLive(pod);
const nameOf = (object: JsonObject): string => textAt(object, "metadata", "name");
const namespaceOf = (object: JsonObject): string => textAt(object, "metadata", "namespace");
const groupOf = (pod: JsonObject): string => labelsAt(pod, "metadata", "annotations")[GROUP_OF_POD] ?? "";
const isPlaced = (pod: JsonObject): boolean => textAt(pod, "spec", "nodeName") !== "";

/** Creates the PodGroup of the pod's owner when there is none yet. Its size is an annotation of the owner. */
async function joinGroup({ raw, groups }: Seen, pod: JsonObject): Promise<void> {
  const owner = listAt(pod, "metadata", "ownerReferences").find((one) => one["controller"] === true);
  const name = `podgroup-${textAt(owner, "uid") || textAt(pod, "metadata", "uid")}`;
  const namespace = namespaceOf(pod);
  if (!groups.some((one) => nameOf(one) === name)) {
    const job = owner === undefined ? {} : await annotationsOfJob(raw, namespace, textAt(owner, "name"));
    const own = labelsAt(pod, "metadata", "annotations");
    const minMember = Number(job[MIN_MEMBER] ?? own[MIN_MEMBER] ?? 1);
    const minResources = new Map<string, number>();
    addCounted(minResources, requestsOfPod(pod), minMember);
    await create(raw, `${VOLCANO_API}/namespaces/${namespace}/podgroups`, {
      apiVersion: "scheduling.volcano.sh/v1beta1",
      kind: "PodGroup",
      metadata: { name, namespace, ...(owner === undefined ? {} : { ownerReferences: [owner] }) },
      spec: {
        minMember,
        queue: own[QUEUE_NAME] ?? job[QUEUE_NAME] ?? "default",
        minResources: Object.fromEntries([...minResources].map(([key, amount]) => [key, String(amount)])),
      },
    }).catch(() => undefined); // another pod of the group was first
  }
  await patch(raw, podPath(pod), { metadata: { annotations: { [GROUP_OF_POD]: name } } });
}

async function annotationsOfJob(
  raw: Connection,
  namespace: string,
  name: string,
): Promise<Readonly<Record<string, string>>> {
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`;
  return labelsAt((await raw.call({ path, signal: soon() })).body, "metadata", "annotations");
}

async function schedule(seen: Seen, group: JsonObject, free: Map<string, Map<string, number>>): Promise<void> {
  const members = seen.pods.filter((pod) => namespaceOf(pod) === namespaceOf(group) && groupOf(pod) === nameOf(group));
  const live = members.filter(isLive);
  const phase = textAt(group, "status", "phase");
  if (members.length > 0 && live.length === 0) return setPhase(seen, group, "Completed");
  const waiting = live.filter((pod) => !isPlaced(pod));
  const minMember = numberAt(group, "spec", "minMember");
  const placed = members.length - waiting.length;
  if (placed >= minMember) await setPhase(seen, group, "Running");
  if (waiting.length === 0) return;
  if (["", "Pending"].includes(phase) && !(await letIn(seen, group))) return setPhase(seen, group, "Pending");
  if (phase === "" || phase === "Pending") await setPhase(seen, group, "Inqueue");
  const plan = waiting.length + placed >= minMember ? placeAll(seen, waiting, free, minMember - placed) : undefined;
  if (plan === undefined) return refuse(seen, { group, waiting, total: members.length, minMember });
  for (const [pod, node] of plan) await bind(seen.raw, pod, node);
  await setCondition(seen, group, {
    type: "Scheduled",
    reason: "tasks in gang are ready to be scheduled",
    message: "",
  });
}

/** A queue that does not exist or is not open lets nothing in, and Volcano says nothing about it. */
async function letIn(seen: Seen, group: JsonObject): Promise<boolean> {
  const queue = seen.queues.find((one) => nameOf(one) === textAt(group, "spec", "queue"));
  if (queue === undefined || textAt(queue, "status", "state") !== "Open") return false;
  const asked = counted(objectAt(group, "spec", "minResources"));
  const withOthers = new Map(asked);
  for (const other of seen.groups.filter(
    (one) => textAt(one, "spec", "queue") === nameOf(queue) && nameOf(one) !== nameOf(group),
  ))
    if (["Inqueue", "Running"].includes(textAt(other, "status", "phase")))
      addCounted(withOthers, counted(objectAt(other, "spec", "minResources")));
  const over = lackingIn(withOthers, counted(objectAt(queue, "spec", "capability")), "unlimited");
  if (over.length > 0) return note(seen, group, words("queue resource quota insufficient", over));
  const idle = clusterIdle(seen);
  const short = lackingIn(asked, idle, "none");
  return short.length === 0 ? true : note(seen, group, words("resource in cluster is overused", short));
}

const words = (what: string, names: readonly string[]): string =>
  `${what}: ${names.map((one) => `insufficient ${one}`).join(", ")}`;

function clusterIdle({ nodes, pods }: Seen): Counted {
  const idle = new Map<string, number>();
  for (const node of nodes) addCounted(idle, counted(objectAt(node, "status", "allocatable")), OVERCOMMIT);
  for (const pod of pods.filter((one) => isPlaced(one) && isLive(one))) addCounted(idle, requestsOfPod(pod), -1);
  return idle;
}

function freeByNode({ nodes, pods }: Seen): Map<string, Map<string, number>> {
  const free = new Map(nodes.map((node) => [nameOf(node), counted(objectAt(node, "status", "allocatable"))]));
  for (const pod of pods.filter((one) => isPlaced(one) && isLive(one))) {
    const left = free.get(textAt(pod, "spec", "nodeName"));
    if (left !== undefined) addCounted(left, requestsOfPod(pod), -1);
  }
  return free;
}

/** Places as many pods as fit; `undefined` when these are fewer than `least`. */
function placeAll(
  { nodes }: Seen,
  pods: readonly JsonObject[],
  free: Map<string, Map<string, number>>,
  least: number,
): readonly (readonly [JsonObject, string])[] | undefined {
  const left = new Map([...free].map(([name, amounts]) => [name, new Map(amounts)]));
  const plan: [JsonObject, string][] = [];
  for (const pod of pods) {
    const asked = requestsOfPod(pod);
    const node = nodes.find(
      (one) => allows(one, pod) && lackingIn(asked, left.get(nameOf(one)) ?? new Map(), "none").length === 0,
    );
    if (node === undefined) continue;
    addCounted(left.get(nameOf(node)) ?? new Map(), asked, -1);
    plan.push([pod, nameOf(node)]);
  }
  if (plan.length < Math.max(1, least)) return undefined;
  for (const [name, amounts] of left) free.set(name, amounts);
  return plan;
}

function allows(node: JsonObject, pod: JsonObject): boolean {
  const labels = labelsAt(node, "metadata", "labels");
  const selected = Object.entries(labelsAt(pod, "spec", "nodeSelector")).every(([key, value]) => labels[key] === value);
  const tolerated = listAt(node, "spec", "taints")
    .filter((taint) => textAt(taint, "effect") !== "PreferNoSchedule")
    .every((taint) =>
      listAt(pod, "spec", "tolerations").some((one) => ["", textAt(taint, "key")].includes(textAt(one, "key"))),
    );
  return selected && tolerated;
}

interface Refused {
  readonly group: JsonObject;
  readonly waiting: readonly JsonObject[];
  readonly total: number;
  readonly minMember: number;
}

async function refuse(seen: Seen, { group, waiting, total, minMember }: Refused): Promise<void> {
  const message = `${waiting.length}/${total} tasks in gang unschedulable: pod group is not ready, ${waiting.length} Pending, ${minMember} minAvailable; Pending: ${waiting.length} Unschedulable`;
  await setCondition(seen, group, { type: "Unschedulable", reason: "NotEnoughResources", message });
  for (const pod of waiting) {
    const condition = {
      type: "PodScheduled",
      status: "False",
      reason: "Unschedulable",
      message: `0/${seen.nodes.length} nodes are unavailable: ${seen.nodes.length} Insufficient resources.`,
    };
    await patch(
      seen.raw,
      `${podPath(pod)}/status`,
      { status: { conditions: [condition] } },
      "application/strategic-merge-patch+json",
    );
  }
}

async function bind(raw: Connection, pod: JsonObject, node: string): Promise<void> {
  const target = { apiVersion: "v1", kind: "Node", name: node };
  const metadata = { name: nameOf(pod), namespace: namespaceOf(pod) };
  await create(raw, `${podPath(pod)}/binding`, { apiVersion: "v1", kind: "Binding", metadata, target });
}

async function note({ raw }: Seen, group: JsonObject, message: string): Promise<false> {
  const namespace = namespaceOf(group);
  const at = new Date().toISOString();
  await create(raw, `/api/v1/namespaces/${namespace}/events`, {
    apiVersion: "v1",
    kind: "Event",
    metadata: { generateName: `${nameOf(group)}.`, namespace },
    involvedObject: {
      apiVersion: "scheduling.volcano.sh/v1beta1",
      kind: "PodGroup",
      namespace,
      name: nameOf(group),
      uid: textAt(group, "metadata", "uid"),
    },
    reason: "Unschedulable",
    type: "Normal",
    message,
    source: { component: "volcano" },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  });
  return false;
}

async function setPhase(seen: Seen, group: JsonObject, phase: string): Promise<void> {
  if (textAt(group, "status", "phase") === phase) return;
  await patch(seen.raw, `${groupPath(group)}/status`, { status: { phase } });
}

async function setCondition(
  seen: Seen,
  group: JsonObject,
  wanted: Readonly<Record<"type" | "reason" | "message", string>>,
): Promise<void> {
  const before = listAt(group, "status", "conditions");
  const known = before.find((one) => textAt(one, "type") === wanted.type);
  if (known !== undefined && textAt(known, "message") === wanted.message) return;
  const condition = {
    ...wanted,
    status: "True",
    lastTransitionTime: new Date().toISOString(),
    transitionID: String(Date.now()),
  };
  const conditions = [...before.filter((one) => one !== known), condition];
  await patch(seen.raw, `${groupPath(group)}/status`, { status: { conditions } });
}

async function patch(
  raw: Connection,
  path: string,
  body: JsonObject,
  contentType = "application/merge-patch+json",
): Promise<void> {
  await raw.call({ method: "PATCH", path, contentType, body, signal: soon() });
}

const podPath = (pod: JsonObject): string => `/api/v1/namespaces/${namespaceOf(pod)}/pods/${nameOf(pod)}`;
const groupPath = (group: JsonObject): string =>
  `${VOLCANO_API}/namespaces/${namespaceOf(group)}/podgroups/${nameOf(group)}`;
