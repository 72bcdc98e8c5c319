// A Job or a pod that waits in a queue: Kueue keeps it suspended or gated until its Workload is admitted, and Volcano
// places none of its pods before the whole PodGroup fits. src/capacity/queues reads the status of those objects. What
// the queue has let in is judged like any other.
import { lastConditions, type QueueAnswer } from "../../../../capacity/queues/answer.ts";
import { workloadAnswer } from "../../../../capacity/queues/kueue.ts";
import { placeOf, type QueuePlace } from "../../../../capacity/queues/place.ts";
import { podGroupAnswer } from "../../../../capacity/queues/volcano.ts";
import { labelsAt } from "../../../../model/data/fieldReaders.ts";
import type { Evidence } from "../../../../model/kubernetes/health.ts";
import type { Manifest } from "../../../../model/kubernetes/manifest.ts";
import { QUEUE_LABEL, queueOf } from "../../../../model/kubernetes/podGroups.ts";
import { explainReason, type Reason, reason } from "../../../../model/reasons/reason.ts";
import { conditionOf, isTrue, nameOf, uidOf } from "../../../objects/statusConditions.ts";
import { found, type HealthFinding } from "../../finding.ts";
import type { RuleView } from "../../ruleView.ts";
import { groupPlace, kueueObjects, volcanoObjects, workloadPlace } from "./queueObjects.ts";

interface ExternalQueue {
  readonly kind: string;
  readonly answer: (object: Manifest, view: RuleView) => QueueAnswer | undefined;
  readonly place: (object: Manifest, view: RuleView) => readonly Manifest[] | undefined;
}

const QUEUES: Readonly<Record<string, ExternalQueue>> = {
  kueue: {
    kind: "Workload",
    answer: (object, view) => workloadAnswer(object, kueueObjects(object, view)),
    place: workloadPlace,
  },
  volcano: {
    kind: "PodGroup",
    answer: (object, view) => podGroupAnswer(object, volcanoObjects(object, view)),
    place: groupPlace,
  },
};

/** Milliseconds after which the objects of the queue are read again: they are not watched. */
const AGAIN = 10_000;

/** `undefined` when no queue holds the Job or the pod back (any more). */
export function queuedFinding(owner: Manifest, view: RuleView): HealthFinding | undefined {
  const name = queueOf(owner);
  const queue = name === undefined ? undefined : QUEUES[name];
  if (queue === undefined) return undefined;
  const object = view.ownedBy(queue.kind, uidOf(owner))[0];
  if (object === undefined) return unseen(owner);
  const answer = queue.answer(object, view);
  if (answer === undefined) return undefined;
  const waiting = answer.class === "waits" || answer.class === "evicted" ? queue.place(object, view) : undefined;
  const place = waiting === undefined ? undefined : placeOf(object, waiting);
  const evidence = [...(place === undefined ? [] : [placeEvidence(place, answer.reason)]), ...evidenceOf(object)];
  return findingFor(answer, evidence);
}

/** Kueue holds the Job and has not written its Workload yet. */
function unseen(owner: Manifest): HealthFinding | undefined {
  const isHeld = owner.kind === "Pod" || isTrue(conditionOf(owner, "Suspended"));
  const queue = labelsAt(owner, "metadata", "labels")[QUEUE_LABEL];
  if (!isHeld || queue === undefined) return undefined;
  return found("blocked", reason("QueueWaits", { queue, detail: "QueueNotLooked" }));
}

function findingFor(answer: QueueAnswer, evidence: readonly Evidence[]): HealthFinding {
  const { class: verdict, reason: why, grace = 0, again = AGAIN } = answer;
  switch (verdict) {
    case "waits":
    case "evicted":
      return { ...found("blocked", why, evidence), again: Math.min(again, AGAIN) };
    case "rejected": {
      const turns = { key: `queue/${why.code}`, after: grace, into: "rejected" } as const;
      return { ...found("blocked", why, evidence), turns };
    }
    case "expired":
      return found("failed", reason("QueueGaveUp", why.params), evidence);
    case "failed":
      return found("failed", why, evidence);
  }
}

function placeEvidence({ position, of }: QueuePlace, { params }: Reason): Evidence {
  const why = reason("QueuePlace", { position, of, queue: String(params["queue"] ?? "") });
  return { source: "capacity", object: "queue", text: explainReason(why, "en"), reason: why };
}

function evidenceOf(object: Manifest): readonly Evidence[] {
  return lastConditions(object).map((text) => ({ source: "condition", object: nameOf(object), text }));
}
