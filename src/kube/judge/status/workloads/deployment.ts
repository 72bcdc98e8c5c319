// Deployment: complete when the counts say so, checked in the order of kstatus. When it is not complete, the trouble of
// the newest ReplicaSet's pods is the reason.
// https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status

import { labelsAt, numberAt, optionalNumberAt } from "../../../../model/data/fieldReaders.ts";
import type { Manifest } from "../../../../model/kubernetes/manifest.ts";
import { reason } from "../../../../model/reasons/reason.ts";
import { conditionOf, isTrue, nameOf, uidOf } from "../../../objects/statusConditions.ts";
import { creationFinding, failedCreation } from "../../failures/creation.ts";
import { gravestTrouble } from "../../failures/pod.ts";
import { counted, found, fromCondition, type HealthFinding, isHarmless, ready, starting } from "../../finding.ts";
import type { RuleView } from "../../ruleView.ts";
import type { RuleInput } from "../rule.ts";
import { setsBefore } from "./previousPods.ts";

const REVISION = "deployment.kubernetes.io/revision";

export function deploymentStatus({ object, view }: RuleInput): HealthFinding {
  if (optionalNumberAt(object, "status", "observedGeneration") === undefined) return starting(object);
  const wanted = optionalNumberAt(object, "spec", "replicas") ?? 1;
  const count = (field: string): number => numberAt(object, "status", field);
  const newest = newestReplicaSet(object, view);
  const pods = newest === undefined ? [] : view.ownedBy("Pod", uidOf(newest));
  const available =
    newest === undefined
      ? Math.min(count("updatedReplicas"), count("availableReplicas"))
      : numberAt(newest, "status", "availableReplicas");
  const before = setsBefore(newest, view.ownedBy("ReplicaSet", uidOf(object)));
  const facts = { ready: Math.min(available, wanted), wanted, ...before };
  if (wanted === 0) return count("replicas") === 0 ? ready(facts) : counted(facts);
  const complete = isComplete(object, wanted);
  const trouble = troubleOf({ object, newest, pods, view });
  if (complete && isHarmless(trouble)) return ready(facts);
  if (pausedMidway(object, wanted))
    return { ...found("suspended", reason("Suspended", { object: nameOf(object) })), facts };
  const wasReady =
    count("updatedReplicas") >= wanted && conditionOf(object, "Progressing")?.reason === "NewReplicaSetAvailable";
  return { ...(overdue(object, trouble) ?? trouble ?? counted(facts)), facts, wasReady };
}

/** The checks of kstatus: updated, extra, available and ready replicas, then the conditions. */
function isComplete(object: Manifest, wanted: number): boolean {
  const count = (field: string): number => numberAt(object, "status", field);
  const progress = conditionOf(object, "Progressing");
  // Pausing a complete Deployment changes the reason of this condition and nothing else.
  const rolled =
    progress === undefined ||
    progress.reason === "DeploymentPaused" ||
    (progress.status === "True" && progress.reason === "NewReplicaSetAvailable");
  return (
    count("updatedReplicas") >= wanted &&
    count("replicas") <= wanted &&
    count("availableReplicas") >= wanted &&
    count("readyReplicas") >= wanted &&
    rolled &&
    isTrue(conditionOf(object, "Available"))
  );
}

/**
 * Whether the Deployment was paused during a roll-out. A pause after a complete roll-out only concerns the next change.
 */
function pausedMidway(object: Manifest, wanted: number): boolean {
  const spec = object["spec"];
  const paused = typeof spec === "object" && spec !== null && "paused" in spec && spec["paused"] === true;
  return paused && numberAt(object, "status", "updatedReplicas") < wanted;
}

function newestReplicaSet(object: Manifest, view: RuleView): Manifest | undefined {
  const sets = view.ownedBy("ReplicaSet", uidOf(object));
  const revisionOf = (one: Manifest): number => Number(labelsAt(one, "metadata", "annotations")[REVISION] ?? 0);
  const current = revisionOf(object);
  // Deployments and ReplicaSets are separate watches, so the newest set may not be known yet. The set before it must
  // not be used instead, because its pods may be failing.
  if (current > 0) return sets.find((one) => revisionOf(one) === current);
  return [...sets].sort((a, b) => revisionOf(b) - revisionOf(a))[0];
}

interface Parts {
  readonly object: Manifest;
  readonly newest: Manifest | undefined;
  readonly pods: readonly Manifest[];
  readonly view: RuleView;
}

function troubleOf({ object, newest, pods, view }: Parts): HealthFinding | undefined {
  const failure = conditionOf(object, "ReplicaFailure");
  if (failure !== undefined && isTrue(failure)) {
    const owner = newest ?? object;
    return creationFinding(owner, failure.message, [fromCondition(object, failure)]);
  }
  const missing = newest !== undefined && pods.length < numberAt(newest, "spec", "replicas");
  return (
    gravestTrouble(pods, view) ?? (missing && newest !== undefined ? failedCreation(newest, pods, view) : undefined)
  );
}

/**
 * The finding after the controller exceeded its progress deadline: the root cause if one is known, else the
 * controller's message.
 */
function overdue(object: Manifest, trouble: HealthFinding | undefined): HealthFinding | undefined {
  const progress = conditionOf(object, "Progressing");
  if (progress?.reason !== "ProgressDeadlineExceeded") return undefined;
  const evidence = [...(trouble?.evidence ?? []), fromCondition(object, progress)];
  // Waiting for quota or a node is not a failure of the program, however long it lasts. The deadline of the job (of the
  // run) decides.
  if (trouble !== undefined && trouble.state === "blocked" && trouble.turns === undefined)
    return { ...trouble, evidence };
  const why = trouble?.reason ?? reason("RolloutDeadline", { object: nameOf(object) });
  return { ...found("failed", why, evidence), ...(trouble?.log === undefined ? {} : { log: trouble.log }) };
}
