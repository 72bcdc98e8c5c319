// Pods that a controller could not create. ReplicaSets report this in a condition, Jobs and StatefulSets only in
// FailedCreate events.

import { timeAt } from "../../../model/data/fieldReaders.ts";
import type { Evidence } from "../../../model/kubernetes/health.ts";
import { type Manifest, shortRef } from "../../../model/kubernetes/manifest.ts";
import type { Refusal } from "../../../model/kubernetes/refusal.ts";
import { reason } from "../../../model/reasons/reason.ts";
import { uidOf } from "../../objects/statusConditions.ts";
import { clip, refusalIn } from "../../refusals/admission.ts";
import { missingReference } from "../../refusals/references.ts";
import type { EventFact } from "../../watches/eventRing.ts";
import { found, fromEvent, type HealthFinding } from "../finding.ts";
import type { RuleView } from "../ruleView.ts";

const MISSING_AFTER = 10_000;
const REFUSED_AFTER = 15_000;

/** `message` is the API server's response to the controller. */
export function creationFinding(owner: Manifest, message: string, evidence: readonly Evidence[]): HealthFinding {
  const refusal = refusalIn(message);
  if (refusal !== undefined) return refusedCreation(refusal, evidence);
  const missing = missingReference(message);
  if (missing !== undefined) {
    const key = `missing/${missing}`;
    return {
      ...found("blocked", reason("MissingReference", { detail: missing }), evidence),
      turns: { key, after: MISSING_AFTER, into: "failed" },
    };
  }
  const object = shortRef({ kind: owner.kind, name: owner.metadata.name });
  const refused = found("blocked", reason("RefusedByServer", { object, detail: clip(message) }), evidence);
  // A request that is forbidden or invalid stays so. Any other error may be a temporary fault of the cluster.
  if (!/ is (forbidden|invalid): /.test(message)) return refused;
  return { ...refused, turns: { key: `refused/${object}`, after: REFUSED_AFTER, into: "rejected" } };
}

function refusedCreation({ reason: why, class: lasts, grace }: Refusal, evidence: readonly Evidence[]): HealthFinding {
  if (lasts !== "final") return found("blocked", why, evidence);
  if (grace === 0) return found("rejected", why, evidence);
  // The controller tries again by itself, so the refusal counts only when it is still the newest after the grace.
  return { ...found("blocked", why, evidence), turns: { key: `denied/${why.code}`, after: grace, into: "rejected" } };
}

/** The finding for the newest FailedCreate event of the controller, unless a pod was created after it. */
export function failedCreation(
  owner: Manifest,
  pods: readonly Manifest[],
  view: RuleView,
  since = 0,
): HealthFinding | undefined {
  const newestPod = Math.max(0, ...pods.map((pod) => timeAt(pod, "metadata", "creationTimestamp") ?? 0));
  const event = view
    .events(uidOf(owner))
    .findLast((one: EventFact) => one.reason === "FailedCreate" && one.last >= Math.max(newestPod, since));
  return event === undefined ? undefined : creationFinding(owner, event.message, [fromEvent(event)]);
}
