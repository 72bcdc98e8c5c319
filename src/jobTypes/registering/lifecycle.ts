// Changes of a registered version by its own project: try, activate, deprecate. Changes by an administrator are in
// switches.ts.

import { isDeepStrictEqual } from "node:util";
import type { Grants } from "../../isolation/policy/capability.ts";
import { listed } from "../../model/data/text.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import type { Problem } from "../../model/problems/problem.ts";
import type { RegisteredVersion, VersionChange } from "../../ports/registrations.ts";
import { changeEvent, type TypeChange } from "../registry/event.ts";
import type { Registry } from "../registry/registry.ts";
import { mayUse, readableGrants, type TypeEntry, type VersionEntry } from "../registry/view.ts";
import { checkAgain } from "./checkAgain.ts";
import type { Candidate } from "./checks/candidate.ts";
import { missingGrants } from "./checks/policy.ts";

interface VersionRequest {
  readonly project: string;
  readonly actor: string;
  readonly type: string;
  /** Version of the type. Default: the newest. */
  readonly version?: string;
}

/** A type that the project may use. Throws `NotFound`. */
export function knownType(registry: Registry, project: string, name: string): TypeEntry {
  const { types } = registry.view();
  const type = types.get(name);
  if (type !== undefined && mayUse(type, project)) return type;
  const known = [...types.values()].filter((one) => mayUse(one, project)).map((one) => one.name);
  throw new PlatformError("NotFound", { what: "jobType", name, known: listed(known) });
}

export function knownVersion(type: TypeEntry, version: string | undefined): VersionEntry {
  const found = version === undefined ? type.versions[0] : type.versions.find((one) => one.stored.version === version);
  if (found !== undefined) return found;
  const known = listed(type.versions.map((one) => one.stored.version));
  throw new PlatformError("NotFound", { what: "jobTypeVersion", name: `${type.name}@${version ?? ""}`, known });
}

/**
 * A version of a type that the project itself registered, for changes. Throws `NotFound`, and `JobTypeOfOtherProject`
 * for a type of another project.
 */
export function ownVersion(registry: Registry, { project, type: name, version }: VersionRequest): VersionEntry {
  const type = knownType(registry, project, name);
  if (type.owner !== project) throw new PlatformError("JobTypeOfOtherProject", { type: name, owner: type.owner });
  return knownVersion(type, version);
}

export async function activateType(registry: Registry, request: VersionRequest): Promise<void> {
  await registry.refresh();
  const entry = ownVersion(registry, request);
  const missing = missingOf(registry, entry);
  if (missing.length > 0) {
    const names = missing.map(({ params }) => `${params["field"]} ${params["name"]}`).join(", ");
    throw new PlatformError("JobTypeNotGranted", { type: request.type, missing: names });
  }
  await change(registry, entry.stored, {
    to: { standing: "active", until: null, replacedBy: null },
    what: "activated",
    by: request.actor,
  });
}

/** Grants that the owner's project still lacks. */
export function missingOf(registry: Registry, entry: VersionEntry): readonly Problem[] {
  return missingGrants(candidateOf(registry, entry, entry.stored.owner), registry.dependencies.context);
}

/** A registered version as a candidate, to check its grants for a project. Throws `GrantUnreadable`. */
function candidateOf(registry: Registry, entry: VersionEntry, project: string): Candidate {
  return candidateWith(entry, project, readableGrants(registry.view(), entry.stored.name, project));
}

export function candidateWith({ stored, registration }: VersionEntry, project: string, grants: Grants): Candidate {
  return { project, registration, owner: stored.owner, earlier: [], grants, cluster: undefined, mayCreate: false };
}

interface DeprecateRequest extends VersionRequest {
  /** Last day on which the version can be used: `2027-06-30`. */
  readonly until?: string;
  readonly replacedBy?: string;
}

export async function deprecateType(registry: Registry, request: DeprecateRequest): Promise<void> {
  await registry.refresh();
  const { stored } = ownVersion(registry, request);
  const { until = null, replacedBy = null, actor } = request;
  await change(registry, stored, { to: { standing: "deprecated", until, replacedBy }, what: "deprecated", by: actor });
}

/** Records the sample run of a draft. */
export async function noteSampleRun(
  registry: Registry,
  { stored }: VersionEntry,
  run: { readonly id: string; readonly actor: string },
): Promise<void> {
  await change(registry, stored, { to: { sampleRun: run.id }, what: "tried", by: run.actor });
}

/**
 * After a grant to the owner, repeats the checks of the drafts, and activates those that should be active and now have
 * all grants that they need.
 */
export async function activateGranted(registry: Registry, type: TypeEntry, actor: string): Promise<void> {
  for (const entry of type.versions) {
    const { standing, owner } = entry.stored;
    if (standing !== "draft" && standing !== "validated") continue;
    const checks = await checkAgain(registry, entry, candidateOf(registry, entry, owner));
    const isWished = (entry.registration.spec.lifecycle ?? "active") === "active";
    const isActive = isWished && missingOf(registry, entry).length === 0;
    if (!isActive && isDeepStrictEqual(checks, entry.stored.checks)) continue;
    const to = { ...(isActive ? { standing: "active" as const } : {}), checks };
    await change(registry, entry.stored, { to, what: isActive ? "activated" : "granted", by: actor });
  }
}

interface Change {
  readonly to: VersionChange["to"];
  readonly what: TypeChange;
  readonly by: string;
}

async function change(registry: Registry, stored: RegisteredVersion, { to, what, by }: Change): Promise<void> {
  const { store, clock } = registry.dependencies;
  const { name, version, standing: from } = stored;
  const at = clock.now().toISOString();
  const written = await store.registrations.change({ name, version, from, to, by, at }, changeEvent(stored, what, by));
  await registry.refresh();
  if (!written) throw new PlatformError("JobTypeChanged", { type: name, version, standing: from });
}
