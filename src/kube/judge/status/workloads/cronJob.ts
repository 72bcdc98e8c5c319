// CronJob: its health is that of its newest Job. After a write (generation > 0) it is ready as soon as it exists, so
// that an apply does not wait for a Job of the previous version.

import { listAt, textAt, timeAt } from "../../../../model/data/fieldReaders.ts";
import { dig } from "../../../../model/data/json.ts";
import type { HealthState } from "../../../../model/kubernetes/health.ts";
import type { Manifest } from "../../../../model/kubernetes/manifest.ts";
import { reason } from "../../../../model/reasons/reason.ts";
import { conditionOf, isTrue, nameOf, uidOf } from "../../../objects/statusConditions.ts";
import { found, type HealthFinding, ready } from "../../finding.ts";
import type { RuleView } from "../../ruleView.ts";
import type { RuleInput } from "../rule.ts";
import { jobStatus } from "./job.ts";

export function cronJobStatus({ object, generation, view }: RuleInput): HealthFinding {
  const waits = generation > 0;
  const at = (state: HealthState): HealthState => (waits ? "ready" : state);
  const runs = runsOf(object, view);
  const trouble = troubleOf(object, runs, view);
  if (trouble !== undefined) return { ...trouble, state: at("degraded") };
  if (dig(object, "spec", "suspend") === true)
    return found(at("suspended"), reason("Suspended", { object: nameOf(object) }));
  return ready();
}

/**
 * The Jobs of the CronJob, newest first. Jobs that were started by hand count too; kubectl sets their owner, but not as
 * controller.
 */
function runsOf(object: Manifest, view: RuleView): readonly Manifest[] {
  const uid = uidOf(object);
  const started = (run: Manifest): number => timeAt(run, "metadata", "creationTimestamp") ?? 0;
  return view
    .inNamespace("Job", object.metadata.namespace ?? "")
    .filter((run) => listAt(run, "metadata", "ownerReferences").some((owner) => textAt(owner, "uid") === uid))
    .toSorted((a, b) => started(b) - started(a));
}

/** The trouble of the newest Job, or, while that one still runs, the failure of the last Job that ended. */
function troubleOf(object: Manifest, runs: readonly Manifest[], view: RuleView): HealthFinding | undefined {
  const [newest] = runs;
  if (newest === undefined) return undefined;
  const finding = jobStatus({ object: newest, generation: 0, view });
  // For example, its image cannot be pulled or no node has room for it. That does not pass by itself.
  if (finding.state === "blocked" || finding.state === "rejected") return plain(finding, finding.reason);
  const failed = runs.find(isOver);
  if (failed === undefined || !isTrue(conditionOf(failed, "Failed"))) return undefined;
  const end = failed === newest ? finding : jobStatus({ object: failed, generation: 0, view });
  return plain(end, reason("LastRunFailed", { object: nameOf(object) }, end.reason));
}

/** The finding without the time windows of the Job rule. */
function plain({ evidence, log }: HealthFinding, why: HealthFinding["reason"]): HealthFinding {
  return { ...found("degraded", why, evidence), ...(log === undefined ? {} : { log }) };
}

function isOver(run: Manifest): boolean {
  return isTrue(conditionOf(run, "Complete")) || isTrue(conditionOf(run, "Failed"));
}
