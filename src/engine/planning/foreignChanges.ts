// What other tools and people changed on the cluster since it was applied, in the plan: fields that a deploy puts back, and objects that are
// gone and are made again. The watches say which objects that is, without a request; only those are asked for, one dry run each, so that a plan
// of many unchanged objects stays fast. Tasks are left out, and so is what ran to its end: their Jobs come and go.
import { setImmediate } from "node:timers/promises";
import { inBatches } from "../../model/data/batches.ts";
import { FIELD_MANAGER, type Manifest, refKey, refOf } from "../../model/kubernetes/manifest.ts";
import type { FieldChange, ObjectChange, Plan } from "../../model/run/plan.ts";
import { classOf, disruptionOf } from "../../plan/compare/compareClass.ts";
import type { Cluster, Drift, LiveDifference } from "../../ports/cluster.ts";
import type { Dependencies } from "../interface/dependencies.ts";
import { applyOptions, type PreflightInput } from "./preflight.ts";

/** `previous`: the plan of the newest revision, as it was applied. */
export async function withChangedBehind(
  dependencies: Dependencies<"vault">,
  { target, previous }: { readonly target: PreflightInput; readonly previous: Plan | null },
  signal: AbortSignal,
): Promise<Plan> {
  const { plan, cluster } = target;
  const there = new Set(plan.changes.filter(isThere).map((change) => refKey(change.object)));
  const before = manifestsOf(previous).filter((manifest) => there.has(refKey(refOf(manifest))));
  const seen = await suspects(cluster, before, signal);
  // The template of a Job never changes, and what runs it writes marks of its own: only its absence says something.
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

/** Comparing takes no request, but time: so many at once, and others get their turn in between. */
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

/** The namespace is gone, and everything in it. */
export function withNothingThere(plan: Plan): Plan {
  return { ...plan, changes: plan.changes.map((change) => (isThere(change) ? madeAgain(change) : change)) };
}

/** Nothing is sent to the cluster for a task that is done. */
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

/** What belongs to somebody else now, or would be refused, is a problem of its own: preflight tells it. */
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
