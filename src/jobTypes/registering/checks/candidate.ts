// A registration on its way through the checks, and what they look at beside it.
import type { Grants } from "../../../isolation/policy/capability.ts";
import type { JsonObject } from "../../../model/data/json.ts";
import type { Problem } from "../../../model/problems/problem.ts";
import type { CheckSkip, RegistrationCheck } from "../../../model/problems/registrationCheck.ts";
import type { Cluster } from "../../../ports/cluster.ts";
import type { Outgoing } from "../../../ports/outgoing.ts";
import type { Sinks } from "../../../ports/sinks.ts";
import type { RegisteredType } from "../../registration/registeredType.ts";
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
  /** Who has the name; undefined: nobody. */
  readonly owner: string | undefined;
  /** All versions of it. */
  readonly earlier: readonly Registration[];
  /** What its project was granted for it. */
  readonly grants: Grants;
  /** Undefined: there is none to ask, or several and none was named. */
  readonly cluster: Cluster | undefined;
  /** The namespace of the project's jobs is made when it is not there; a check alone makes nothing. */
  readonly mayCreate: boolean;
}

/** What one check found. Problems without an error are told, and do not stand in the way. */
export interface CheckFinding {
  readonly problems?: readonly Problem[];
  /** It could not be looked at, or need not be. */
  readonly skipped?: CheckSkip;
}

export interface CheckDefinition {
  readonly name: RegistrationCheck;
  /** Those that must have gone well before this one says anything. */
  readonly after: readonly RegistrationCheck[];
  readonly run: (candidate: Candidate, means: Means) => CheckFinding | Promise<CheckFinding>;
}

/** What a template may say of its run, with values to try it with. */
export const RUN = {
  id: "run",
  project: "project",
  namespace: "namespace",
  job: "job",
  attempt: 1,
  secret: "secret",
} as const;

/** As it will be seen by those who run it. */
export function typeOf({ registration, grants }: Candidate): RegisteredType {
  return { registration, lifecycle: "draft", grants: () => grants, workerSecret: () => "" };
}

/** Inputs to try a template with, and what they are called in a sentence. */
export interface Trial {
  readonly title: string;
  readonly input: JsonObject;
}
