// An object whose kind is served in no version: is it gone, or only out of reach? Custom objects go with their definition.
// Everything else may still lie in the cluster's store, and comes back when an API serves it again: nobody may call that removed.
import { listAt, textAt } from "../../model/data/fieldReaders.ts";
import { type ObjectRef, shortRef } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import { ClusterError } from "../../ports/cluster.ts";
import type { Connection } from "../reach/connection.ts";
import { groupOf } from "../reach/discovery.ts";

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
/** Names only: definitions are long, and a cluster may have hundreds. */
const NAMES = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
/** Groups that Kubernetes itself serves. Of the groups below k8s.io, those with more words before it are add-ons, except for these. */
const OWN_GROUP = /^([^.]*|[^.]+\.k8s\.io|(rbac\.authorization|flowcontrol\.apiserver|internal\.apiserver)\.k8s\.io)$/;

/** Returns when the object cannot exist any more; throws KindNotServed when it may. */
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
