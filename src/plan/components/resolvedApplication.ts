// A document that passed every check, with its definitions found and its data parsed. Rendering works on it.
import type { ComponentDefinition, TraitDefinition } from "../../catalog/define.ts";
import type { ApplicationDocument } from "../../model/document/document.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import type { Clocks, Need, OnShort, RetryPolicy } from "../../model/run/plan.ts";
import type { ResolvedWorkflow } from "../workflow/steps/resolvedWorkflow.ts";
import type { StepTypes } from "../workflow/steps/stepKinds.ts";

export interface ResolvedTrait {
  readonly definition: TraitDefinition;
  /** The data, parsed by the definition's schema. */
  readonly data: unknown;
  /** `/components/1/traits/storage` */
  readonly pointer: string;
}

export interface ResolvedComponent {
  readonly name: string;
  readonly definition: ComponentDefinition;
  /** The properties, parsed by the definition's schema. */
  readonly properties: unknown;
  readonly traits: readonly ResolvedTrait[];
  /** Components that come before this one. `job` is the name of the component. */
  readonly needs: readonly Need[];
  /** Components that come before this one, unless that makes a cycle. */
  readonly wishes: readonly Need[];
  readonly outputs: Readonly<Record<string, string>>;
  /** Milliseconds; `null` for the default of the job type. */
  readonly timeout: number | null;
  readonly retry: RetryPolicy | null;
  readonly clocks: Clocks;
  readonly onShort: OnShort | null;
  /** `/components/1` */
  readonly pointer: string;
  /** The objects into which its chart was rendered, with secrets sealed. */
  readonly rendered?: readonly Manifest[];
}

/** A ConfigMap, Secret or ServiceAccount that the document refers to and does not create. */
export interface OutsideReference {
  readonly kind: "ConfigMap" | "Secret" | "ServiceAccount";
  readonly name: string;
  readonly pointer: string;
  /** True when its absence is not a problem of the document. */
  readonly external: boolean;
}

/** One key of a ConfigMap or Secret that the document reads, or all of them as variables. */
export interface KeyReference {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
  /** `undefined` when all keys become environment variables. */
  readonly key: string | undefined;
  readonly pointer: string;
}

export interface ResolvedApplication {
  readonly document: ApplicationDocument;
  readonly namespace: string;
  readonly components: readonly ResolvedComponent[];
  readonly outside: readonly OutsideReference[];
  /** Without keys of objects that something outside the document creates later. */
  readonly keys: readonly KeyReference[];
  readonly workflow: ResolvedWorkflow | null;
  /** The job types with which the document was checked. They contain the default timeouts. */
  readonly types: StepTypes;
}
