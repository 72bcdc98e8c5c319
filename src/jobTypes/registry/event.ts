// The event that each change of a registered type stores: the change, the version and the actor.
import type { NewEvent } from "../../model/run/event.ts";

export type TypeChange =
  | "registered"
  | "tried"
  | "activated"
  | "deprecated"
  | "granted"
  | "revoked"
  | "disabled"
  | "withdrawn"
  | "quarantined"
  | "enabled";

interface Changed {
  readonly name: string;
  readonly owner: string;
  readonly version?: string;
  /** The project that a grant belongs to. */
  readonly grantee?: string;
  readonly reason?: string;
}

export function changeEvent(
  { name, owner, version, grantee, reason }: Changed,
  change: TypeChange,
  actor: string,
): NewEvent {
  const more = Object.entries({ version, grantee, reason }).filter(([, value]) => value !== undefined);
  const data = { type: name, change, actor, ...Object.fromEntries(more) };
  return { project: owner, application: null, run: null, type: "job-type.changed", data };
}
