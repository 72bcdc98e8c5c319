// All objects of one kind, page by page. For questions that the watches cannot answer: they hold only what is ours.
import { listAt, textAt } from "../../model/data/fieldReaders.ts";
import type { Manifest, ObjectRef } from "../../model/kubernetes/manifest.ts";
import { ClusterError } from "../../ports/cluster.ts";
import { collectionPath } from "../reach/discovery.ts";
import { ApiError, isStatus } from "../refusals/apiError.ts";
import { clusterError } from "../refusals/refusal.ts";
import type { Api } from "./apply.ts";

const PAGE = 500;

export async function listObjects(
  api: Api,
  { apiVersion, kind, namespace }: Omit<ObjectRef, "name">,
  signal: AbortSignal,
): Promise<readonly Manifest[] | null> {
  try {
    const resource = await api.discovery.findInGroup(apiVersion, kind, signal);
    if (resource === undefined) return [];
    const paging = { kind, apiVersion: resource.apiVersion, signal };
    return await allPages(api, collectionPath(resource, namespace), paging);
  } catch (cause) {
    if (isStatus(cause, 403)) return null;
    // Its API is there and says nothing: what it serves is not known to anybody now.
    if (cause instanceof ClusterError && cause.reason.code === "ApiSilent") return null;
    if (!(cause instanceof ApiError)) throw cause;
    throw clusterError({ error: cause, object: kind, cluster: api.connection.cluster, mask: (text) => text });
  }
}

interface Paging {
  readonly kind: string;
  readonly apiVersion: string;
  readonly signal: AbortSignal;
}

async function allPages(api: Api, path: string, { signal, ...typed }: Paging): Promise<readonly Manifest[]> {
  const found: Manifest[] = [];
  for (let next = ""; ; ) {
    const query = { limit: String(PAGE), ...(next === "" ? {} : { continue: next }) };
    const { body } = await api.connection.call({ path, query, signal });
    // Items of a list do not say what they are.
    found.push(...listAt(body, "items").map((item) => ({ ...item, ...typed }) as Manifest));
    next = textAt(body, "metadata", "continue");
    if (next === "") return found;
  }
}
