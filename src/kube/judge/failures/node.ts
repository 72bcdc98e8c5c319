// Pods on a node that does not answer any more. The cluster reports this slowly: first it marks the pod as not ready
// although its containers were, and minutes later it marks it for deletion, which no kubelet carries out. The Node
// object shows it earlier, so it is read when a pod looks suspicious.

import { listAt, textAt, timeAt } from "../../../model/data/fieldReaders.ts";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import { reason } from "../../../model/reasons/reason.ts";
import { conditionOf, isTrue, nameOf, uidOf } from "../../objects/statusConditions.ts";
import { clip } from "../../refusals/admission.ts";
import { found, fromCondition, fromEvent, type HealthFinding } from "../finding.ts";
import type { RuleView } from "../ruleView.ts";

/** Milliseconds within which a working kubelet starts to handle a pod that was assigned to its node. */
const TAKEN_UP_WITHIN = 30_000;

/** `undefined` when the node answers or the pod gives no reason to doubt it. */
export function nodeLost(pod: Manifest, view: RuleView): HealthFinding | undefined {
  const node = textAt(pod, "spec", "nodeName");
  if (node === "" || isTrue(conditionOf(pod, "Ready")) || !isSuspicious(pod, view)) return undefined;
  const object = view.other({ apiVersion: "v1", kind: "Node", namespace: "", name: node });
  // The node has not been read yet, or the credential may not read it.
  if (object === undefined) return undefined;
  if (object === null)
    return found("blocked", reason("NodeLost", { node, detail: "NodeGone" }), [
      { source: "condition", object: nameOf(pod), text: `spec.nodeName=${node}` },
    ]);
  const condition = conditionOf(object, "Ready");
  if (condition === undefined || isTrue(condition)) return undefined;
  const event = warningOf(pod, view);
  return found("blocked", reason("NodeLost", { node, detail: clip(condition.message || condition.reason) }), [
    fromCondition(object, condition),
    ...(event === undefined ? [] : [fromEvent(event)]),
  ]);
}

function isSuspicious(pod: Manifest, view: RuleView): boolean {
  const dying = timeAt(pod, "metadata", "deletionTimestamp");
  // The deletion timestamp is the end of the grace period, not its beginning.
  if (dying !== undefined) return dying < view.now;
  if (warningOf(pod, view) !== undefined) return true;
  const statuses = listAt(pod, "status", "containerStatuses");
  if (statuses.length > 0 && statuses.every((one) => one["ready"] === true)) return true;
  const since = timeAt(
    listAt(pod, "status", "conditions").find((one) => one["type"] === "PodScheduled"),
    "lastTransitionTime",
  );
  return since !== undefined && view.now - since > TAKEN_UP_WITHIN;
}

function warningOf(pod: Manifest, view: RuleView) {
  return view.events(uidOf(pod)).findLast((one) => one.reason === "NodeNotReady");
}
