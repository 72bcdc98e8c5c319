// A Job that waits in a queue: Kueue keeps it suspended until its Workload is admitted, and Volcano places none of its
// pods before the whole PodGroup fits. src/capacity/queues reads the status of those objects. When they do not exist,
// the Job is judged like any other.
import type { QueueAnswer } from "../../../../capacity/queues/answer.ts";
import { workloadAnswer } from "../../../../capacity/queues/kueue.ts";
import { podGroupAnswer } from "../../../../capacity/queues/volcano.ts";
import { listAt, textAt } from "../../../../model/data/fieldReaders.ts";
import type { Evidence } from "../../../../model/kubernetes/health.ts";
import type { Manifest } from "../../../../model/kubernetes/manifest.ts";
import { queueOf } from "../../../../model/kubernetes/podGroups.ts";
import { type Reason, reason } from "../../../../model/reasons/reason.ts";
import { nameOf, uidOf } from "../../../objects/statusConditions.ts";
import { found, type HealthFinding, progressing } from "../../finding.ts";
import type { RuleView } from "../../ruleView.ts";

interface ExternalQueue {
  readonly kind: string;
  readonly answer: (object: Manifest) => QueueAnswer;
}

const QUEUES: Readonly<Record<string, ExternalQueue>> = {
  kueue: { kind: "Workload", answer: workloadAnswer },
  volcano: { kind: "PodGroup", answer: podGroupAnswer },
};

/** `undefined` when no queue holds the Job back (any more). */
export function queuedFinding(job: Manifest, view: RuleView): HealthFinding | undefined {
  const name = queueOf(job);
  const queue = name === undefined ? undefined : QUEUES[name];
  if (queue === undefined) return undefined;
  const object = view.ownedBy(queue.kind, uidOf(job))[0];
  if (object === undefined) return undefined;
  const answer = queue.answer(object);
  return findingFor(answer, evidenceOf(object));
}

function findingFor({ class: verdict, reason: why, grace = 0 }: QueueAnswer, evidence: readonly Evidence[]) {
  switch (verdict) {
    case "waits":
      return found("blocked", why, evidence);
    case "rejected": {
      const turns = { key: "queue", after: grace, into: "rejected" } as const;
      return { ...found("blocked", why, evidence), turns };
    }
    case "interrupted":
      return { ...progressing(why), evidence };
    case "expired":
      return found("failed", expired(why), evidence);
    case "failed":
      return found("failed", why, evidence);
    case "running":
    case "succeeded":
    case "unknown":
      return undefined;
  }
}

function expired({ params }: Reason): Reason {
  return reason("QueueGaveUp", params);
}

/** The last two conditions of the queue's object, as its controller wrote them. */
function evidenceOf(object: Manifest): readonly Evidence[] {
  return listAt(object, "status", "conditions")
    .slice(-2)
    .map((one) => {
      const [type, status, why, message] = ["type", "status", "reason", "message"].map((field) => textAt(one, field));
      return { source: "condition", object: nameOf(object), text: `${type}=${status} ${why}: ${message}` };
    });
}
