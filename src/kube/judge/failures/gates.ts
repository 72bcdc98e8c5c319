// A pod with scheduling gates: the scheduler does not look at it before another program removes them. Kueue gates the
// pods that it queues one by one, so for its gate the queue reports what the pod waits for.
import { listAt, textAt } from "../../../model/data/fieldReaders.ts";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import { reason } from "../../../model/reasons/reason.ts";
import { conditionOf } from "../../objects/statusConditions.ts";
import { found, fromCondition, type HealthFinding } from "../finding.ts";
import type { RuleView } from "../ruleView.ts";
import { queuedFinding } from "../status/workloads/queuedJob.ts";

const KUEUE = "kueue.x-k8s.io/admission";

export function gatedFinding(pod: Manifest, view: RuleView): HealthFinding {
  const gates = listAt(pod, "spec", "schedulingGates").map((gate) => textAt(gate, "name"));
  const queued = gates.includes(KUEUE) ? queuedFinding(pod, view) : undefined;
  if (queued !== undefined) return queued;
  const scheduled = conditionOf(pod, "PodScheduled");
  const evidence = scheduled === undefined ? [] : [fromCondition(pod, scheduled)];
  return found("blocked", reason("PodGated", { gates: gates.join(", ") }), evidence);
}
