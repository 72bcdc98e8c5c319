// What only the cluster can say before anything is started: what is missing, what belongs to somebody else, what it would refuse.
import { dig } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import { LABELS, refKey, refOf, shortRef } from "../model/manifest.ts";
import type { Plan, PlannedObject } from "../model/plan.ts";
import { type Problem, problem } from "../model/problem.ts";
import { explainReason, REASONS } from "../model/reason.ts";
import type { OwnedObject } from "../model/revision.ts";
import { isSealed } from "../model/sealed.ts";
import type { ResolvedApplication } from "../plan/resolved.ts";
import type { Cluster } from "../ports/cluster.ts";
import { inBatches } from "./batches.ts";
import type { DocumentRequest } from "./requests.ts";
import type { World } from "./world.ts";

interface Target {
  readonly request: DocumentRequest;
  readonly application: ResolvedApplication;
  readonly cluster: Cluster;
  readonly plan: Plan;
  readonly owned: readonly OwnedObject[];
}

/** `Kind/name` of the ConfigMaps and Secrets that the document refers to, does not make, and that exist. */
export async function presentOutside(
  cluster: Cluster,
  application: ResolvedApplication,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const names = new Map(application.outside.map((one) => [shortRef(one), one]));
  const found = await inBatches([...names.values()], async ({ kind, name }) => {
    const live = await cluster.read({ apiVersion: "v1", kind, namespace: application.namespace, name }, signal);
    return live === null ? [] : [`${kind}/${name}`];
  });
  return new Set(found.flat());
}

/** Objects that we would make and that exist already without being this application's. */
export async function takenByOthers(world: World, target: Target, signal: AbortSignal): Promise<readonly Problem[]> {
  const ours = new Set(target.owned.map(refKey));
  const fresh = objectsOf(target.plan).filter(({ object }) => !ours.has(refKey(refOf(object.manifest))));
  const found = await inBatches(fresh, async ({ object, component }): Promise<readonly Problem[]> => {
    const ref = refOf(object.manifest);
    const holder = await world.store.inventory.holder({ ...ref, cluster: target.cluster.name });
    const owner =
      holder !== null
        ? `application ${holder.application} of project ${holder.project}`
        : foreignOwner(await target.cluster.read(ref, signal), target);
    return owner === null ? [] : [problem("TakenBy", pointerOf(target, component), { object: shortRef(ref), owner })];
  });
  return found.flat();
}

function foreignOwner(live: Manifest | null, { request, application }: Target): string | null {
  if (live === null) return null;
  const labels = live.metadata.labels ?? {};
  if (labels[LABELS.application] === application.document.name && labels[LABELS.project] === request.project)
    return null;
  if (labels[LABELS.application] !== undefined)
    return `application ${labels[LABELS.application]} of project ${labels[LABELS.project] ?? "?"}`;
  return labels[LABELS.managedBy] ?? "somebody else";
}

/** A dry run of what is new or changed. What an operator must solve (quota, policy) is left to the run, which tells it as a rejection. */
export async function refusedByCluster(world: World, target: Target, signal: AbortSignal): Promise<readonly Problem[]> {
  const changed = new Set(
    target.plan.changes
      .filter((change) => change.action === "create" || change.action === "update")
      .map((change) => refKey(change.object)),
  );
  const reveal = (text: string): string => (isSealed(text) ? world.vault.open(target.request.project, text) : text);
  const candidates = objectsOf(target.plan).filter(({ object }) => changed.has(refKey(refOf(object.manifest))));
  const coming = comingKinds(target.plan);
  const checkable = candidates.filter(({ object }) => !coming.has(kindKey(object.manifest)));
  const found = await inBatches(checkable, async ({ object, component }): Promise<readonly Problem[]> => {
    const why = await target.cluster.check(object.manifest, { signal, reveal, force: target.request.force === true });
    if (why === null || REASONS[why.code].who !== "you") return [];
    return [
      problem("Refused", pointerOf(target, component), {
        object: shortRef(refOf(object.manifest)),
        detail: explainReason(why, "en"),
      }),
    ];
  });
  return found.flat();
}

/** Kinds that the plan itself defines: until then nobody can say what the cluster would refuse. */
function comingKinds(plan: Plan): ReadonlySet<string> {
  return new Set(
    objectsOf(plan)
      .filter(({ object }) => object.manifest.kind === "CustomResourceDefinition")
      .map(({ object }) => {
        const { manifest } = object;
        return `${String(dig(manifest, "spec", "group"))}/${String(dig(manifest, "spec", "names", "kind"))}`;
      }),
  );
}

function kindKey({ apiVersion, kind }: Manifest): string {
  return `${apiVersion.slice(0, apiVersion.indexOf("/"))}/${kind}`;
}

function objectsOf(plan: Plan): readonly { readonly object: PlannedObject; readonly component: string }[] {
  return plan.jobs.flatMap((job) => job.objects.map((object) => ({ object, component: job.component })));
}

function pointerOf({ application }: Target, component: string): string {
  return application.components.find((one) => one.name === component)?.pointer ?? "";
}
