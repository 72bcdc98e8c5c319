// The types that the checks of a registration share: the registration with its context, and the result of a check.
import type { Grants } from "../../../isolation/policy/capability.ts";
import type { JsonObject } from "../../../model/data/json.ts";
import type { Problem } from "../../../model/problems/problem.ts";
import type { CheckSkip, RegistrationCheck } from "../../../model/problems/registrationCheck.ts";
import type { Cluster } from "../../../ports/cluster.ts";
import type { Outgoing } from "../../../ports/outgoing.ts";
import type { Sinks } from "../../../ports/sinks.ts";
import type { Registration } from "../../registration/registration.ts";
import type { TypeDependencies } from "../../running/typeDependencies.ts";
import type { Schemas } from "../../schemas/schemas.ts";

export interface Means {
  readonly schemas: Schemas;
  readonly outgoing: Outgoing;
  readonly sinks: Pick<Sinks, "list">;
  readonly runtime?: TypeDependencies["runtime"];
  /** Names of kubemin's own job types and step types. */
  readonly ownNames: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

export interface Candidate {
  readonly project: string;
  readonly registration: Registration;
  /** The project that owns the name. `undefined` when the name is free. */
  readonly owner: string | undefined;
  /** All registered versions of the type. */
  readonly earlier: readonly Registration[];
  /** The grants of the project for the type. */
  readonly grants: Grants;
  /** The cluster for the dry run. `undefined` when the project has none, or has several and the request names none. */
  readonly cluster: Cluster | undefined;
  /**
   * Whether the job namespace of the project may be created for the dry run. `false` for a check without a
   * registration.
   */
  readonly mayCreate: boolean;
}

/** The result of one check. Warnings are reported, but do not prevent the registration. */
export interface CheckFinding {
  readonly problems?: readonly Problem[];
  /** Why the check was skipped: it was not possible or not necessary. */
  readonly skipped?: CheckSkip;
}

export interface CheckDefinition {
  readonly name: RegistrationCheck;
  /** Checks that must have succeeded before this one runs. */
  readonly after: readonly RegistrationCheck[];
  readonly run: (candidate: Candidate, means: Means) => CheckFinding | Promise<CheckFinding>;
}

/** The values of `{{run.…}}` that a template may use, filled with examples. */
export const RUN = {
  id: "run",
  project: "project",
  namespace: "namespace",
  job: "job",
  attempt: 1,
  secret: "secret",
} as const;

/** An input to try a template with, and its name for messages. */
export interface Trial {
  readonly title: string;
  readonly input: JsonObject;
}
