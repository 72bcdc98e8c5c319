// A document that passed every check, with its definitions found and its data parsed: what rendering works on.
import type { ComponentDefinition, TraitDefinition } from "../../catalog/define.ts";
import type { ApplicationDocument } from "../../model/document/document.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import type { Clocks, Need, OnShort, RetryPolicy } from "../../model/run/plan.ts";
import type { ResolvedWorkflow } from "../workflow/steps/resolvedWorkflow.ts";
import type { StepTypes } from "../workflow/steps/stepKinds.ts";

export interface ResolvedTrait {
  readonly definition: TraitDefinition;
  /** Parsed by the definition's schema. */
  readonly data: unknown;
  /** `/components/1/traits/storage` */
  readonly pointer: string;
}

export interface ResolvedComponent {
  readonly name: string;
  readonly definition: ComponentDefinition;
  /** Parsed by the definition's schema. */
  readonly properties: unknown;
  readonly traits: readonly ResolvedTrait[];
  /** Components that come before this one; `job` is the component's name. */
  readonly needs: readonly Need[];
  /** Components that come before this one where nothing else says otherwise. */
  readonly wishes: readonly Need[];
  readonly outputs: Readonly<Record<string, string>>;
  /** Milliseconds; null: the job type's own. */
  readonly timeout: number | null;
  readonly retry: RetryPolicy | null;
  readonly clocks: Clocks;
  readonly onShort: OnShort | null;
  /** `/components/1` */
  readonly pointer: string;
  /** What its chart was rendered to, secrets sealed. */
  readonly rendered?: readonly Manifest[];
}

/** ConfigMaps, Secrets and ServiceAccounts that the document refers to and does not make. */
export interface OutsideReference {
  readonly kind: "ConfigMap" | "Secret" | "ServiceAccount";
  readonly name: string;
  readonly pointer: string;
  /** Its absence is not a problem of the document. */
  readonly external: boolean;
}

/** One key of a ConfigMap or Secret that the document asks for, or all of them as variables. */
export interface KeyReference {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
  /** Undefined: all keys become environment variables. */
  readonly key: string | undefined;
  readonly pointer: string;
}

export interface ResolvedApplication {
  readonly document: ApplicationDocument;
  readonly namespace: string;
  readonly components: readonly ResolvedComponent[];
  readonly outside: readonly OutsideReference[];
  /** Not of what something else makes later. */
  readonly keys: readonly KeyReference[];
  readonly workflow: ResolvedWorkflow | null;
  /** The job types that the document was checked with: they hold the default timeouts. */
  readonly types: StepTypes;
}
