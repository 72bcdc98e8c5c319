// Server-side apply of one object: creates it, changes it, or finds that nothing is to be done and writes nothing, not even a dry run
// (a forced apply that changes nothing can still raise the resource version: kubernetes#95460).
// The live object is read directly and not from the watches: one short read buys that a write is never based on an old view.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/
import { ANNOTATIONS, FIELD_MANAGER, type Manifest, refOf } from "../model/manifest.ts";
import { reason } from "../model/reason.ts";
import { type Applied, type ApplyOptions, ClusterError } from "../ports/cluster.ts";
import { ApiError, isStatus } from "./apiError.ts";
import { holds } from "./compare.ts";
import type { Connection } from "./connection.ts";
import { contentHash, withHash, withoutBookkeeping } from "./content.ts";
import type { Discovery } from "./discovery.ts";
import { handOverReplicas, releaseReplicas, takesFromAutoscaler } from "./handOver.ts";
import { foreignOwner } from "./ownership.ts";
import { clusterError, nameForErrors } from "./refusal.ts";
import { asStored, revealObject } from "./reveal.ts";

/** Its kinds become ours to write as soon as it is there. */
const DEFINITION = "CustomResourceDefinition";

export interface Api {
  readonly connection: Connection;
  readonly discovery: Discovery;
}

interface ApplyRequest {
  readonly object: Manifest;
  readonly options: ApplyOptions;
  readonly dryRun: boolean;
}

export async function applyObject(api: Api, { object, options, dryRun }: ApplyRequest): Promise<Applied> {
  const revealed = revealObject(object, options.reveal);
  try {
    const path = await api.discovery.pathOf(refOf(object), options.signal);
    const live = await readLive(api.connection, path, options.signal);
    if (live !== null) refuseForeign(live, object);
    const hash = contentHash(object);
    if (!dryRun && object.kind === DEFINITION) api.discovery.expect(object);
    if (live !== null && isUnchanged(live, revealed.object, hash)) return appliedOf(object, live, "unchanged");
    // The uid is a precondition: what we looked at is what we write to, or nothing is written.
    const body = withHash(
      live?.metadata.uid === undefined ? revealed.object : withUid(revealed.object, live.metadata.uid),
      hash,
    );
    const handing =
      live === null ? null : { connection: api.connection, path, live, wanted: object, signal: options.signal, dryRun };
    if (handing !== null) await handOverReplicas(handing);
    // The real run takes the number over first; the dry run cannot.
    const force = options.force === true || (dryRun && live !== null && takesFromAutoscaler(live, object));
    const answer = await api.connection.call({
      method: "PATCH",
      path,
      query: { fieldManager: FIELD_MANAGER, force, ...(dryRun ? { dryRun: "All" } : {}) },
      contentType: "application/apply-patch+yaml",
      body,
      signal: options.signal,
    });
    const result = answer.body as Manifest; // the server answers a patch with the object
    if (handing !== null) await releaseReplicas({ ...handing, live: result });
    return appliedOf(object, result, answer.status === 201 ? "created" : "configured");
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    throw clusterError({
      error: cause,
      object: nameForErrors(object),
      cluster: api.connection.cluster,
      mask: revealed.mask,
    });
  }
}

export async function readLive(connection: Connection, path: string, signal: AbortSignal): Promise<Manifest | null> {
  try {
    const { body } = await connection.call({ path, signal });
    return body as Manifest; // the answer to a read is the object
  } catch (cause) {
    if (isStatus(cause, 404)) return null;
    throw cause;
  }
}

function refuseForeign(live: Manifest, wanted: Manifest): void {
  const object = nameForErrors(wanted);
  const owner = foreignOwner(live, wanted);
  if (owner !== undefined) throw new ClusterError(reason("OwnedByOther", { object, owner }), false);
  // A write to an object that is going away would be lost with it.
  if (live.metadata.deletionTimestamp !== undefined) throw new ClusterError(reason("Terminating", { object }), true);
}

function isUnchanged(live: Manifest, wanted: Manifest, hash: string): boolean {
  return live.metadata.annotations?.[ANNOTATIONS.content] === hash && holds(live, asStored(withoutBookkeeping(wanted)));
}

function withUid(object: Manifest, uid: string): Manifest {
  return { ...object, metadata: { ...object.metadata, uid } };
}

function appliedOf(object: Manifest, live: Manifest, action: Applied["action"]): Applied {
  return { ref: refOf(object), uid: live.metadata.uid ?? "", generation: live.metadata.generation ?? 0, action };
}
