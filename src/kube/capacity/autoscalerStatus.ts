// Reads what the autoscalers of a cluster say about themselves: the status that Cluster Autoscaler writes into a
// ConfigMap, and the NodePools of Karpenter. It decides nothing; which group may grow for a pod is computed in
// src/capacity/fit/autoscaler.ts.
// https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/clusterstate/api/types.go
// https://karpenter.sh/docs/concepts/nodepools/
import { parse } from "yaml";
import type { Autoscalers, GroupLimit, NodeGroup } from "../../capacity/fit/autoscaler.ts";
import { readAmounts } from "../../capacity/kubernetes/amounts.ts";
import { labelsAt, listAt, numberAt, objectAt, optionalNumberAt, textAt } from "../../model/data/fieldReaders.ts";
import type { Json, JsonObject } from "../../model/data/json.ts";
import type { Manifest, ObjectRef } from "../../model/kubernetes/manifest.ts";
import { conditionOf } from "../objects/statusConditions.ts";

export interface AutoscalerAccess {
  readonly read: (ref: ObjectRef, signal: AbortSignal) => Promise<Manifest | null>;
  /** All objects of a kind: none when the kind is not served, `null` when the API does not give the list. */
  readonly list: (kind: Omit<ObjectRef, "name">, signal: AbortSignal) => Promise<readonly Manifest[] | null>;
}

const STATUS: ObjectRef = {
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace: "kube-system",
  name: "cluster-autoscaler-status",
};

export async function readAutoscalers({ read, list }: AutoscalerAccess, signal: AbortSignal): Promise<Autoscalers> {
  const [status, pools] = await Promise.all([
    read(STATUS, signal).catch(() => null),
    list({ apiVersion: "karpenter.sh/v1", kind: "NodePool", namespace: "" }, signal).catch(() => null),
  ]);
  const groups = status === null ? [] : groupsIn(textAt(status, "data", "status"));
  return {
    groups: [...(groups ?? []), ...(pools ?? []).map(poolOf)],
    silent: [
      ...(groups === undefined ? ["cluster-autoscaler" as const] : []),
      ...(pools === null ? ["karpenter" as const] : []),
    ],
  };
}

/**
 * The node groups in the status of Cluster Autoscaler. `undefined` when they cannot be read: versions before 1.30 wrote
 * a plain text, and an autoscaler that creates groups by itself has more than it lists.
 */
export function groupsIn(text: string): readonly NodeGroup[] | undefined {
  const groups = listAt(parsed(text), "nodeGroups");
  if (groups.length === 0 || groups.some((one) => OF_AUTOPROVISIONING.test(textAt(one, "name")))) return undefined;
  return groups.map(groupOf);
}

/** Groups that node auto-provisioning created. It creates new groups for pods that fit no other. */
const OF_AUTOPROVISIONING = /(^|-)nap-/;

function parsed(text: string): Json | undefined {
  try {
    return parse(text) as Json; // a YAML document without tags holds only JSON values
  } catch {
    return undefined;
  }
}

function groupOf(group: JsonObject): NodeGroup {
  const health = objectAt(group, "health");
  const target = numberAt(health, "cloudProviderTarget");
  const most = optionalNumberAt(health, "maxSize") ?? Number.POSITIVE_INFINITY;
  const counts = objectAt(health, "nodeCounts", "registered");
  const registered = optionalNumberAt(counts, "total") ?? optionalNumberAt(counts, "ready") ?? target;
  const path = textAt(group, "name");
  return {
    autoscaler: "cluster-autoscaler",
    // Names are often paths or addresses of the cloud; their last part is the name that people know.
    name: path.slice(path.lastIndexOf("/") + 1),
    state: stateOf(textAt(group, "scaleUp", "status"), target > registered),
    limits: [{ resource: "nodes", used: Math.max(target, registered), most }],
    taints: [],
    requirements: [],
  };
}

function stateOf(scaleUp: string, isShort: boolean): NodeGroup["state"] {
  if (scaleUp === "Backoff") return "backingOff";
  return scaleUp === "InProgress" || isShort ? "coming" : "open";
}

function poolOf(pool: Manifest): NodeGroup {
  const template = objectAt(pool, "spec", "template");
  const labels = Object.entries(labelsAt(template, "metadata", "labels"));
  const isGone = pool.metadata.deletionTimestamp !== undefined;
  return {
    autoscaler: "karpenter",
    name: pool.metadata.name,
    state: isGone || conditionOf(pool, "Ready")?.status === "False" ? "notReady" : "open",
    limits: limitsOf(pool),
    // Startup taints are removed when the node is ready, so they keep no pod off.
    taints: listAt(template, "spec", "taints")
      .map((one) => ({ key: textAt(one, "key"), value: textAt(one, "value"), effect: textAt(one, "effect") }))
      .filter(({ effect }) => effect === "NoSchedule" || effect === "NoExecute"),
    requirements: [
      ...listAt(template, "spec", "requirements"),
      ...labels.map(([key, value]) => ({ key, operator: "In", values: [value] })),
    ],
  };
}

function limitsOf(pool: Manifest): readonly GroupLimit[] {
  const used = readAmounts(objectAt(pool, "status", "resources"));
  const limits = readAmounts(objectAt(pool, "spec", "limits"));
  const nodes = used.get("nodes");
  return [
    ...[...limits].map(([resource, most]) => ({ resource, used: used.get(resource) ?? 0, most })),
    ...(nodes === undefined || limits.has("nodes")
      ? []
      : [{ resource: "nodes", used: nodes, most: Number.POSITIVE_INFINITY }]),
  ];
}
