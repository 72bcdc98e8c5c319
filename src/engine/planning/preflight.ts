// Checks a plan against the cluster before anything is started: references to objects that are missing, objects that
// have another owner, and objects that the cluster would refuse. Writes nothing.
import { inBatches } from "../../model/data/batches.ts";
import { dig } from "../../model/data/json.ts";
import { type Params } from "../../model/data/text.ts";
import { isSealed } from "../../model/document/sealed.ts";
import { LABELS, type Manifest, refKey, refOf, shortRef } from "../../model/kubernetes/manifest.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import { applicationOwner, belongsToNobody } from "../../model/kubernetes/ownership.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";
import { explainReason, whoActs } from "../../model/reasons/reason.ts";
import type { Plan, PlannedObject } from "../../model/run/plan.ts";
import type { ApplicationSummary, OwnedObject } from "../../model/run/revision.ts";
import { remadeClass } from "../../plan/compare/compareClass.ts";
import { keysOf } from "../../plan/components/planOutside.ts";
import type { ResolvedApplication } from "../../plan/components/resolvedApplication.ts";
import type { ApplyOptions, Cluster } from "../../ports/cluster.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { DocumentRequest } from "../contract/requests.ts";

export interface PreflightInput {
  readonly request: DocumentRequest;
  readonly application: ResolvedApplication;
  readonly current: ApplicationSummary | null;
  readonly cluster: Cluster;
  readonly plan: Plan;
  readonly owned: readonly OwnedObject[];
}

/**
 * The keys of each ConfigMap and Secret that exists, that the document refers to and that it does not create itself.
 * Their names are `Kind/name`.
 */
export async function presentOutside(
  cluster: Cluster,
  application: ResolvedApplication,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = new Map(application.outside.map((one) => [shortRef(one), one]));
  const found = await inBatches([...names.values()], async ({ kind, name }) => {
    const live = await cluster.read({ apiVersion: "v1", kind, namespace: application.namespace, name }, signal);
    return live === null ? [] : [[`${kind}/${name}`, keysOf(live)] as const];
  });
  return new Map(found.flat());
}

/** The objects of other owners, as problems, and the objects that may be adopted. */
interface OwnershipCheck {
  readonly problems: readonly Problem[];
  /** The keys of the existing objects without an owner that the request asks to adopt. */
  readonly adopted: ReadonlySet<string>;
}

/** Finds the objects that the plan would create and that already exist without belonging to this application. */
export async function takenByOthers(
  { store }: Dependencies<"store">,
  target: PreflightInput,
  signal: AbortSignal,
): Promise<OwnershipCheck> {
  // An entry without a uid was perhaps never created: the object of that name may have another owner.
  const ownKeys = new Set(target.owned.filter((one) => one.uid !== null).map(refKey));
  const fresh = objectsOf(target.plan).filter(({ object }) => !ownKeys.has(refKey(refOf(object.manifest))));
  const adopted = new Set<string>();
  const found = await inBatches(fresh, async ({ object, component }): Promise<readonly Problem[]> => {
    const ref = refOf(object.manifest);
    const holder = await store.inventory.owner({ ...ref, cluster: target.cluster.name });
    if (holder !== null && !isOwn(holder, target)) {
      const owner = applicationOwner(writtenName(holder.application), holder.project);
      return [problem("TakenBy", pointerOf(target, component), { object: shortRef(ref), ...owner })];
    }
    const live = await target.cluster.read(ref, signal);
    const owner = foreignOwner(live, target);
    if (owner === null) return [];
    if (live === null || !belongsToNobody(live))
      return [problem("TakenBy", pointerOf(target, component), { object: shortRef(ref), ...owner })];
    if (target.request.adopt !== true)
      return [problem("Unowned", pointerOf(target, component), { object: shortRef(ref), ...owner })];
    adopted.add(refKey(ref));
    return [];
  });
  return { problems: found.flat(), adopted };
}

function isOwn(holder: OwnedObject, { request, application }: PreflightInput): boolean {
  return holder.project === request.project && holder.application === application.document.name;
}

function foreignOwner(live: Manifest | null, { request, application }: PreflightInput): Params | null {
  if (live === null) return null;
  const labels = live.metadata.labels ?? {};
  if (labels[LABELS.application] === application.document.name && labels[LABELS.project] === request.project)
    return null;
  if (labels[LABELS.application] !== undefined)
    return applicationOwner(labels[LABELS.application], labels[LABELS.project]);
  return { owner: labels[LABELS.managedBy] ?? "unknownOwner" };
}

/**
 * A dry run of all objects that are new or changed. What an operator must solve (quota, policy) is left to the run,
 * which is then rejected. `remade`: keys of the objects that the cluster cannot change in place, although the documents
 * alone did not show that (an earlier run did not get that far).
 */
export async function refusedByCluster(
  dependencies: Dependencies<"vault">,
  target: PreflightInput,
  signal: AbortSignal,
): Promise<{ readonly problems: readonly Problem[]; readonly remade: ReadonlySet<string> }> {
  // After a run that did not succeed, the objects on the cluster may differ from the newest revision.
  const unsure = target.current !== null && target.current.lastRun?.phase !== "succeeded";
  const changed = new Set(
    target.plan.changes
      .filter(({ action }) => action === "create" || action === "update" || (unsure && action === "unchanged"))
      .map((change) => refKey(change.object)),
  );
  const remade = new Set<string>();
  const ending = new Set<string>();
  const given = applyOptions(dependencies, target, signal);
  const candidates = objectsOf(target.plan).filter(({ object }) => changed.has(refKey(refOf(object.manifest))));
  const coming = comingKinds(target.plan);
  const checkable = candidates.filter(({ object }) => !coming.has(kindKey(object.manifest)));
  const found = await inBatches(checkable, async ({ object, component }): Promise<readonly Problem[]> => {
    const ref = refOf(object.manifest);
    const tried = await target.cluster.dryRun(object.manifest, given);
    const why = "refused" in tried ? tried.refused.reason : null;
    if (why?.code === "Terminating" && why.params["object"] === `Namespace/${ref.namespace}`) ending.add(ref.namespace);
    if (why === null || whoActs(why) !== "you") return [];
    // An object that cannot be changed is deleted and created again. The new one cannot be tried while the old one
    // exists.
    if (why.code === "ImmutableField" && remadeClass(ref.kind) !== undefined) {
      remade.add(refKey(ref));
      return [];
    }
    const params = { object: shortRef(ref), detail: explainReason(why, "en") };
    return [problem("Refused", pointerOf(target, component), params)];
  });
  const cluster = target.cluster.name;
  const endings = [...ending].map((name) => problem("NamespaceEnding", "/namespace", { name, cluster }));
  return { problems: [...endings, ...found.flat()], remade };
}

/** The kinds that the plan itself defines. A dry run of their objects is not possible before that. */
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

export function applyOptions(
  { vault }: Dependencies<"vault">,
  { request }: Pick<PreflightInput, "request">,
  signal: AbortSignal,
): ApplyOptions {
  const reveal = (text: string): string => (isSealed(text) ? vault.open(request.project, text) : text);
  return { signal, reveal, force: request.force === true };
}

export function objectsOf(
  plan: Plan,
): readonly { readonly object: PlannedObject; readonly component: string | null }[] {
  return plan.jobs.flatMap((job) => job.objects.map((object) => ({ object, component: job.component })));
}

export function pointerOf({ application }: Pick<PreflightInput, "application">, component: string | null): string {
  return application.components.find((one) => one.name === component)?.pointer ?? "";
}
