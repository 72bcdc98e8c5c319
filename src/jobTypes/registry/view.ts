// All registered types as they stand, in memory: made anew from what the store tells, never changed in place. Pure.
import type { JobDefinition } from "../../catalog/define.ts";
import { type Grants, NO_GRANTS } from "../../isolation/policy/capability.ts";
import type { RegisteredVersion, RegistrationNews, RegistrationStop, StoredGrant } from "../../ports/registrations.ts";
import { readGrants } from "../registration/grants.ts";
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
  /** Newest first. */
  readonly versions: readonly VersionEntry[];
  readonly grants: ReadonlyMap<string, StoredGrant>;
  readonly stops: readonly RegistrationStop[];
  /** Attempts that threw in a row, by project. */
  readonly throws: ReadonlyMap<string, number>;
}

/** What stops the type in that project; null: what stops it in all. */
export function stopsIn({ stops }: Pick<TypeEntry, "stops">, project: string | null): readonly RegistrationStop[] {
  return stops.filter((one) => one.project === null || one.project === project);
}

export interface RegistryView {
  readonly revision: number;
  readonly types: ReadonlyMap<string, TypeEntry>;
}

export const EMPTY_VIEW: RegistryView = { revision: 0, types: new Map() };

/** `entryOf`: makes what runs it; called for versions that are new or changed. */
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

export function grantsIn(view: RegistryView, name: string, project: string): Grants {
  const grant = view.types.get(name)?.grants.get(project);
  return grant === undefined ? NO_GRANTS : readGrants(grant.grants);
}

/** Its own project, and whoever it was granted to. */
export function mayUse(type: TypeEntry, project: string): boolean {
  return type.owner === project || type.grants.has(project);
}

const RUNS: ReadonlySet<string> = new Set(["active", "deprecated"]);

/**
 * What `type` may say in a document of the project: the name (the newest that is active, else the newest that is deprecated), the name with
 * a version, or with a major version. Its owner may name a draft too, by its exact version: that is how it is tried.
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
