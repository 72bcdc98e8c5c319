// The verdict on a suspended Job. A Job in a queue of Kueue has the answer of its Workload, read by src/capacity/queues
// as on a real cluster; any other was suspended by a user.
import type { QueueAnswer, QueueClass } from "../../capacity/queues/answer.ts";
import { workloadAnswer } from "../../capacity/queues/kueue.ts";
import { listAt, textAt } from "../../model/data/fieldReaders.ts";
import type { Evidence, Health } from "../../model/kubernetes/health.ts";
import { refOf, shortRef } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { StoredObject } from "../objects/sandboxObjects.ts";
import { workloadRef } from "../queues/workloads.ts";
import { type SandboxVerdict, type SandboxView, seen, verdict } from "./healthRule.ts";

export function suspendedVerdict({ manifest }: StoredObject, view: SandboxView): SandboxVerdict {
  const workload = view.get(workloadRef(manifest));
  if (workload === undefined) return verdict("suspended", reason("Suspended", { object: shortRef(refOf(manifest)) }));
  const answer = workloadAnswer(workload.manifest);
  const graceEnd = workload.since + (answer.grace ?? 0);
  const open = answer.grace !== undefined && view.now < graceEnd;
  const state = open ? "blocked" : stateOf(answer.class);
  return { ...seen(state, reasonOf(answer), evidenceOf(workload)), changesAt: open ? graceEnd : null };
}

function stateOf(answer: QueueClass): Health["state"] {
  if (answer === "rejected") return "rejected";
  if (answer === "interrupted") return "progressing";
  return answer === "expired" || answer === "failed" ? "failed" : "blocked";
}

function reasonOf({ class: verdict, reason: why }: QueueAnswer): QueueAnswer["reason"] {
  return verdict === "expired" ? reason("QueueGaveUp", why.params) : why;
}

/** The last two conditions of the Workload. */
function evidenceOf({ manifest }: StoredObject): readonly Evidence[] {
  return listAt(manifest, "status", "conditions")
    .slice(-2)
    .map((one) => {
      const [type, status, why, message] = ["type", "status", "reason", "message"].map((field) => textAt(one, field));
      const object = shortRef(refOf(manifest));
      return { source: "condition", object, text: `sandbox: ${type}=${status} ${why}: ${message}` };
    });
}
