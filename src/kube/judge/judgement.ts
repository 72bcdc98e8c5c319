// Judges one object at one moment, from the shared watches. The health is unknown while the watch of any kind that it
// depends on is stale.
import type { Health } from "../../model/kubernetes/health.ts";
import type { Manifest, ObjectRef } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import { nameOf } from "../objects/statusConditions.ts";
import type { Cache, Kind } from "../watches/cache.ts";
import { isForeign } from "../watches/foreign.ts";
import type { Lookup } from "../watches/lookup.ts";
import { found, type HealthFinding } from "./finding.ts";
import type { Memories } from "./recentVerdicts.ts";
import type { RouteChecks } from "./routeCheck/checks.ts";
import type { RuleView } from "./ruleView.ts";
import { kindsBehind, statusOf } from "./status/table.ts";

export interface JudgementSources {
  readonly cluster: string;
  readonly cache: Cache;
  readonly lookup: Lookup;
  readonly routes: RouteChecks;
  readonly memories: Memories;
}

export function kindsFor(ref: ObjectRef): readonly Kind[] {
  return [{ apiVersion: ref.apiVersion, kind: ref.kind }, ...kindsBehind(ref)];
}

/**
 * "starting" until the first lists have arrived; the health `unknown` with its reason when a watch is stale; `null`
 * when the view is current.
 */
export function viewOf(sources: JudgementSources, ref: ObjectRef): "starting" | Health | null {
  const states = kindsFor(ref).map((kind) => sources.cache.state(kind));
  const stale = states.find((one) => one.phase === "stale");
  if (stale !== undefined)
    return found("unknown", reason("ClusterUnreachable", { cluster: sources.cluster, detail: stale.detail }));
  return states.some((one) => one.phase === "starting") ? "starting" : null;
}

interface JudgementTime {
  readonly now: number;
  readonly since: number;
}

export function findingOf(
  sources: JudgementSources,
  object: Manifest,
  given: JudgementTime & { readonly generation: number },
): HealthFinding {
  const { cache, lookup, routes } = sources;
  const view: RuleView = {
    now: given.now,
    since: given.since,
    ownedBy: (kind, uid) => {
      const named = kindNamed(kind);
      // Objects of queues are watched only after a Job in a queue was looked at.
      if (isForeign(named)) cache.watch([named]);
      return cache.ownedBy(named, uid);
    },
    everywhere: (kind) => cache.everywhere(kindNamed(kind)),
    inNamespace: (kind, namespace) => cache.inNamespace(kindNamed(kind), namespace),
    events: (uid) => cache.events(uid),
    other: (ref) => lookup.get(ref),
    // Only a follow after a write sends requests to a route. A question about the health uses what is known.
    route: (question) => (given.generation > 0 ? routes.ask(question) : routes.known(question)),
  };
  try {
    return statusOf({ object, generation: given.generation, view });
  } catch (cause) {
    // An exception in a rule says nothing about the object, so the health is unknown, neither ready nor failed.
    const detail = cause instanceof Error ? cause.message : String(cause);
    return found("unknown", reason("InternalError", { detail: `${nameOf(object)}: ${detail}` }));
  }
}

const VERSIONS: Readonly<Record<string, string>> = {
  Pod: "v1",
  ReplicaSet: "apps/v1",
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  Job: "batch/v1",
  EndpointSlice: "discovery.k8s.io/v1",
  // For these two, any served version of the group is used (cache.ts).
  Workload: "kueue.x-k8s.io/v1beta1",
  PodGroup: "scheduling.volcano.sh/v1beta1",
};

function kindNamed(kind: string): Kind {
  return { apiVersion: VERSIONS[kind] ?? "v1", kind };
}
