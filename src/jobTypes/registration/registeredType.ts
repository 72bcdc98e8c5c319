// One version of a registered job type with its present state, for the code that runs it.
// src/jobTypes/registry/jobDefinition.ts turns it into a job definition. It contains no secret in clear text.
import type { GrantsRead } from "./grants.ts";
import type { Lifecycle, Registration } from "./registration.ts";

export interface RegisteredType {
  /** The registered document. The secret of a worker in it is sealed for the owner. */
  readonly registration: Registration;
  readonly lifecycle: Lifecycle;
  /**
   * The grants of the project for this type. Called for each attempt, so that a revoked grant has no further effect.
   */
  readonly grants: (project: string) => GrantsRead;
  /**
   * The secret of a worker, sealed for the given project, because a project can only open what was sealed for it.
   * src/jobs/remote/httpWorker.ts uses it. Empty for types that run pods.
   */
  readonly workerSecret: (project: string) => string;
}
