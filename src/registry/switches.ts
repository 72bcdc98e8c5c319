// What only an administrator of the server does with a registered type: grant it to a project, take that back, switch it off and on.
import { PlatformError } from "../model/errors.ts";
import type { JsonObject } from "../model/json.ts";
import { changeEvent } from "./event.ts";
import { askedGrants, type WrittenGrants } from "./grants.ts";
import { activateGranted, candidateOf, knownVersion } from "./lifecycle.ts";
import type { Registry } from "./registry.ts";
import type { TypeEntry } from "./view.ts";

export interface AdminRequest {
  readonly actor: string;
  readonly type: string;
}

export interface GrantRequest extends AdminRequest {
  readonly project: string;
  /** Missing: all that the newest version asks for. */
  readonly grants?: WrittenGrants;
}

/** Whichever project it belongs to. Throws NotFound. */
export function anyType(registry: Registry, name: string): TypeEntry {
  const { types } = registry.view();
  const type = types.get(name);
  if (type !== undefined) return type;
  throw new PlatformError("NotFound", { what: "job type", name, known: [...types.keys()].join(", ") || "none" });
}

export async function grantType(registry: Registry, request: GrantRequest): Promise<void> {
  await registry.refresh();
  const { actor, type: name, project } = request;
  const type = anyType(registry, name);
  const { store, clock, surroundings } = registry.world;
  const grants =
    request.grants ?? askedGrants(candidateOf(registry, knownVersion(type, undefined), project), surroundings);
  await store.registrations.grant(
    {
      type: name,
      project,
      grants: JSON.parse(JSON.stringify(grants)) as JsonObject, // parsed JSON, and what is undefined is gone
      grantedBy: actor,
      grantedAt: clock.now().toISOString(),
    },
    changeEvent({ ...type, grantee: project }, "granted", actor),
  );
  await registry.refresh();
  await activateGranted(registry, anyType(registry, name), actor);
}

export async function revokeType(
  registry: Registry,
  { actor, type: name, project }: AdminRequest & { readonly project: string },
): Promise<void> {
  await registry.refresh();
  const type = anyType(registry, name);
  const event = changeEvent({ ...type, grantee: project }, "revoked", actor);
  const gone = await registry.world.store.registrations.revoke(name, project, event);
  await registry.refresh();
  if (gone) return;
  const known = [...type.grants.keys()].join(", ") || "none";
  throw new PlatformError("NotFound", { what: `grant of ${name}`, name: project, known });
}

/** Nothing of it starts any more, on no server; what runs goes on to its end. */
export async function disableType(
  registry: Registry,
  { actor, type: name, reason }: AdminRequest & { readonly reason: string },
): Promise<void> {
  await registry.refresh();
  const type = anyType(registry, name);
  const at = registry.world.clock.now().toISOString();
  const stop = { type: name, kind: "disabled", detail: reason, by: actor, at } as const;
  await registry.world.store.registrations.stop(stop, changeEvent({ ...type, reason }, "disabled", actor));
  await registry.refresh();
}

/** Out of quarantine too. */
export async function enableType(registry: Registry, { actor, type: name }: AdminRequest): Promise<void> {
  await registry.refresh();
  const type = anyType(registry, name);
  await registry.world.store.registrations.release(name, changeEvent(type, "enabled", actor));
  await registry.refresh();
}
