// The message of the simulated scheduler about a pod that fits on no node, in the words and the form of kube-scheduler:
// `0/13 nodes are available: 2 Insufficient nvidia.com/gpu, 8 node(s) didn't match Pod's node affinity/selector. ...`.
// src/capacity/explain/schedulerMessage.ts parses this form.
import type { NodeFit, Obstacle } from "../../capacity/fit/nodeFit.ts";
import type { Survey } from "../../capacity/fit/survey.ts";
import { keptOffBy } from "../../capacity/kubernetes/taints.ts";
import { explainReason } from "../../model/reasons/reason.ts";

export function unschedulableMessage(found: Survey): string {
  const counts = new Map<string, number>();
  const outcomes = [...found.suitable, ...found.unsuitable];
  for (const outcome of outcomes)
    for (const words of new Set(wordsFor(outcome, found))) counts.set(words, (counts.get(words) ?? 0) + 1);
  const reasons = [...counts].map(([words, count]) => `${count} ${words}`).toSorted();
  const none = `0/${found.total} nodes are available`;
  return `${none}: ${reasons.join(", ")}. preemption: ${none}: ${preemption(found)}.`;
}

/** Evicting pods would only help on nodes that are large enough. */
function preemption({ suitable, unsuitable }: Survey): string {
  const parts = [
    ...(suitable.length > 0 ? [`${suitable.length} No preemption victims found for incoming pod`] : []),
    ...(unsuitable.length > 0 ? [`${unsuitable.length} Preemption is not helpful for scheduling`] : []),
  ];
  return parts.join(", ");
}

function wordsFor({ node, hard, soft }: NodeFit, { shape }: Survey): readonly string[] {
  return (hard === undefined ? soft : [hard]).map((obstacle) => {
    if (obstacle.kind !== "taint" && obstacle.kind !== "notReady") return WORDS[obstacle.kind](obstacle);
    const taint = keptOffBy(node.taints, shape.tolerations);
    return taint === undefined ? said(obstacle) : `node(s) had untolerated taint {${taint.key}: ${taint.value}}`;
  });
}

/** HAMi's own words about the cards of a node reach the message of kube-scheduler as they are. */
function said(obstacle: Obstacle): string {
  if (!("why" in obstacle)) return "";
  const { code, params } = obstacle.why;
  return code === "CardsMissing" ? String(params["detail"]) : explainReason(obstacle.why, "en");
}

const insufficient = (obstacle: Obstacle): string => {
  const resource = "resource" in obstacle ? obstacle.resource : "";
  return resource === "pods" ? "Too many pods" : `Insufficient ${resource}`;
};

const WORDS: Readonly<Record<Exclude<Obstacle["kind"], "taint" | "notReady">, (obstacle: Obstacle) => string>> = {
  selector: () => "node(s) didn't match Pod's node affinity/selector",
  volume: () => "node(s) had volume node affinity conflict",
  neighbours: () => "node(s) didn't satisfy the pod's affinity rules or topology spread constraints",
  devices: () => "cannot allocate all claims",
  cards: said,
  size: insufficient,
  short: insufficient,
  unhealthy: insufficient,
};
