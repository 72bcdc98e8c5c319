// Which kinds the API serves, and under which path. Asked once (two requests, aggregated discovery), and again when an unknown
// kind is wanted: a CRD may have been installed since.
// https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery

import { listAt, textAt } from "../model/fields.ts";
import { isObject, type JsonObject } from "../model/json.ts";
import type { Manifest, ObjectRef } from "../model/manifest.ts";
import { reason } from "../model/reason.ts";
import type { Clock } from "../ports/clock.ts";
import { ClusterError } from "../ports/cluster.ts";
import type { Connection } from "./connection.ts";

export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

export interface Discovery {
  /** Undefined when the API does not serve it. */
  find(apiVersion: string, kind: string, signal: AbortSignal): Promise<Resource | undefined>;
  /** Path of one object. Throws ClusterError when the kind is not served; worth repeating when it is expected. */
  pathOf(ref: ObjectRef, signal: AbortSignal): Promise<string>;
  /** Every `group/Kind` (core kinds without a group: `Pod`). Asked anew. */
  kinds(signal: AbortSignal): Promise<ServedKinds>;
  /** A definition of a custom resource was written: its kinds will be served soon, so an unknown one is worth asking for. */
  expect(definition: Manifest): void;
  /** What we know is wrong: a kind that was served is no more. */
  forget(): void;
}

export interface ServedKinds {
  readonly all: readonly string[];
  /** Those whose objects belong to no namespace. */
  readonly clusterWide: readonly string[];
  /** `group/version` and `group/version/Kind`, as charts ask for them. */
  readonly versions: readonly string[];
}

const AGGREGATED = [
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
  "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList",
  "application/json",
].join(",");
/** An unknown kind does not make us ask more often than this. */
const REFRESH = 2_000;
/** Served within seconds of being established, or something is wrong that waiting does not mend. */
const EXPECTED_WITHIN = 30_000;

type Table = ReadonlyMap<string, Resource>;

const LOAD_LIMIT = 60_000;

function orAborted<T>(shared: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error); // whoever aborts says why
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    shared.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

export function openDiscovery(connection: Connection, clock: Clock): Discovery {
  let table: Table | null = null;
  let askedAt = 0;
  let pending: Promise<Table> | null = null;
  const load = async (signal: AbortSignal): Promise<Table> => {
    // Shared by all who ask meanwhile, so no caller's signal may end it.
    pending ??= loadTable(connection, AbortSignal.timeout(LOAD_LIMIT)).finally(() => {
      pending = null;
    });
    table = await orAborted(pending, signal);
    askedAt = clock.now().getTime();
    return table;
  };
  const expected = new Map<string, number>();
  const isExpected = (apiVersion: string, kind: string): boolean =>
    clock.now().getTime() < (expected.get(groupKind({ apiVersion, kind })) ?? 0);
  const find = async (apiVersion: string, kind: string, signal: AbortSignal): Promise<Resource | undefined> => {
    const found = (table ?? (await load(signal))).get(`${apiVersion}/${kind}`);
    const fresh = clock.now().getTime() - askedAt < REFRESH && !isExpected(apiVersion, kind);
    if (found !== undefined || fresh) return found;
    return (await load(signal)).get(`${apiVersion}/${kind}`);
  };
  return {
    find,
    pathOf: async (ref, signal) => {
      const resource = await find(ref.apiVersion, ref.kind, signal);
      if (resource !== undefined) return `${collectionPath(resource, ref.namespace)}/${encodeURIComponent(ref.name)}`;
      if (isExpected(ref.apiVersion, ref.kind))
        throw new ClusterError(reason("KindPending", { kind: `${ref.apiVersion} ${ref.kind}` }), true);
      const detail = `it does not serve ${ref.apiVersion} ${ref.kind}`;
      throw new ClusterError(reason("RefusedByServer", { object: `${ref.kind}/${ref.name}`, detail }), false);
    },
    kinds: async (signal) => {
      const resources = [...(await load(signal)).values()];
      const names = (some: readonly Resource[]): readonly string[] => [...new Set(some.map(groupKind))].sort();
      return {
        all: names(resources),
        clusterWide: names(resources.filter((one) => !one.namespaced)),
        versions: versionsOf(resources),
      };
    },
    expect: (definition) => {
      const kind = textAt(definition, "spec", "names", "kind");
      const key = `${textAt(definition, "spec", "group")}/${kind}`;
      expected.set(key, clock.now().getTime() + EXPECTED_WITHIN);
    },
    forget: () => {
      table = null;
    },
  };
}

function versionsOf(resources: readonly Resource[]): readonly string[] {
  const names = resources.flatMap(({ apiVersion, kind }) => [apiVersion, `${apiVersion}/${kind}`]);
  return [...new Set(names)].sort();
}

function groupKind(resource: Pick<Resource, "apiVersion" | "kind">): string {
  const slash = resource.apiVersion.indexOf("/");
  return slash < 0 ? resource.kind : `${resource.apiVersion.slice(0, slash)}/${resource.kind}`;
}

/** All objects of the kind; of one namespace when one is given. */
export function collectionPath(resource: Resource, namespace: string): string {
  const root = resource.apiVersion.includes("/") ? `/apis/${resource.apiVersion}` : `/api/${resource.apiVersion}`;
  const inside = resource.namespaced && namespace !== "" ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root}${inside}/${resource.plural}`;
}

async function loadTable(connection: Connection, signal: AbortSignal): Promise<Table> {
  const answers = await Promise.all(
    ["/api", "/apis"].map((path) => connection.call({ path, accept: AGGREGATED, signal })),
  );
  const resources = await Promise.all(
    answers.map(async ({ body }) =>
      body["kind"] === "APIGroupDiscoveryList" ? aggregated(body) : oneByOne(connection, body, signal),
    ),
  );
  return new Map(resources.flat().map((one) => [`${one.apiVersion}/${one.kind}`, one]));
}

function aggregated(body: JsonObject): readonly Resource[] {
  return listAt(body, "items").flatMap((group) =>
    listAt(group, "versions").flatMap((version) => {
      const name = textAt(group, "metadata", "name");
      const apiVersion = name === "" ? textAt(version, "version") : `${name}/${textAt(version, "version")}`;
      return listAt(version, "resources").map((one) => ({
        apiVersion,
        kind: textAt(one, "responseKind", "kind"),
        plural: textAt(one, "resource"),
        namespaced: textAt(one, "scope") === "Namespaced",
      }));
    }),
  );
}

/** Servers before 1.27 answer with the plain list of groups: one request per group and version. */
async function oneByOne(connection: Connection, body: JsonObject, signal: AbortSignal): Promise<readonly Resource[]> {
  const core = body["versions"];
  const versions = Array.isArray(core)
    ? core.map(String)
    : listAt(body, "groups").flatMap((group) => listAt(group, "versions").map((one) => textAt(one, "groupVersion")));
  const lists = await Promise.all(versions.map((version) => resourcesOf(connection, version, signal)));
  return lists.flat();
}

async function resourcesOf(
  connection: Connection,
  apiVersion: string,
  signal: AbortSignal,
): Promise<readonly Resource[]> {
  const path = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  // An aggregated API that is down must not hide all others.
  const answer = await connection.call({ path, signal }).catch(() => null);
  return listAt(answer?.body, "resources")
    .filter((one) => isObject(one) && !textAt(one, "name").includes("/"))
    .map((one) => ({
      apiVersion,
      kind: textAt(one, "kind"),
      plural: textAt(one, "name"),
      namespaced: one["namespaced"] === true,
    }));
}
