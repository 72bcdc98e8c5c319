// Server-side apply of one object: creates it or changes it. When nothing would change, nothing is sent, not even a dry
// run: a forced apply that changes nothing can still raise the resource version (kubernetes#95460).
// The live object is read directly and not taken from the watches, so that a write is never based on an old view. This
// costs one short read.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/
import { dig } from "../../model/data/json.ts";
import { ANNOTATIONS, FIELD_MANAGER, type Manifest, refOf } from "../../model/kubernetes/manifest.ts";
import { belongsToNobody, foreignOwner } from "../../model/kubernetes/ownership.ts";
import { reason } from "../../model/reasons/reason.ts";
import { type Applied, type ApplyOptions, ClusterError } from "../../ports/cluster.ts";
import { containsFields } from "../objects/containsFields.ts";
import { contentHash, withHash, withoutBookkeeping } from "../objects/contentAnnotation.ts";
import { foreignEntries } from "../objects/fieldManagers.ts";
import type { Connection } from "../reach/connection.ts";
import type { Discovery } from "../reach/discovery.ts";
import { isStatus, KubernetesError } from "../refusals/apiError.ts";
import { clusterError, nameForErrors } from "../refusals/refusal.ts";
import { handOverReplicas, releaseReplicas, takesFromAutoscaler } from "./handOverReplicas.ts";
import { asStored, revealObject } from "./reveal.ts";
import { takeOverFields } from "./takeOverFields.ts";

/**
 * A CustomResourceDefinition: objects of the kind that it defines can be applied soon after it, so discovery is asked
 * to expect that kind.
 */
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

interface Written {
  readonly applied: Applied;
  /** The object as the API server stores it. Opened secret values are in it. */
  readonly stored: Manifest;
}

export async function applyObject(api: Api, { object, options, dryRun }: ApplyRequest): Promise<Written> {
  const revealed = revealObject(object, options.reveal);
  try {
    const path = await api.discovery.pathOf(refOf(object), options.signal);
    const found = await readLive(api.connection, path, options.signal);
    if (found !== null) refuse(found, object, options);
    const hash = contentHash(object);
    if (!dryRun && object.kind === DEFINITION) api.discovery.expect(object);
    if (found !== null && isUnchanged(found, revealed.object, hash))
      return { applied: appliedOf(object, found, "unchanged"), stored: found };
    const takenOver = found !== null && options.adopt === true && foreignOwner(found, object) !== undefined;
    const adopting = takenOver && !dryRun;
    const live = adopting ? await takeOverFields(api.connection, { path, live: found, signal: options.signal }) : found;
    const handing =
      live === null ? null : { connection: api.connection, path, live, wanted: object, signal: options.signal, dryRun };
    if (handing !== null) await handOverReplicas(handing);
    // A real apply takes the replica count over first; a dry run cannot, so it is forced.
    const force = options.force === true || takenOver || (dryRun && live !== null && takesFromAutoscaler(live, object));
    const sent = withHash(sendable(revealed.object), hash);
    const answer = await send(api, { path, live, object: sent, options: { ...options, force }, dryRun });
    if (handing !== null) await releaseReplicas({ ...handing, live: answer.object });
    const action = answer.status === 201 ? "created" : "configured";
    return { applied: appliedOf(object, answer.object, action), stored: answer.object };
  } catch (cause) {
    if (!(cause instanceof KubernetesError)) throw cause;
    throw clusterError({
      error: cause,
      object: nameForErrors(object),
      cluster: api.connection.cluster,
      mask: revealed.mask,
    });
  }
}

/**
 * The live object (`null` when there is none), and what an apply that takes over every field would make of it. When
 * only kubemin ever wrote the object and it is as it was last applied, no dry run is sent: a dry run costs the API
 * server much more than a read. Throws ApiError and ClusterError.
 */
export async function forcedDryRun(
  api: Api,
  object: Manifest,
  options: ApplyOptions,
): Promise<{ readonly live: Manifest | null; readonly result: Manifest }> {
  const revealed = revealObject(object, options.reveal).object;
  const hash = contentHash(object);
  const path = await api.discovery.pathOf(refOf(object), options.signal);
  const live = await readLive(api.connection, path, options.signal);
  if (live === null) return { live, result: object };
  refuse(live, object, options);
  if (foreignEntries(live).length === 0 && isUnchanged(live, revealed, hash)) return { live, result: live };
  const given = { ...options, force: true };
  const sent = await send(api, {
    path,
    live,
    object: withHash(sendable(revealed), hash),
    options: given,
    dryRun: true,
  });
  return { live, result: sent.object };
}

/**
 * Sends `data` instead of `stringData`: a key that is later left out of `stringData` would stay in `data` for ever,
 * because no field manager owns the copy that the server made there.
 */
function sendable(object: Manifest): Manifest {
  return asStored(object) as Manifest; // `asStored` changes only which field contains the values
}

interface Sending {
  readonly path: string;
  readonly live: Manifest | null;
  readonly object: Manifest;
  readonly options: ApplyOptions;
  readonly dryRun: boolean;
}

async function send(api: Api, { path, live, object, options, dryRun }: Sending) {
  const answer = await api.connection.call({
    method: "PATCH",
    path,
    query: {
      fieldManager: FIELD_MANAGER,
      force: options.force === true,
      ...(dryRun ? { dryRun: "All" } : {}),
    },
    contentType: "application/apply-patch+yaml",
    // The uid is a precondition: if the object was replaced since it was read, nothing is written.
    body: live?.metadata.uid === undefined ? object : withUid(object, live.metadata.uid),
    signal: options.signal,
  });
  return { status: answer.status, object: answer.body as Manifest }; // the server answers a patch with the object
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

function refuse(live: Manifest, wanted: Manifest, options: ApplyOptions): void {
  const object = nameForErrors(wanted);
  const owner = foreignOwner(live, wanted);
  if (owner !== undefined && !(options.adopt === true && belongsToNobody(live)))
    throw new ClusterError(reason("OwnedByOther", { object, ...owner }), false);
  // A write to an object that is being deleted would be lost with it.
  if (live.metadata.deletionTimestamp !== undefined) throw new ClusterError(reason("Terminating", { object }), true);
  // The API server would accept the change and silently keep the address as it is.
  if (isHeadless(live) !== isHeadless(wanted))
    throw new ClusterError(reason("ImmutableField", { object, field: "spec.clusterIP" }), false);
}

function isHeadless(object: Manifest): boolean {
  return object.kind === "Service" && dig(object, "spec", "clusterIP") === "None";
}

function isUnchanged(live: Manifest, wanted: Manifest, hash: string): boolean {
  return (
    live.metadata.annotations?.[ANNOTATIONS.content] === hash &&
    containsFields(live, asStored(withoutBookkeeping(wanted)))
  );
}

function withUid(object: Manifest, uid: string): Manifest {
  return { ...object, metadata: { ...object.metadata, uid } };
}

function appliedOf(object: Manifest, live: Manifest, action: Applied["action"]): Applied {
  return { ref: refOf(object), uid: live.metadata.uid ?? "", generation: live.metadata.generation ?? 0, action };
}
