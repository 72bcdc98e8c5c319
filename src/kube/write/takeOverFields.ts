// Takes over the fields of an object that belongs to no application. Fields that the client-side `kubectl apply` set
// are recorded as an update, and server-side apply never removes those. This file first makes kubemin's field manager
// their owner, so that the following apply removes what the document no longer contains.
// The same as client-go's csaupgrade:
// https://kubernetes.io/docs/reference/using-api/server-side-apply/#upgrading-from-client-side-to-server-side-apply

import { listAt, textAt } from "../../model/data/fieldReaders.ts";
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import { FIELD_MANAGER, type Manifest } from "../../model/kubernetes/manifest.ts";
import type { Connection } from "../reach/connection.ts";

/**
 * Field managers of client-side apply. `before-first-apply` owns the fields that existed at the first server-side apply
 * of an object.
 */
const CLIENT_SIDE: ReadonlySet<string> = new Set(["kubectl-client-side-apply", "before-first-apply"]);

export async function takeOverFields(
  connection: Connection,
  { path, live, signal }: { readonly path: string; readonly live: Manifest; readonly signal: AbortSignal },
): Promise<Manifest> {
  const managedFields = upgraded(listAt(live, "metadata", "managedFields"));
  if (managedFields === null) return live;
  // The resource version is a precondition: a write of another client in between is a conflict, and the caller retries
  // the whole apply.
  const metadata = { managedFields, resourceVersion: live.metadata.resourceVersion ?? "" };
  const answer = await connection.call({
    method: "PATCH",
    path,
    query: { fieldManager: FIELD_MANAGER },
    contentType: "application/merge-patch+json",
    body: { metadata },
    signal,
  });
  return answer.body as Manifest; // the server answers a patch with the object
}

/** The new managedFields, or `null` when `kubectl apply` set no fields. */
export function upgraded(entries: readonly JsonObject[]): readonly JsonObject[] | null {
  const isOwn = (entry: JsonObject): boolean =>
    textAt(entry, "manager") === FIELD_MANAGER &&
    textAt(entry, "operation") === "Apply" &&
    textAt(entry, "subresource") === "";
  const isTheirs = (entry: JsonObject): boolean =>
    CLIENT_SIDE.has(textAt(entry, "manager")) &&
    textAt(entry, "operation") === "Update" &&
    textAt(entry, "subresource") === "";
  const theirs = entries.filter(isTheirs);
  const [first] = theirs;
  if (first === undefined) return null;
  const own = entries.filter(isOwn);
  const fieldsV1 = [...own, ...theirs].reduce<Json>((tree, entry) => union(tree, entry["fieldsV1"] ?? {}), {});
  const merged = { ...(own[0] ?? first), manager: FIELD_MANAGER, operation: "Apply", fieldsV1 };
  return [merged, ...entries.filter((entry) => !isOwn(entry) && !isTheirs(entry))];
}

function union(one: Json, other: Json): Json {
  if (!isObject(one) || !isObject(other)) return isObject(one) ? one : other;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...keys].map((key) => [key, union(one[key] ?? {}, other[key] ?? {})]));
}
