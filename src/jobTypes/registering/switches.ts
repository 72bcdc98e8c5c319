// Grants, and the switches that stop and restart a registered type. An administrator of the server grants, revokes and
// disables each type. A project withdraws its own types, and restores a type that it or the quarantine stopped, but not
// one that an administrator disabled.
import { NO_GRANTS } from "../../isolation/policy/capability.ts";
import type { JsonObject } from "../../model/data/json.ts";
import { listed } from "../../model/data/text.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import type { WrittenGrants } from "../registration/grants.ts";
import { changeEvent } from "../registry/event.ts";
import type { Registry } from "../registry/registry.ts";
import type { TypeEntry } from "../registry/view.ts";
import { askedGrants } from "./askedGrants.ts";
import { activateGranted, candidateWith, knownType, knownVersion, ownVersion } from "./lifecycle.ts";

interface AdminRequest {
  readonly actor: string;
  readonly type: string;
}

interface GrantRequest extends AdminRequest {
  readonly project: string;
  /** Default: all grants that the newest version needs. */
  readonly grants?: WrittenGrants;
}

/** A type of any project. Throws `NotFound`. */
export function anyType(registry: Registry, name: string): TypeEntry {
  const { types } = registry.view();
  const type = types.get(name);
  if (type !== undefined) return type;
  throw new PlatformError("NotFound", { what: "jobType", name, known: listed(types.keys()) });
}

export async function grantType(registry: Registry, request: GrantRequest): Promise<void> {
  await registry.refresh();
  const { actor, type: name, project } = request;
  const type = anyType(registry, name);
  const { store, clock, context } = registry.dependencies;
  // A grant replaces the one before, so that the project gets all that is asked for, not only what it lacks.
  const asking = candidateWith(knownVersion(type, undefined), project, NO_GRANTS);
  const grants = request.grants ?? askedGrants(asking, context);
  await store.registrations.grant(
    {
      type: name,
      project,
      grants: JSON.parse(JSON.stringify(grants)) as JsonObject, // parsed JSON, without undefined fields
      grantedBy: actor,
      grantedAt: clock.now().toISOString(),
    },
    changeEvent({ ...type, grantee: project }, "granted", actor),
  );
  await registry.refresh();
  if (project === type.owner) await activateGranted(registry, anyType(registry, name), actor);
}

export async function revokeType(
  registry: Registry,
  { actor, type: name, project }: AdminRequest & { readonly project: string },
): Promise<void> {
  await registry.refresh();
  const type = anyType(registry, name);
  const event = changeEvent({ ...type, grantee: project }, "revoked", actor);
  const gone = await registry.dependencies.store.registrations.revoke(name, project, event);
  await registry.refresh();
  if (gone) return;
  const known = [...type.grants.keys()].join(", ") || "none";
  throw new PlatformError("NotFound", { what: "grant", name: `${name} → ${project}`, known });
}

/** No job of the type starts any more, on any server. Jobs that run continue to their end. */
export async function disableType(
  registry: Registry,
  { actor, type: name, reason }: AdminRequest & { readonly reason: string },
): Promise<void> {
  await registry.refresh();
  await stop(registry, anyType(registry, name), { kind: "disabled", actor, reason });
}

/** Does the same as `disableType` for the project that owns the type. */
export async function withdrawType(
  registry: Registry,
  request: OwnRequest & { readonly reason: string },
): Promise<void> {
  const { actor, reason } = request;
  await stop(registry, await ownType(registry, request), { kind: "withdrawn", actor, reason });
}

interface OwnRequest extends AdminRequest {
  readonly project: string;
}

async function ownType(registry: Registry, request: OwnRequest): Promise<TypeEntry> {
  await registry.refresh();
  ownVersion(registry, request);
  return knownType(registry, request.project, request.type);
}

async function stop(
  registry: Registry,
  type: TypeEntry,
  { kind, actor, reason }: { readonly kind: "disabled" | "withdrawn"; readonly actor: string; readonly reason: string },
): Promise<void> {
  const at = registry.dependencies.clock.now().toISOString();
  const wanted = { type: type.name, project: null, kind, detail: reason, by: actor, at };
  await registry.dependencies.store.registrations.stop(wanted, changeEvent({ ...type, reason }, kind, actor));
  await registry.refresh();
}

/** Restarts a type, regardless of what stopped it. */
export async function enableType(registry: Registry, { actor, type: name }: AdminRequest): Promise<void> {
  await registry.refresh();
  const kinds = ["disabled", "withdrawn", "quarantined"] as const;
  await registry.dependencies.store.registrations.release(
    name,
    kinds,
    changeEvent(anyType(registry, name), "enabled", actor),
  );
  await registry.refresh();
}

/**
 * Restarts a type for the project that owns it. Throws `JobTypeStopped` while an administrator has disabled it.
 */
export async function restoreType(registry: Registry, request: OwnRequest): Promise<void> {
  const type = await ownType(registry, request);
  const kinds = ["withdrawn", "quarantined"] as const;
  await registry.dependencies.store.registrations.release(
    type.name,
    kinds,
    changeEvent(type, "enabled", request.actor),
  );
  await registry.refresh();
  const above = type.stops.find((one) => one.kind === "disabled");
  if (above === undefined) return;
  throw new PlatformError("JobTypeStopped", { type: type.name, actor: above.by, detail: above.detail });
}
