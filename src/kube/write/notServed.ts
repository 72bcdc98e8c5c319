// Decides whether an object whose kind is not served in any version is gone. Custom objects are removed together with
// their CustomResourceDefinition. Every other object may still be in the cluster's store and appear again when an API
// serves its kind again, so it must not be reported as removed.
import { listAt, textAt } from "../../model/data/fieldReaders.ts";
import { type ObjectRef, shortRef } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import { ClusterError } from "../../ports/cluster.ts";
import type { Connection } from "../reach/connection.ts";
import { groupOf } from "../reach/discovery.ts";

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
/** Asks only for metadata, because definitions are long and a cluster may have hundreds. */
const NAMES = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
/**
 * API groups that Kubernetes itself serves. Groups that end in k8s.io and have more than one word before it belong to
 * add-ons, except for the three that are listed.
 */
const OWN_GROUP = /^([^.]*|[^.]+\.k8s\.io|(rbac\.authorization|flowcontrol\.apiserver|internal\.apiserver)\.k8s\.io)$/;

/** Returns when the object cannot exist any more. Throws ClusterError (KindNotServed) when it may still exist. */
export async function proveGone(connection: Connection, ref: ObjectRef, signal: AbortSignal): Promise<void> {
  const group = groupOf(ref.apiVersion);
  const refusal = (detail: string, retryable: boolean): ClusterError => {
    const kind = `${ref.apiVersion} ${ref.kind}`;
    return new ClusterError(reason("KindNotServed", { object: shortRef(ref), kind, detail }), retryable);
  };
  if (OWN_GROUP.test(group)) throw refusal("the cluster has no version of it", false);
  const { body } = await connection.call({ path: DEFINITIONS, accept: NAMES, signal });
  const names = listAt(body, "items")
    .map((one) => textAt(one, "metadata", "name"))
    .filter((name) => name.endsWith(`.${group}`));
  for (const name of names) {
    const definition = (await connection.call({ path: `${DEFINITIONS}/${name}`, signal })).body;
    if (textAt(definition, "spec", "names", "kind") !== ref.kind) continue;
    const going = textAt(definition, "metadata", "deletionTimestamp") !== "";
    throw refusal(`its definition ${name} is still there`, going);
  }
}
