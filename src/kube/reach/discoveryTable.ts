// The kinds that the API server serves, as one table. It takes two requests (aggregated discovery), or one per group
// and version with servers before 1.27.
// An aggregated API is served by another server, which may not answer. Its kinds are then unknown, which is different
// from not served.
// https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
import { listAt, textAt } from "../../model/data/fieldReaders.ts";
import { isObject, type JsonObject } from "../../model/data/json.ts";
import { isStatus, KubernetesError } from "../refusals/apiError.ts";
import type { Connection } from "./connection.ts";

export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

export interface Table {
  /** By `group/version/Kind`. Within a group, the version that the server prefers comes first. */
  readonly served: ReadonlyMap<string, Resource>;
  /** Each `group/version` that exists but did not answer. */
  readonly silent: ReadonlySet<string>;
}

const AGGREGATED = [
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
  "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList",
  "application/json",
].join(",");

interface Version {
  readonly apiVersion: string;
  /** `null` when this version did not answer. */
  readonly resources: readonly Resource[] | null;
}

/** `before` is the previous table: the resources of a group that does not answer now are taken from it. */
export async function loadTable(connection: Connection, before: Table | null, signal: AbortSignal): Promise<Table> {
  const answers = await Promise.all(
    ["/api", "/apis"].map((path) => connection.call({ path, accept: AGGREGATED, signal })),
  );
  const lists = await Promise.all(
    answers.map(async ({ body }) =>
      body["kind"] === "APIGroupDiscoveryList" ? aggregated(body) : oneByOne(connection, body, signal),
    ),
  );
  const versions = lists.flat();
  const silent = new Set(versions.filter((one) => one.resources === null).map((one) => one.apiVersion));
  const known = versions.flatMap((one) => one.resources ?? []);
  const remembered = [...(before?.served.values() ?? [])].filter((one) => silent.has(one.apiVersion));
  return { served: new Map([...known, ...remembered].map((one) => [`${one.apiVersion}/${one.kind}`, one])), silent };
}

function aggregated(body: JsonObject): readonly Version[] {
  return listAt(body, "items").flatMap((group) =>
    listAt(group, "versions").map((version) => {
      const name = textAt(group, "metadata", "name");
      const apiVersion = name === "" ? textAt(version, "version") : `${name}/${textAt(version, "version")}`;
      const resources = listAt(version, "resources").map((one) => ({
        apiVersion,
        kind: textAt(one, "responseKind", "kind"),
        plural: textAt(one, "resource"),
        namespaced: textAt(one, "scope") === "Namespaced",
      }));
      // A version that is "Stale" but has resources lists what it served when it last answered.
      return {
        apiVersion,
        resources: textAt(version, "freshness") === "Stale" && resources.length === 0 ? null : resources,
      };
    }),
  );
}

async function oneByOne(connection: Connection, body: JsonObject, signal: AbortSignal): Promise<readonly Version[]> {
  const core = body["versions"];
  const versions = Array.isArray(core)
    ? core.map(String)
    : listAt(body, "groups").flatMap((group) => listAt(group, "versions").map((one) => textAt(one, "groupVersion")));
  return Promise.all(
    versions.map(async (apiVersion) => ({ apiVersion, resources: await resourcesOf(connection, apiVersion, signal) })),
  );
}

/**
 * `null` when the version does not answer. An error of the whole cluster is thrown. A version that was removed since
 * the list was read serves nothing.
 */
async function resourcesOf(
  connection: Connection,
  apiVersion: string,
  signal: AbortSignal,
): Promise<readonly Resource[] | null> {
  const path = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  try {
    const { body } = await connection.call({ path, signal });
    return listAt(body, "resources")
      .filter((one) => isObject(one) && !textAt(one, "name").includes("/"))
      .map((one) => ({
        apiVersion,
        kind: textAt(one, "kind"),
        plural: textAt(one, "name"),
        namespaced: one["namespaced"] === true,
      }));
  } catch (cause) {
    if (isStatus(cause, 404)) return [];
    if (cause instanceof KubernetesError && apiVersion.includes("/")) return null;
    throw cause;
  }
}
