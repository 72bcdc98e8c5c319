// The interface to the stored registered job types: versions, grants and stops. Each change gets a revision number and
// an event that names the actor, in one transaction, so that other processes see the change and each change is
// recorded. src/database/tables/registrations.ts implements it.

import type { JsonObject } from "../model/data/json.ts";
import type { CheckResult, VersionLifecycle } from "../model/problems/registrationCheck.ts";
import type { NewEvent } from "../model/run/event.ts";

export interface RegisteredVersion {
  readonly name: string;
  readonly version: string;
  /** The project that registered it. */
  readonly owner: string;
  /** The registered document. The secret of a worker in it is sealed for the owner. */
  readonly document: JsonObject;
  readonly standing: VersionLifecycle;
  readonly checks: readonly CheckResult[];
  /** Last day of a deprecated version; `null` when there is none. */
  readonly until: string | null;
  readonly replacedBy: string | null;
  /** The sample run of a draft; `null` when there is none or its result was recorded. */
  readonly sampleRun: string | null;
  readonly registeredBy: string;
  readonly registeredAt: string;
  readonly changedBy: string;
  readonly changedAt: string;
}

export interface StoredGrant {
  readonly type: string;
  readonly project: string;
  readonly grants: JsonObject;
  readonly grantedBy: string;
  readonly grantedAt: string;
}

/**
 * A stop of a type. While there is one, no job of the type starts. `disabled`: an administrator stopped it.
 * `withdrawn`: its own project stopped it. `quarantined`: its attempts threw several times in a row.
 */
export interface RegistrationStop {
  readonly type: string;
  /** The project that the stop applies to; `null`: all projects. */
  readonly project: string | null;
  readonly kind: "disabled" | "withdrawn" | "quarantined";
  /** The reason that a person gave, or the stack of the thrown error with secrets masked. */
  readonly detail: string;
  readonly by: string;
  readonly at: string;
}

export interface VersionChange {
  readonly name: string;
  readonly version: string;
  /** The expected standing: the version is changed only if it still has it. */
  readonly from: VersionLifecycle;
  readonly to: Partial<Pick<RegisteredVersion, "standing" | "until" | "replacedBy" | "sampleRun" | "checks">>;
  readonly by: string;
  readonly at: string;
}

export interface RegistrationNews {
  readonly revision: number;
  /** Versions that changed after the given revision. */
  readonly versions: readonly RegisteredVersion[];
  /** All grants. */
  readonly grants: readonly StoredGrant[];
  /** All stops. */
  readonly stops: readonly RegistrationStop[];
  /** All types whose last attempts in a project threw, with the number of throws in a row. */
  readonly throws: readonly ThrowCount[];
}

interface ThrowCount {
  readonly type: string;
  readonly project: string;
  readonly throws: number;
}

export interface Registrations {
  /** Number that grows with each change of any process. */
  revision(): Promise<number>;
  after(revision: number): Promise<RegistrationNews>;
  /** `taken`: the name belongs to another project. `exists`: that version is already registered. */
  add(version: RegisteredVersion, event: NewEvent): Promise<"added" | "taken" | "exists">;
  /** `false` when the version does not have the expected standing; nothing is written then. */
  change(change: VersionChange, event: NewEvent): Promise<boolean>;
  /** Stores a grant and replaces an earlier one of the same type and project. */
  grant(grant: StoredGrant, event: NewEvent): Promise<void>;
  /** `false` when there was no such grant. */
  revoke(type: string, project: string, event: NewEvent): Promise<boolean>;
  /** `false` when there already is a stop of this kind; the first reason is kept. */
  stop(stop: RegistrationStop, event: NewEvent): Promise<boolean>;
  /** Counts a throw of the type in that project and returns the number in a row, over all processes. */
  threw(type: string, project: string): Promise<number>;
  /** Resets the count of throws, because an attempt in that project ended without an error. */
  returned(type: string, project: string): Promise<void>;
  /**
   * Removes stops of these kinds for all projects and resets the counts of throws. `false` when there was no such stop.
   */
  release(type: string, kinds: readonly RegistrationStop["kind"][], event: NewEvent): Promise<boolean>;
}
