// Finds routes of a plan whose requests another route already answers. Gateways and ingress controllers are shared by
// all namespaces. Of two routes for one host and path they use the older one, or any of them: the user of the newer one
// would see answers, but of the other application.
//
// When the other route belongs to an application of kubemin, the plan is refused, because one of the two would silently
// get no requests. When it has another owner, there is only a warning, because that owner may be about to remove it.
// Two plans that are made at the same moment do not see each other.
import type { Params } from "../../model/data/text.ts";
import { LABELS, type Manifest, refKey, refOf, shortRef } from "../../model/kubernetes/manifest.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import { type Problem, problem, warning } from "../../model/problems/problem.ts";
import { routePointer } from "../../plan/render/checkRoutes.ts";
import { ROUTE_KINDS, type RouteMatch, routeMatches } from "../../plan/render/routeMatches.ts";
import { objectsOf, type PreflightInput, pointerOf } from "./preflight.ts";

interface ExistingRoute extends RouteMatch {
  readonly manifest: Manifest;
}

export async function answeredByOthers(target: PreflightInput, signal: AbortSignal): Promise<readonly Problem[]> {
  const planned = objectsOf(target.plan).filter(({ object }) => routeMatches(object.manifest).length > 0);
  if (planned.length === 0) return [];
  const kinds = new Set(planned.map(({ object }) => object.manifest.kind));
  const others = await othersOf(target, kinds, signal);
  const settled = new Set(
    target.plan.changes.filter(({ action }) => action === "unchanged").map(({ object }) => refKey(object)),
  );
  return planned.flatMap(({ object, component }) => {
    const rivals = routeMatches(object.manifest).flatMap((match) => rivalOf(match, others) ?? []);
    return [...new Map(rivals.map((one) => [refKey(refOf(one.manifest)), one])).values()].map((rival) => {
      const params = {
        component: writtenName(component),
        where: rival.where,
        ...ownerOf(rival.manifest),
        object: shortRef(refOf(rival.manifest)),
      };
      // A route that is already deployed and does not change only gets a warning, so that the rest of the application
      // can be deployed.
      const refused = isManaged(rival.manifest) && !settled.has(refKey(refOf(object.manifest)));
      return (refused ? problem : warning)("RouteTaken", pointerIn(target, component), params);
    });
  });
}

async function othersOf(
  target: PreflightInput,
  kinds: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly ExistingRoute[]> {
  const own = new Set(objectsOf(target.plan).map(({ object }) => refKey(refOf(object.manifest))));
  const ending = new Set(target.owned.map(refKey));
  const found = await Promise.all(
    ROUTE_KINDS.filter(({ kind }) => kinds.has(kind)).map(async (kind) => {
      const everywhere = await target.cluster.list({ ...kind, namespace: "" }, signal);
      const { namespace } = target.application;
      return everywhere ?? (await target.cluster.list({ ...kind, namespace }, signal)) ?? [];
    }),
  );
  return found
    .flat()
    .filter((one) => one.metadata.deletionTimestamp === undefined)
    .filter((one) => !own.has(refKey(refOf(one))) && !ending.has(refKey(refOf(one))))
    .flatMap((manifest) => routeMatches(manifest).map((match) => ({ ...match, manifest })));
}

function rivalOf(match: RouteMatch, others: readonly ExistingRoute[]): ExistingRoute | undefined {
  return others.find((one) => one.key === match.key && one.backend !== match.backend);
}

function isManaged({ metadata }: Manifest): boolean {
  return metadata.labels?.[LABELS.application] !== undefined;
}

function ownerOf(manifest: Manifest): Params {
  const { labels = {}, namespace = "" } = manifest.metadata;
  const program = labels[LABELS.managedBy];
  if (isManaged(manifest)) {
    const { [LABELS.application]: application = "?", [LABELS.project]: project = "?" } = labels;
    return { owner: "applicationIn", application, project, namespace };
  }
  return program === undefined ? { owner: "unknownIn", namespace } : { owner: "programIn", program, namespace };
}

function pointerIn(target: PreflightInput, name: string | null): string {
  const component = target.application.components.find((one) => one.name === name);
  return component === undefined ? pointerOf(target, name) : routePointer(component);
}
