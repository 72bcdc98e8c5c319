// Corrects the changes of a plan by what is already on the cluster: objects that are adopted instead of created,
// objects that must be created again although the documents alone did not show it, and objects that an earlier run
// never created. preflight.ts decides who owns an object.

import { inBatches } from "../../model/data/batches.ts";
import { refKey, refOf } from "../../model/kubernetes/manifest.ts";
import type { ObjectChange, Plan, PlannedJob, PlannedObject } from "../../model/run/plan.ts";
import type { OwnedObject } from "../../model/run/revision.ts";
import { classOf, disruptionOf, remadeClass } from "../../plan/compare/compareClass.ts";
import type { LiveDifference } from "../../ports/cluster.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { applyOptions, objectsOf, type PreflightInput } from "./preflight.ts";

/** The plan, in which each adopted object shows the fields that will change, and what that means for its pods. */
export async function withAdoption(
  dependencies: Dependencies<"vault">,
  { target, adopted }: { readonly target: PreflightInput; readonly adopted: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<Plan> {
  if (adopted.size === 0) return target.plan;
  const options = { ...applyOptions(dependencies, target, signal), force: true, adopt: true };
  const objects = objectsOf(target.plan).filter(({ object }) => adopted.has(refKey(refOf(object.manifest))));
  const found = await inBatches(objects, async ({ object, component }) => {
    const difference = await target.cluster.compare(object.manifest, options);
    return [refKey(difference.ref), adoption(component, object, difference)] as const;
  });
  const changes = new Map(found);
  return { ...target.plan, changes: target.plan.changes.map((one) => changes.get(refKey(one.object)) ?? one) };
}

function adoption(component: string | null, { manifest }: PlannedObject, difference: LiveDifference): ObjectChange {
  const fields = difference.fields.map(({ path, live, wanted }) => ({
    path,
    ...(live === undefined ? {} : { before: live }),
    ...(wanted === undefined ? {} : { after: wanted }),
  }));
  const refused = difference.reason?.code === "ImmutableField" && remadeClass(manifest.kind) !== undefined;
  // An object of another owner may have another selector, which cannot be changed. Its pods cannot be kept then.
  const kind = refused ? "recreate" : classOf({ before: manifest, after: manifest, fields });
  return {
    component,
    object: refOf(manifest),
    action: "adopt",
    class: kind,
    disruption: disruptionOf(kind, manifest),
    fields,
  };
}

export function withRecreations(plan: Plan, recreated: ReadonlySet<string>): Plan {
  if (recreated.size === 0) return plan;
  const manifests = new Map(objectsOf(plan).map(({ object }) => [refKey(refOf(object.manifest)), object.manifest]));
  const changes = plan.changes.map((change): ObjectChange => {
    const key = refKey(change.object);
    const [kind, manifest] = [remadeClass(change.object.kind), manifests.get(key)];
    if (!recreated.has(key) || kind === undefined || manifest === undefined) return change;
    if (change.class === "recreate" || change.class === kind) return change;
    return { ...change, action: "update", class: kind, disruption: disruptionOf(kind, manifest) };
  });
  return { ...plan, changes };
}

/** The plan, in which objects that an earlier run never created are created, even when the two documents are equal. */
export function withMissingObjects(plan: Plan, owned: readonly OwnedObject[]): Plan {
  const existing = new Set(owned.filter(({ uid }) => uid !== null).map(refKey));
  const changes = plan.changes.map((change): ObjectChange => {
    const there = change.action === "unchanged" || change.action === "update";
    if (!there || existing.has(refKey(change.object))) return change;
    const { component, object } = change;
    return { component, object, action: "create", class: "create", fields: [] };
  });
  return { ...plan, changes };
}

/** The jobs, with the keys of the objects that each may take over. They apply to this run only. */
export function adoptObjects(jobs: readonly PlannedJob[], plan: Plan): readonly PlannedJob[] {
  const keys = new Set(plan.changes.filter((one) => one.action === "adopt").map((one) => refKey(one.object)));
  if (keys.size === 0) return jobs;
  return jobs.map((job) => {
    const adopt = job.objects.map((object) => refKey(refOf(object.manifest))).filter((key) => keys.has(key));
    return adopt.length === 0 ? job : { ...job, input: { ...job.input, adopt } };
  });
}
