// All registered types in memory. Each change of the database gives a new view; a view is never changed in place. Pure.
import type { JobDefinition } from "../../catalog/define.ts";
import { type Grants, NO_GRANTS } from "../../isolation/policy/capability.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import type { RegisteredVersion, RegistrationNews, RegistrationStop, StoredGrant } from "../../ports/registrations.ts";
import { type GrantsRead, readGrants } from "../registration/grants.ts";
import type { Registration } from "../registration/registration.ts";
import { byVersion, majorOf } from "../registration/semver.ts";

export interface VersionEntry {
  readonly stored: RegisteredVersion;
  readonly registration: Registration;
  readonly definition: JobDefinition;
}

export interface TypeEntry {
  readonly name: string;
  readonly owner: string;
  /** Versions, newest first. */
  readonly versions: readonly VersionEntry[];
  readonly grants: ReadonlyMap<string, StoredGrant>;
  readonly stops: readonly RegistrationStop[];
  /** Number of attempts in a row that threw, by project. */
  readonly throws: ReadonlyMap<string, number>;
}

/** The stops that apply in the project. With `null`, only the stops that apply in all projects. */
export function stopsIn({ stops }: Pick<TypeEntry, "stops">, project: string | null): readonly RegistrationStop[] {
  return stops.filter((one) => one.project === null || one.project === project);
}

export interface RegistryView {
  readonly revision: number;
  readonly types: ReadonlyMap<string, TypeEntry>;
}

export const EMPTY_VIEW: RegistryView = { revision: 0, types: new Map() };

/** The next view. `entryOf` builds the entry of each version that is new or changed. */
export function viewAfter(
  before: RegistryView,
  news: RegistrationNews,
  entryOf: (stored: RegisteredVersion) => VersionEntry,
): RegistryView {
  const names = new Set([...before.types.keys(), ...news.versions.map((one) => one.name)]);
  const types = [...names].sort().map((name): readonly [string, TypeEntry] => {
    const changed = news.versions.filter((one) => one.name === name).map(entryOf);
    const fresh = new Set(changed.map((one) => one.stored.version));
    const kept = before.types.get(name)?.versions.filter((one) => !fresh.has(one.stored.version)) ?? [];
    const versions = [...changed, ...kept].sort((a, b) => byVersion(a.stored.version, b.stored.version));
    const grants = news.grants.filter((one) => one.type === name).map((one) => [one.project, one] as const);
    const stops = news.stops.filter((one) => one.type === name);
    const throws = new Map(
      news.throws.filter((one) => one.type === name).map((one) => [one.project, one.throws] as const),
    );
    return [name, { name, owner: versions[0]?.stored.owner ?? "", versions, grants: new Map(grants), stops, throws }];
  });
  return { revision: news.revision, types: new Map(types) };
}

export function grantsIn(view: RegistryView, name: string, project: string): GrantsRead {
  const grant = view.types.get(name)?.grants.get(project);
  return grant === undefined ? { ok: true, grants: NO_GRANTS } : readGrants(grant.grants);
}

/** Throws `GrantUnreadable`. */
export function readableGrants(view: RegistryView, type: string, project: string): Grants {
  const read = grantsIn(view, type, project);
  if (read.ok) return read.grants;
  throw new PlatformError("GrantUnreadable", { type, project, fields: read.fields });
}

/** Whether the project owns the type or has a grant for it. */
export function mayUse(type: TypeEntry, project: string): boolean {
  return type.owner === project || type.grants.has(project);
}

const RUNS: ReadonlySet<string> = new Set(["active", "deprecated"]);

/**
 * The names with which a document of the project may use the type: its name (the newest active version, or else the
 * newest deprecated one), its name with a major version, and its name with a full version. The owner may also use a
 * draft by its full version, to try it.
 */
export function usableNames(type: TypeEntry, project: string): ReadonlyMap<string, JobDefinition> {
  const names = new Map<string, JobDefinition>();
  const put = (name: string, { definition }: VersionEntry): void => {
    if (!names.has(name)) names.set(name, definition);
  };
  const running = type.versions.filter(({ stored }) => RUNS.has(stored.standing));
  const [active, old] = ["active", "deprecated"].map((word) =>
    running.filter(({ stored }) => stored.standing === word),
  );
  for (const entry of [...(active ?? []), ...(old ?? [])]) {
    put(type.name, entry);
    put(`${type.name}@${majorOf(entry.stored.version)}`, entry);
  }
  for (const entry of type.owner === project ? type.versions : running)
    put(`${type.name}@${entry.stored.version}`, entry);
  return names;
}
