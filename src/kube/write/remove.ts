// Deletes the object with the given uid and waits until it is gone, including finalizers and dependents. Another object
// of the same name is never deleted: the uid is a precondition that the server checks.

import { textAt } from "../../model/data/fieldReaders.ts";
import { isObject } from "../../model/data/json.ts";
import { type ObjectRef, shortRef } from "../../model/kubernetes/manifest.ts";
import type { Clock } from "../../ports/clock.ts";
import type { RemoveOptions } from "../../ports/cluster.ts";
import { objectPath } from "../reach/discovery.ts";
import { linesOf } from "../reach/splitLines.ts";
import { isStatus, KubernetesError } from "../refusals/apiError.ts";
import { clusterError } from "../refusals/refusal.ts";
import { type Api, readLive } from "./apply.ts";
import { proveGone } from "./notServed.ts";

interface Removal {
  readonly api: Api;
  readonly ref: ObjectRef;
  readonly options: RemoveOptions;
  readonly clock: Clock;
}

/** `true` when this call deleted the object and it is gone; `false` when there was no object with that uid. */
export async function removeObject(removal: Removal): Promise<boolean> {
  try {
    return await removeAndWait(removal);
  } catch (cause) {
    if (!(cause instanceof KubernetesError)) throw cause;
    const { api, ref } = removal;
    throw clusterError({ error: cause, object: shortRef(ref), cluster: api.connection.cluster, mask: (text) => text });
  }
}

async function removeAndWait(removal: Removal): Promise<boolean> {
  const { api, ref, options, clock } = removal;
  const { connection, discovery } = api;
  const { signal, uid } = options;
  const resource = await discovery.findInGroup(ref.apiVersion, ref.kind, signal);
  if (resource === undefined) {
    await proveGone(connection, ref, signal);
    return false;
  }
  const path = objectPath(resource, ref);
  try {
    const body = {
      apiVersion: "v1",
      kind: "DeleteOptions",
      preconditions: { uid },
      propagationPolicy: options.orphan === true ? "Orphan" : "Foreground",
    };
    await connection.call({ method: "DELETE", path, body, signal });
  } catch (cause) {
    // A 404 that names no object means that the whole path is not served, so the discovery table is outdated.
    if (cause instanceof KubernetesError && cause.status === 404 && cause.kind === "" && discovery.forget())
      return await removeAndWait(removal);
    if (isStatus(cause, 404)) return false;
    // A conflict usually means that the uid does not match. Only a read proves that the object is gone.
    if (isStatus(cause, 409) && (await readLive(connection, path, signal))?.metadata.uid !== uid) return false;
    throw cause;
  }
  while (await isThere({ api, ref, path, uid, signal })) {
    // The watch ended before the object was gone, so it is read again after a pause.
    await clock.sleep(200, signal);
    signal.throwIfAborted();
  }
  return true;
}

interface Waiting {
  readonly api: Api;
  readonly ref: ObjectRef;
  readonly path: string;
  readonly uid: string;
  readonly signal: AbortSignal;
}

/** Watches this one object. `false` as soon as it is gone; `true` when the watch ends before that. */
async function isThere({ api, ref, path, uid, signal }: Waiting): Promise<boolean> {
  const live = await readLive(api.connection, path, signal);
  if (live === null || live.metadata.uid !== uid) return false;
  const query = {
    watch: 1,
    fieldSelector: `metadata.name=${ref.name}`,
    resourceVersion: live.metadata.resourceVersion ?? "",
    timeoutSeconds: 60,
  };
  const local = new AbortController();
  try {
    const collection = path.slice(0, path.lastIndexOf("/"));
    const stream = await api.connection.stream({
      path: collection,
      query,
      signal: AbortSignal.any([signal, local.signal]),
    });
    for await (const line of linesOf(stream)) {
      const event: unknown = line === "" ? null : JSON.parse(line);
      if (!isObject(event)) continue;
      if (textAt(event, "type") === "ERROR") return true;
      if (textAt(event, "type") === "DELETED" && textAt(event, "object", "metadata", "uid") === uid) return false;
    }
  } catch {
    // A broken watch proves nothing. The caller reads again, and that read fails if the cluster is unreachable.
    signal.throwIfAborted();
  } finally {
    local.abort();
  }
  return true;
}
