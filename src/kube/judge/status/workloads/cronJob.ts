// CronJob: there is nothing to wait for once it exists; its health is that of its newest run. Whoever waits for a write (generation given)
// is not held up by a run of the version before.

import { listAt, textAt, timeAt } from "../../../../model/data/fieldReaders.ts";
import { dig } from "../../../../model/data/json.ts";
import type { HealthState } from "../../../../model/kubernetes/health.ts";
import type { Manifest } from "../../../../model/kubernetes/manifest.ts";
import { reason } from "../../../../model/reasons/reason.ts";
import { conditionOf, isTrue, nameOf, uidOf } from "../../../objects/statusConditions.ts";
import { type Finding, found, ready } from "../../finding.ts";
import type { View } from "../../ruleView.ts";
import type { Question } from "../rule.ts";
import { jobStatus } from "./job.ts";

export function cronJobStatus({ object, generation, view }: Question): Finding {
  const waits = generation > 0;
  const at = (state: HealthState): HealthState => (waits ? "ready" : state);
  const runs = runsOf(object, view);
  const trouble = troubleOf(object, runs, view);
  if (trouble !== undefined) return { ...trouble, state: at("degraded") };
  if (dig(object, "spec", "suspend") === true)
    return found(at("suspended"), reason("Suspended", { object: nameOf(object) }));
  return ready();
}

/** Newest first. Runs that somebody started by hand count too; kubectl marks their owner, not their controller. */
function runsOf(object: Manifest, view: View): readonly Manifest[] {
  const uid = uidOf(object);
  const started = (run: Manifest): number => timeAt(run, "metadata", "creationTimestamp") ?? 0;
  return view
    .inNamespace("Job", object.metadata.namespace ?? "")
    .filter((run) => listAt(run, "metadata", "ownerReferences").some((owner) => textAt(owner, "uid") === uid))
    .toSorted((a, b) => started(b) - started(a));
}

/** The newest run is in trouble; or it goes on, and the one before it failed. */
function troubleOf(object: Manifest, runs: readonly Manifest[], view: View): Finding | undefined {
  const [newest] = runs;
  if (newest === undefined) return undefined;
  const finding = jobStatus({ object: newest, generation: 0, view });
  // Its image cannot be pulled, no node takes it: that is not over by itself.
  if (finding.state === "blocked" || finding.state === "rejected") return plain(finding, finding.reason);
  const failed = runs.find(isOver);
  if (failed === undefined || !isTrue(conditionOf(failed, "Failed"))) return undefined;
  const end = failed === newest ? finding : jobStatus({ object: failed, generation: 0, view });
  return plain(end, reason("LastRunFailed", { object: nameOf(object) }, end.reason));
}

/** Without what a Job's verdict does with time. */
function plain({ evidence, log }: Finding, why: Finding["reason"]): Finding {
  return { ...found("degraded", why, evidence), ...(log === undefined ? {} : { log }) };
}

function isOver(run: Manifest): boolean {
  return isTrue(conditionOf(run, "Complete")) || isTrue(conditionOf(run, "Failed"));
}
