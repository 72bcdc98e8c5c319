// What a cluster can do, for planning: its version, the kinds it serves, and the classes that documents may name.

import { labelsAt, listAt, textAt } from "../model/data/fieldReaders.ts";
import type { JsonObject } from "../model/data/json.ts";
import type { Manifest } from "../model/kubernetes/manifest.ts";
import { reason } from "../model/reasons/reason.ts";
import type { ClusterFacts } from "../model/run/plan.ts";
import { ClusterError } from "../ports/cluster.ts";
import { gatewayAddresses } from "./network/gateway.ts";
import { collectionPath } from "./reach/discovery.ts";
import { ApiError } from "./refusals/apiError.ts";
import { refusalOf } from "./refusals/refusal.ts";
import type { Api } from "./write/apply.ts";

const DEADLINE = 5_000;
const INGRESS_DEFAULT = "ingressclass.kubernetes.io/is-default-class";
const STORAGE_DEFAULT = "storageclass.kubernetes.io/is-default-class";

export async function gatherFacts(api: Api, outer: AbortSignal): Promise<ClusterFacts> {
  const limit = AbortSignal.timeout(DEADLINE);
  const signal = AbortSignal.any([outer, limit]);
  try {
    const [version, kinds] = await Promise.all([
      api.connection.call({ path: "/version", signal }),
      api.discovery.kinds(signal),
    ]);
    const list = (apiVersion: string, kind: string) => listOf(api, { apiVersion, kind, signal });
    const [ingressClasses, storageClasses, gateways, istioGateways] = await Promise.all([
      list("networking.k8s.io/v1", "IngressClass"),
      list("storage.k8s.io/v1", "StorageClass"),
      list("gateway.networking.k8s.io/v1", "Gateway"),
      list("networking.istio.io/v1", "Gateway"),
    ]);
    return {
      name: api.connection.cluster,
      kind: "kubernetes",
      version: textAt(version.body, "gitVersion"),
      kinds: kinds.all,
      clusterKinds: kinds.clusterWide,
      apiVersions: kinds.versions,
      ingressClasses: ingressClasses.map((one) => ({ name: nameIn(one), default: annotated(one, INGRESS_DEFAULT) })),
      storageClasses: storageClasses.map((one) => ({
        name: nameIn(one),
        default: annotated(one, STORAGE_DEFAULT),
        expandable: one["allowVolumeExpansion"] === true,
      })),
      gateways: gateways.map((one) => ({
        namespace: textAt(one, "metadata", "namespace"),
        name: nameIn(one),
        addresses: addressesOf(one),
      })),
      istioGateways: istioGateways.map((one) => ({
        namespace: textAt(one, "metadata", "namespace"),
        name: nameIn(one),
      })),
    };
  } catch (cause) {
    outer.throwIfAborted();
    if (cause instanceof ClusterError) throw cause;
    const cluster = api.connection.cluster;
    const refused =
      cause instanceof ApiError
        ? refusalOf({ error: cause, object: "the API", cluster, mask: (text) => text })
        : undefined;
    const detail =
      cause instanceof Error && limit.aborted
        ? "NoAnswerWithin5s"
        : String(cause instanceof Error ? cause.message : cause);
    throw new ClusterError(
      refused?.reason ?? reason("ClusterUnreachable", { cluster, detail }),
      refused?.retryable ?? true,
    );
  }
}

interface ListQuery {
  readonly apiVersion: string;
  readonly kind: string;
  readonly signal: AbortSignal;
}

/** Empty when the kind is not served, its API is silent, or not for our eyes: planning then knows of none. */
async function listOf(api: Api, { apiVersion, kind, signal }: ListQuery): Promise<readonly JsonObject[]> {
  try {
    const resource = await api.discovery.find(apiVersion, kind, signal);
    if (resource === undefined) return [];
    return listAt((await api.connection.call({ path: collectionPath(resource, ""), signal })).body, "items");
  } catch (cause) {
    if (cause instanceof ApiError && cause.status < 500) return [];
    if (cause instanceof ClusterError && cause.reason.code === "ApiSilent") return [];
    throw cause;
  }
}

function nameIn(object: JsonObject): string {
  return textAt(object, "metadata", "name");
}

function annotated(object: JsonObject, annotation: string): boolean {
  return labelsAt(object, "metadata", "annotations")[annotation] === "true";
}

function addressesOf(gateway: JsonObject): readonly string[] {
  return gatewayAddresses(gateway as Manifest).map(({ host, port }) => `${host}:${port}`); // an item of a list of Gateways
}
