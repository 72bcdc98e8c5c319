// Adds to a plan the changes that other tools and people made on the cluster since the last deploy: fields that the
// deploy sets back, and missing objects that it creates again. The watches show which objects may have changed, without
// a request; only those need a dry run each, so that a plan of many unchanged objects stays fast. Tasks and completed
// Jobs are left out, because their Jobs are removed after a while.
import { setImmediate } from "node:timers/promises";
import { inBatches } from "../../model/data/batches.ts";
import { FIELD_MANAGER, type Manifest, refKey, refOf } from "../../model/kubernetes/manifest.ts";
import type { FieldChange, ObjectChange, Plan } from "../../model/run/plan.ts";
import { classOf, disruptionOf } from "../../plan/compare/compareClass.ts";
import type { Cluster, Drift, LiveDifference } from "../../ports/cluster.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { applyOptions, type PreflightInput } from "./preflight.ts";

/** The plan with these changes. `previous` is the plan of the newest revision, as it was applied. */
export async function withChangedBehind(
  dependencies: Dependencies<"vault">,
  { target, previous }: { readonly target: PreflightInput; readonly previous: Plan | null },
  signal: AbortSignal,
): Promise<Plan> {
  const { plan, cluster } = target;
  const there = new Set(plan.changes.filter(isThere).map((change) => refKey(change.object)));
  const before = manifestsOf(previous).filter((manifest) => there.has(refKey(refOf(manifest))));
  const seen = await suspects(cluster, before, signal);
  // The template of a Job cannot be changed, and its controller adds labels of its own. So only the absence of a Job
  // means anything.
  const drifted = seen.filter(({ ref, gone }) => gone || ref.kind !== "Job");
  if (drifted.length === 0) return plan;
  const wanted = new Map(manifestsOf(plan).map((manifest) => [refKey(refOf(manifest)), manifest]));
  const given = { ...applyOptions(dependencies, target, signal), force: true };
  const found = await inBatches(drifted, async (drift) => {
    const manifest = wanted.get(refKey(drift.ref));
    return manifest === undefined ? [] : [{ drift, manifest, live: await cluster.compare(manifest, given) }];
  });
  const byKey = new Map(found.flat().map((one) => [refKey(one.drift.ref), one]));
  const changes = plan.changes.map((change) => {
    const seen = byKey.get(refKey(change.object));
    return seen === undefined ? change : changedBehind(change, seen);
  });
  return { ...plan, changes };
}

/**
 * The number of objects that are compared without a break. Comparing needs no request but time, and other work must run
 * in between.
 */
const AT_ONCE = 250;

async function suspects(
  cluster: Cluster,
  manifests: readonly Manifest[],
  signal: AbortSignal,
): Promise<readonly Drift[]> {
  const found: Drift[] = [];
  for (let start = 0; start < manifests.length; start += AT_ONCE) {
    found.push(...(await cluster.drifted(manifests.slice(start, start + AT_ONCE), signal)));
    await setImmediate();
  }
  return found;
}

function manifestsOf(plan: Plan | null): readonly Manifest[] {
  return (plan?.jobs ?? []).flatMap(({ objects }) => objects.map(({ manifest }) => manifest));
}

/** The plan in which every object is created, because the namespace is missing and everything in it with it. */
export function withNothingThere(plan: Plan): Plan {
  return { ...plan, changes: plan.changes.map((change) => (isThere(change) ? madeAgain(change) : change)) };
}

/** Whether the plan takes the object for present. Tasks are left out. */
function isThere({ action, task }: ObjectChange): boolean {
  return task === undefined && (action === "unchanged" || action === "update");
}

function madeAgain({ component, object }: ObjectChange): ObjectChange {
  return { component, object, action: "create", class: "create", fields: [], gone: true };
}

interface Seen {
  readonly drift: Drift;
  readonly manifest: Manifest;
  readonly live: LiveDifference;
}

/**
 * The change with what differs on the cluster. An object that has another owner now, or would be refused, is reported
 * by preflight.ts.
 */
function changedBehind(change: ObjectChange, { drift, manifest, live }: Seen): ObjectChange {
  if (live.state === "missing") return madeAgain(change);
  if (live.state === "same" && change.action === "update")
    return { ...change, action: "unchanged", class: "none", fields: [] };
  if (live.state !== "different") return change;
  const behind = live.fields.map((field) => fieldOf(field, drift, change));
  const paths = new Set(behind.map(({ path }) => path));
  const fields = [...change.fields.filter(({ path }) => !paths.has(path)), ...behind];
  const kind = classOf({ before: manifest, after: manifest, fields });
  return { ...change, action: "update", class: kind, disruption: disruptionOf(kind, manifest), fields };
}

function fieldOf(
  { path, live, wanted, managers }: LiveDifference["fields"][number],
  drift: Drift,
  change: ObjectChange,
): FieldChange {
  const by = managers.filter((manager) => manager !== FIELD_MANAGER);
  const asked = change.fields.some((field) => field.path === path);
  const behind = by.length > 0 || (!asked && (change.action === "unchanged" || drift.fields.includes(path)));
  return {
    path,
    ...(live === undefined ? {} : { before: live }),
    ...(wanted === undefined ? {} : { after: wanted }),
    ...(behind ? { by } : {}),
  };
}
