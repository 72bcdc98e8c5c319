// Nodes that do not exist yet: which groups of nodes the autoscalers of a cluster may still grow, for one pod. A group is
// left out only where the cluster itself says that it cannot help: it is at its limit, or its nodes would not take the
// pod. What the autoscalers say is read in src/kube/capacity/autoscalerStatus.ts.

import { type JsonObject } from "../../model/data/json.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { writeAmount } from "../kubernetes/amounts.ts";
import { labelsAt, listAt, objectAt, textAt, textsAt } from "../kubernetes/optionalFields.ts";
import { keptOffBy, type Taint } from "../kubernetes/taints.ts";
import type { ClusterView } from "../view/clusterView.ts";
import type { PodShape } from "../view/podFacts.ts";

type Autoscaler = "cluster-autoscaler" | "karpenter";

/** A node group of Cluster Autoscaler, or a NodePool of Karpenter. */
export interface NodeGroup {
  readonly autoscaler: Autoscaler;
  readonly name: string;
  /**
   * open: it may grow · coming: a new node is on its way · backingOff: it may grow again later, after a failed attempt ·
   * notReady: it may grow when its configuration is valid
   */
  readonly state: "open" | "coming" | "backingOff" | "notReady";
  /** What the group has and may have at most, in the units of src/capacity/kubernetes/amounts.ts. No entry: no limit. */
  readonly limits: readonly GroupLimit[];
  /** Taints of its nodes, if they are known. */
  readonly taints: readonly Taint[];
  /** Node selector requirements `{key, operator, values}` that hold for the labels of its nodes, if they are known. */
  readonly requirements: readonly JsonObject[];
}

export interface GroupLimit {
  /** `nodes` for the number of nodes, or a resource of all nodes together. */
  readonly resource: string;
  readonly used: number;
  readonly most: number;
}

export interface Autoscalers {
  readonly groups: readonly NodeGroup[];
  /** Autoscalers that do not say which groups they have, so that they may add any node. */
  readonly silent: readonly Autoscaler[];
}

export const NO_AUTOSCALERS: Autoscalers = { groups: [], silent: [] };

export interface Growth {
  /** now: a group may grow for the pod · later: none may grow now, but that passes · never: none may grow */
  readonly class: "now" | "later" | "never";
  /** Says which groups may grow, or why none may. */
  readonly reason: Reason;
}

/** Number of groups that a sentence names. */
const NAMED = 4;
/** The pool of Karpenter that created a node. */
const POOL_LABEL = "karpenter.sh/nodepool";

/** `undefined` when no autoscaler works on the cluster, or none knows the devices that the pod asks for. */
export function growthFor(shape: PodShape, autoscalers: Autoscalers, view: ClusterView): Growth | undefined {
  const { groups, silent } = autoscalers;
  const autoscaler = [...new Set([...silent, ...groups.map((one) => one.autoscaler)])].join(", ");
  // No autoscaler knows HAMi's cards, so none can add a node for them.
  if (autoscaler === "" || shape.hami !== undefined) return undefined;
  const answers = groups.map((group) => ({ group, answer: answerOf(group, shape, view) }));
  const open = answers.filter(({ answer }) => answer === "open").map(({ group }) => group.name);
  if (open.length > 0)
    return { class: "now", reason: reason("AutoscalerMayGrow", { autoscaler, groups: listedNames(open) }) };
  const [unread] = silent;
  if (unread !== undefined) return { class: "now", reason: reason("AutoscalerSilent", { autoscaler: unread }) };
  const told = answers.map(({ group, answer }) =>
    typeof answer === "string" ? reason("GroupUnfit", { group: group.name }) : answer,
  );
  const also =
    told.length <= NAMED ? told : [...told.slice(0, NAMED), reason("MoreGroups", { count: told.length - NAMED })];
  const passes = answers.some(({ group, answer }) => answer !== "unfit" && isPassing(group));
  return { class: passes ? "later" : "never", reason: { ...reason("AutoscalerAddsNone", { autoscaler }), also } };
}

function isPassing({ state }: NodeGroup): boolean {
  return state === "backingOff" || state === "notReady";
}

function listedNames(names: readonly string[]): string {
  return names.length <= NAMED ? names.join(", ") : `${names.slice(0, NAMED).join(", ")} (+${names.length - NAMED})`;
}

/** `open`, `unfit`, or the reason why the group cannot grow. */
function answerOf(group: NodeGroup, shape: PodShape, view: ClusterView): "open" | "unfit" | Reason {
  if (keptOffBy(group.taints, shape.tolerations) !== undefined || contradicts(group, shape)) return "unfit";
  if (group.state === "backingOff") return reason("GroupBacksOff", { group: group.name });
  if (group.state === "notReady") return reason("GroupNotReady", { group: group.name });
  // A node that is on its way may take the pod, whatever the limit is.
  if (group.state === "coming" || isComing(group, view)) return "open";
  const full = group.limits.find(({ resource, used, most }) => used + leastOf(shape, resource) > most);
  if (full === undefined) return "open";
  const [used, most] = [writeAmount(full.resource, full.used), writeAmount(full.resource, full.most)];
  return full.resource === "nodes"
    ? reason("GroupFull", { group: group.name, used, most })
    : reason("GroupAtLimit", { group: group.name, used, most, resource: full.resource });
}

/** The least that a new node for the pod adds to a limit of its group. Every node has cpu and memory. */
function leastOf({ requests }: PodShape, resource: string): number {
  if (resource === "nodes") return 1;
  const asked = requests.get(resource) ?? 0;
  return resource === "cpu" || resource === "memory" ? Math.max(1, asked) : asked;
}

/** Karpenter counts a node from the moment it asks the cloud for it. */
function isComing({ autoscaler, name, limits }: NodeGroup, view: ClusterView): boolean {
  const counted = limits.find(({ resource }) => resource === "nodes");
  if (autoscaler !== "karpenter" || counted === undefined) return false;
  let there = 0;
  for (const { labels } of view.nodes()) if (labels[POOL_LABEL] === name) there += 1;
  return counted.used > there;
}

/** Whether the labels of the group's nodes certainly do not match the node selector of the pod. */
function contradicts({ requirements }: NodeGroup, { spec }: PodShape): boolean {
  const wanted = [...equalLabels(spec), ...requiredLabels(spec)];
  return wanted.some(({ key, values }) =>
    requirements.some((one) => textAt(one, "key") === key && excludes(one, values)),
  );
}

interface WantedLabel {
  readonly key: string;
  readonly values: readonly string[];
}

function equalLabels(spec: JsonObject): readonly WantedLabel[] {
  return Object.entries(labelsAt(spec, "nodeSelector")).map(([key, value]) => ({ key, values: [value] }));
}

/** Labels of the required node affinity. With several terms, one that matches is enough, so nothing is certain. */
function requiredLabels(spec: JsonObject): readonly WantedLabel[] {
  const required = objectAt(spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution");
  const terms = listAt(required, "nodeSelectorTerms");
  if (terms.length !== 1) return [];
  return listAt(terms[0], "matchExpressions")
    .filter((one) => textAt(one, "operator") === "In")
    .map((one) => ({ key: textAt(one, "key"), values: textsAt(one, "values") }));
}

const EXCLUDES: Readonly<Record<string, (given: readonly string[], wanted: readonly string[]) => boolean>> = {
  In: (given, wanted) => !wanted.some((one) => given.includes(one)),
  NotIn: (given, wanted) => wanted.every((one) => given.includes(one)),
  DoesNotExist: () => true,
};

function excludes(requirement: JsonObject, wanted: readonly string[]): boolean {
  return EXCLUDES[textAt(requirement, "operator")]?.(textsAt(requirement, "values"), wanted) ?? false;
}
