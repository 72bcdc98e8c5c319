// The facts about a cluster that planning needs: its version, the kinds that it serves, and the classes and gateways
// that documents may name.

import { labelsAt, textAt } from "../model/data/fieldReaders.ts";
import type { JsonObject } from "../model/data/json.ts";
import type { Manifest } from "../model/kubernetes/manifest.ts";
import { reason } from "../model/reasons/reason.ts";
import type { ClusterFacts } from "../model/run/plan.ts";
import { ClusterError } from "../ports/cluster.ts";
import { gatewayAddresses } from "./network/gateway.ts";
import { KubernetesError } from "./refusals/apiError.ts";
import { refusalOf } from "./refusals/refusal.ts";
import type { Api } from "./write/apply.ts";
import { listObjects, NONE_KNOWN } from "./write/listObjects.ts";

const DEADLINE = 5_000;
const INGRESS_DEFAULT = "ingressclass.kubernetes.io/is-default-class";
const STORAGE_DEFAULT = "storageclass.kubernetes.io/is-default-class";
/**
 * How the kinds are listed: when an API does not answer or refuses, planning assumes that there are no objects. Any
 * other failure fails the facts as a whole.
 */
const PLANNING = { exactVersion: true, withoutList: NONE_KNOWN, nameForErrors: "the API" };

export async function gatherFacts(api: Api, outer: AbortSignal): Promise<ClusterFacts> {
  const limit = AbortSignal.timeout(DEADLINE);
  const signal = AbortSignal.any([outer, limit]);
  try {
    const [version, kinds] = await Promise.all([
      api.connection.call({ path: "/version", signal }),
      api.discovery.kinds(signal),
    ]);
    const list = (apiVersion: string, kind: string) => listObjects(api, { ...PLANNING, apiVersion, kind }, signal);
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
      cause instanceof KubernetesError
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

function nameIn(object: JsonObject): string {
  return textAt(object, "metadata", "name");
}

function annotated(object: JsonObject, annotation: string): boolean {
  return labelsAt(object, "metadata", "annotations")[annotation] === "true";
}

function addressesOf(gateway: Manifest): readonly string[] {
  return gatewayAddresses(gateway).map(({ host, port }) => `${host}:${port}`);
}
