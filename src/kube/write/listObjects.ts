// Lists all objects of one kind, for questions that the watches cannot answer, because they contain only objects that
// kubemin created. All callers use this function. What a caller gets when the API gives no list is a parameter:
// NONE_KNOWN or NOT_KNOWN.
import { listAt } from "../../model/data/fieldReaders.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { ClusterError, type ListedKind } from "../../ports/cluster.ts";
import { collectionPath } from "../reach/discovery.ts";
import { pagesOf } from "../reach/pages.ts";
import { isStatus, KubernetesError } from "../refusals/apiError.ts";
import { clusterError } from "../refusals/refusal.ts";
import type { Api } from "./apply.ts";

interface ListQuestion<T> {
  readonly apiVersion: string;
  readonly kind: string;
  /**
   * Whether only the version of `apiVersion` is asked for. Default: any version of the group in which the kind is
   * served.
   */
  readonly exactVersion?: boolean;
  /** Namespace of the objects. Default: the whole cluster. */
  readonly namespace?: string;
  /** Query parameters `labelSelector` and `fieldSelector`. Default: all objects. */
  readonly selectors?: Readonly<Record<string, string>>;
  readonly withoutList: WithoutList<T>;
  /** The name of the listed objects in an error. Default: the kind. */
  readonly nameForErrors?: string;
}

/**
 * What the caller gets when the API that serves the kind does not answer or refuses to list it. A kind that is not
 * served has no objects.
 */
interface WithoutList<T> {
  readonly answer: T;
  /** Whether the caller gets `answer` for this refusal. Every other refusal is thrown as a ClusterError. */
  readonly refusals: (error: KubernetesError) => boolean;
}

/** For callers that use whatever can be read: without a list, they get an empty one. */
export const NONE_KNOWN: WithoutList<readonly Manifest[]> = { answer: [], refusals: ({ status }) => status < 500 };
/** For callers that must not confuse "not known" with "none": without a list, they get `null`. */
export const NOT_KNOWN: WithoutList<null> = { answer: null, refusals: ({ status }) => status === 403 };

/** The selectors for objects with these labels. */
export function selectorsOf({ labels = {} }: ListedKind): Pick<ListQuestion<unknown>, "selectors"> {
  const labelSelector = Object.entries(labels)
    .map((pair) => pair.join("="))
    .join(",");
  return labelSelector === "" ? {} : { selectors: { labelSelector } };
}

export async function listObjects<T>(
  api: Api,
  question: ListQuestion<T>,
  signal: AbortSignal,
): Promise<readonly Manifest[] | T> {
  const { kind, withoutList, nameForErrors = kind } = question;
  try {
    return await objectsOf(api, question, signal);
  } catch (cause) {
    if (cause instanceof ClusterError && cause.reason.code === "ApiSilent") return withoutList.answer;
    if (!(cause instanceof KubernetesError)) throw cause;
    if (withoutList.refusals(cause)) return withoutList.answer;
    const { cluster } = api.connection;
    throw clusterError({ error: cause, object: nameForErrors, cluster, mask: (text) => text });
  }
}

async function objectsOf(
  { connection, discovery }: Api,
  {
    apiVersion,
    kind,
    exactVersion = false,
    namespace = "",
    selectors = {},
  }: Omit<ListQuestion<unknown>, "withoutList">,
  signal: AbortSignal,
): Promise<readonly Manifest[]> {
  const resource = await (exactVersion
    ? discovery.find(apiVersion, kind, signal)
    : discovery.findInGroup(apiVersion, kind, signal));
  if (resource === undefined) return [];
  const path = collectionPath(resource, namespace);
  const walk = async (): Promise<readonly Manifest[]> => {
    const found: Manifest[] = [];
    for await (const body of pagesOf(connection, { path, query: selectors, signal })) {
      // Items of a list have no kind and apiVersion of their own.
      const typed = listAt(body, "items").map(
        (item) => ({ ...item, kind, apiVersion: resource.apiVersion }) as Manifest,
      );
      found.push(...typed);
    }
    return found;
  };
  return await walk().catch((error: unknown) => {
    // The token of a page expires after some minutes. The walk then begins again, once.
    if (isStatus(error, 410)) return walk();
    throw error;
  });
}
