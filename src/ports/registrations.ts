// Where registered job types are kept: versions, grants, and what stops a type. Every change bears a number and an event with who did it,
// in one transaction, so that other processes see it and nobody can change anything unseen.

import type { JsonObject } from "../model/data/json.ts";
import type { CheckResult, VersionLifecycle } from "../model/problems/registrationCheck.ts";
import type { NewEvent } from "../model/run/event.ts";

export interface RegisteredVersion {
  readonly name: string;
  readonly version: string;
  /** The project that registered it. */
  readonly owner: string;
  /** The registration; the secret of a worker is sealed for the owner. */
  readonly document: JsonObject;
  readonly standing: VersionLifecycle;
  readonly checks: readonly CheckResult[];
  /** Of a deprecated version. */
  readonly until: string | null;
  readonly replacedBy: string | null;
  /** The run that tries it out, while its end is not known. */
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

/** disabled: by an administrator · withdrawn: by its own project · quarantined: it threw again and again. Nothing of the type starts while there is one. */
export interface RegistrationStop {
  readonly type: string;
  /** The only one that it holds for; null: for all. */
  readonly project: string | null;
  readonly kind: "disabled" | "withdrawn" | "quarantined";
  /** Why: a person's words, or the stack of what was thrown, masked. */
  readonly detail: string;
  readonly by: string;
  readonly at: string;
}

export interface VersionChange {
  readonly name: string;
  readonly version: string;
  /** It is changed only if it still stands so. */
  readonly from: VersionLifecycle;
  readonly to: Partial<Pick<RegisteredVersion, "standing" | "until" | "replacedBy" | "sampleRun" | "checks">>;
  readonly by: string;
  readonly at: string;
}

export interface RegistrationNews {
  readonly revision: number;
  /** Those that changed after the revision that was asked for. */
  readonly versions: readonly RegisteredVersion[];
  /** All. */
  readonly grants: readonly StoredGrant[];
  /** All. */
  readonly stops: readonly RegistrationStop[];
  /** Types whose last attempts in a project threw, and how many in a row. */
  readonly throws: readonly ThrowCount[];
}

interface ThrowCount {
  readonly type: string;
  readonly project: string;
  readonly throws: number;
}

export interface Registrations {
  /** Grows with every change of any process. */
  revision(): Promise<number>;
  after(revision: number): Promise<RegistrationNews>;
  /** taken: the name belongs to another project · exists: that version is registered already. */
  add(version: RegisteredVersion, event: NewEvent): Promise<"added" | "taken" | "exists">;
  /** False: it does not stand as expected, and nothing was written. */
  change(change: VersionChange, event: NewEvent): Promise<boolean>;
  /** In the place of an earlier one of the same type and project. */
  grant(grant: StoredGrant, event: NewEvent): Promise<void>;
  /** False: there was none. */
  revoke(type: string, project: string, event: NewEvent): Promise<boolean>;
  /** False: it is stopped in that way already; the first reason stays. */
  stop(stop: RegistrationStop, event: NewEvent): Promise<boolean>;
  /** An attempt of the type threw in that project, in any process; how many in a row now. */
  threw(type: string, project: string): Promise<number>;
  /** One came back in that project: nothing is counted any more. */
  returned(type: string, project: string): Promise<void>;
  /** Takes away stops of these kinds, of all projects, and what was counted; false: there was none. */
  release(type: string, kinds: readonly RegistrationStop["kind"][], event: NewEvent): Promise<boolean>;
}
