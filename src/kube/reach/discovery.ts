// Which kinds the API serves, and under which path. The table is loaded once, and again when a caller asks for an
// unknown kind, because a CRD may have been installed since. A kind is never reported as absent while the API group
// that would serve it does not answer. The requests themselves are in discoveryTable.ts.
import { textAt } from "../../model/data/fieldReaders.ts";
import type { Manifest, ObjectRef } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { Clock } from "../../ports/clock.ts";
import { ClusterError } from "../../ports/cluster.ts";
import type { Connection } from "./connection.ts";
import { loadTable, type Resource, type Table } from "./discoveryTable.ts";
import { orAborted } from "./sharedRequest.ts";

export interface Discovery {
  /**
   * `undefined` when the API does not serve the kind. Throws a retryable ClusterError when the API group does not
   * answer.
   */
  find(apiVersion: string, kind: string, signal: AbortSignal): Promise<Resource | undefined>;
  /**
   * Like `find`, but also accepts another version of the same group: an object stays when the version in which it was
   * created is no longer served.
   */
  findInGroup(apiVersion: string, kind: string, signal: AbortSignal): Promise<Resource | undefined>;
  /**
   * Path of one object. Throws ClusterError when the kind is not served; the error is retryable when `expect` announced
   * the kind.
   */
  pathOf(ref: ObjectRef, signal: AbortSignal): Promise<string>;
  /** Every `group/Kind` (core kinds without a group: `Pod`). Always loads the table again. */
  kinds(signal: AbortSignal): Promise<ServedKinds>;
  /**
   * Announces the kind of a CustomResourceDefinition that was just written: for a while, an unknown kind of that name
   * is asked for without the usual pause.
   */
  expect(definition: Manifest): void;
  /**
   * Discards the table, because a kind in it is no longer served. `false` when the table was loaded only just now, so
   * that asking again is pointless.
   */
  forget(): boolean;
}

interface ServedKinds {
  readonly all: readonly string[];
  /** The kinds whose objects have no namespace. */
  readonly clusterWide: readonly string[];
  /** `group/version` and `group/version/Kind`, the form that Helm charts check. */
  readonly versions: readonly string[];
}

/** Milliseconds between two loads of the table that an unknown kind may cause. */
const REFRESH = 2_000;
/**
 * Milliseconds for which an announced kind is expected. An established CRD is served within seconds; after this time,
 * waiting does not help.
 */
const EXPECTED_WITHIN = 30_000;

const LOAD_LIMIT = 60_000;

interface Search {
  readonly look: (table: Table) => Resource | undefined;
  readonly isOf: (apiVersion: string) => boolean;
  readonly signal: AbortSignal;
}

function exactly(apiVersion: string, kind: string, signal: AbortSignal): Search {
  return {
    look: ({ served }) => served.get(`${apiVersion}/${kind}`),
    isOf: (version) => version === apiVersion,
    signal,
  };
}

function inGroup(apiVersion: string, kind: string, signal: AbortSignal): Search {
  const wanted = groupKind({ apiVersion, kind });
  return {
    look: ({ served }) =>
      served.get(`${apiVersion}/${kind}`) ?? [...served.values()].find((one) => groupKind(one) === wanted),
    isOf: (version) => groupOf(version) === groupOf(apiVersion),
    signal,
  };
}

function kindsOf({ served }: Table): ServedKinds {
  const resources = [...served.values()];
  const names = (some: readonly Resource[]): readonly string[] => [...new Set(some.map(groupKind))].sort();
  return {
    all: names(resources),
    clusterWide: names(resources.filter((one) => !one.namespaced)),
    versions: versionsOf(resources),
  };
}

export function openDiscovery(connection: Connection, clock: Clock): Discovery {
  let table: Table | null = null;
  let askedAt = 0;
  let pending: Promise<Table> | null = null;
  const load = async (signal: AbortSignal): Promise<Table> => {
    // All callers share this load, so no single caller's signal may abort it.
    pending ??= loadTable(connection, table, AbortSignal.timeout(LOAD_LIMIT)).finally(() => {
      pending = null;
    });
    table = await orAborted(pending, signal);
    askedAt = clock.now().getTime();
    return table;
  };
  const expected = new Map<string, number>();
  const isExpected = (apiVersion: string, kind: string): boolean =>
    clock.now().getTime() < (expected.get(groupKind({ apiVersion, kind })) ?? 0);
  const search = async (apiVersion: string, kind: string, ask: Search): Promise<Resource | undefined> => {
    const found = ask.look(table ?? (await load(ask.signal)));
    const fresh = Math.abs(clock.now().getTime() - askedAt) < REFRESH && !isExpected(apiVersion, kind);
    const sure = found ?? (fresh ? undefined : ask.look(await load(ask.signal)));
    if (sure !== undefined) return sure;
    const silent = [...(table?.silent ?? [])].find((one) => ask.isOf(one));
    if (silent === undefined) return undefined;
    throw new ClusterError(reason("ApiSilent", { kind: `${apiVersion} ${kind}`, api: silent }), true);
  };
  const find: Discovery["find"] = (apiVersion, kind, signal) =>
    search(apiVersion, kind, exactly(apiVersion, kind, signal));
  return {
    find,
    findInGroup: (apiVersion, kind, signal) => search(apiVersion, kind, inGroup(apiVersion, kind, signal)),
    pathOf: async (ref, signal) => {
      const resource = await find(ref.apiVersion, ref.kind, signal);
      if (resource !== undefined) return objectPath(resource, ref);
      if (isExpected(ref.apiVersion, ref.kind))
        throw new ClusterError(reason("KindPending", { kind: `${ref.apiVersion} ${ref.kind}` }), true);
      const unserved = { detail: "KindUnserved", kind: `${ref.apiVersion} ${ref.kind}` };
      throw new ClusterError(reason("RefusedByServer", { object: `${ref.kind}/${ref.name}`, ...unserved }), false);
    },
    kinds: async (signal) => kindsOf(await load(signal)),
    expect: (definition) => {
      const kind = textAt(definition, "spec", "names", "kind");
      const key = `${textAt(definition, "spec", "group")}/${kind}`;
      expected.set(key, clock.now().getTime() + EXPECTED_WITHIN);
    },
    forget: () => {
      const old = table !== null && clock.now().getTime() - askedAt >= REFRESH;
      table = null;
      return old;
    },
  };
}

function versionsOf(resources: readonly Resource[]): readonly string[] {
  const names = resources.flatMap(({ apiVersion, kind }) => [apiVersion, `${apiVersion}/${kind}`]);
  return [...new Set(names)].sort();
}

/** The group of an API version, for example `apps`; empty for the core kinds. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
}

function groupKind({ apiVersion, kind }: Pick<Resource, "apiVersion" | "kind">): string {
  const group = groupOf(apiVersion);
  return group === "" ? kind : `${group}/${kind}`;
}

export function objectPath(resource: Resource, { namespace, name }: ObjectRef): string {
  return `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
}

/** Path of all objects of a kind. An empty `namespace` means all namespaces. */
export function collectionPath(resource: Resource, namespace: string): string {
  const root = resource.apiVersion.includes("/") ? `/apis/${resource.apiVersion}` : `/api/${resource.apiVersion}`;
  const inside = resource.namespaced && namespace !== "" ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root}${inside}/${resource.plural}`;
}
