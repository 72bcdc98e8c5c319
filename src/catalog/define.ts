// Definitions are values: what a component type, a trait or a job type is, said once. Validation, JSON Schema, `kubemin explain`,
// the reference pages and the TypeScript type that `render` or `run` receives all come from the one value.
// Nothing registers itself: catalog.ts gathers the values at the composition root.
import type { ZodType } from "zod";
import type { Json, JsonObject } from "../model/data/json.ts";
import type { Path } from "../model/data/pointer.ts";
import type { Localized } from "../model/data/text.ts";
import type { Manifest } from "../model/kubernetes/manifest.ts";
import type { Problem } from "../model/problems/problem.ts";
import type { ReasonCode } from "../model/reasons/reason.ts";
import type { Clocks, ClusterFacts, Concurrency, PlannedLock, RetryPolicy } from "../model/run/plan.ts";
import type { ChartWish } from "../ports/charts.ts";
import type { JobOutcome, JobRun } from "./job.ts";

/** Where a definition names something else. Component references order the jobs; the others may also exist on the cluster already. */
export interface Reference {
  readonly kind: "component" | "ConfigMap" | "Secret" | "ServiceAccount";
  readonly name: string;
  /** Of a component. `none`: it must exist, nothing more; `wish`: it comes before where nothing else says otherwise. Without: it comes before. */
  readonly order?: "none" | "wish";
  /** An output of the component, when one is asked for. */
  readonly output?: string;
  /** From the root of the properties or of the trait's data. */
  readonly path: Path;
  /** Something outside of this document makes it, perhaps later: its absence is not a problem of the document. */
  readonly external?: boolean;
  /** Keys of the ConfigMap or Secret that are asked for, each with its place. */
  readonly keys?: readonly { readonly key: string; readonly path: Path }[];
  /** All its keys become environment variables. */
  readonly asVariables?: boolean;
}

export interface RenderedObject {
  readonly manifest: Manifest;
  /** Holds data: kept at deletion unless the user asks otherwise. */
  readonly keep?: boolean;
  /** Belongs to no namespace. */
  readonly clusterWide?: boolean;
}

/** A request for a persistent volume. Whether it becomes a claim of its own or a template of a StatefulSet is the controller's choice. */
export interface VolumeClaim {
  /** Of the volume inside the pod. */
  readonly name: string;
  readonly size: string;
  readonly accessModes: readonly string[];
  readonly storageClassName?: string;
  /** Survives the deletion of the application (the default of `storage`). */
  readonly keep: boolean;
}

/** Additive: lists are joined, fields are set once. Two contributions that set one field to different values are a problem naming both. */
export interface Contribution {
  readonly env?: readonly JsonObject[];
  readonly envFrom?: readonly JsonObject[];
  readonly volumes?: readonly JsonObject[];
  /** Mounts of the main container. */
  readonly mounts?: readonly JsonObject[];
  readonly claims?: readonly VolumeClaim[];
  readonly containers?: readonly JsonObject[];
  readonly initContainers?: readonly JsonObject[];
  /** Fields of the main container; the renderer's allow-list decides which. */
  readonly container?: JsonObject;
  /** Fields of all containers, init containers and sidecars included; what a container says itself stays. */
  readonly everyContainer?: JsonObject;
  /** Fields of the pod's spec; likewise. */
  readonly pod?: JsonObject;
  /** Fields of the controller's spec (replicas, strategy …); likewise. */
  readonly controller?: JsonObject;
  /** Fields of the controller's spec that something on the cluster decides about (replicas: an autoscaler): they are never sent. */
  readonly unmanaged?: readonly string[];
  /** Labels and annotations, `{labels, annotations}`: of every object, and of the pods. The framework's own cannot be replaced. */
  readonly metadata?: { readonly objects?: JsonObject; readonly pods?: JsonObject };
  /** Applied with the component. */
  readonly objects?: readonly RenderedObject[];
  /** Applied once the component is ready, as a job of their own (`web:route`). */
  readonly exposure?: readonly RenderedObject[];
  readonly warnings?: readonly Problem[];
}

export interface RenderContext {
  readonly project: string;
  readonly application: string;
  readonly namespace: string;
  readonly component: string;
  readonly facts: ClusterFacts;
  /** Milliseconds that the component's job may take. */
  readonly timeout: number;
  /** What became of the definition's `chart`. Undefined: nobody was there to render it. */
  readonly rendered?: readonly Manifest[];
  /** Output of another component; checked before, so it exists. */
  readonly output: (component: string, output: string) => string;
}

/** What a component type makes, before its traits. `pod: null`: it has no containers, and takes no traits that need one. */
export interface Workload {
  /** The pod's spec; the first container is the main one. */
  readonly pod: JsonObject | null;
  /** Volumes of its own, beside those of traits. */
  readonly claims?: readonly VolumeClaim[];
  /** Each pod gets volumes of its own, made from templates (StatefulSet); otherwise each claim is an object that all pods share. */
  readonly claimTemplates?: boolean;
  /** Wraps the finished pod template into the object that runs it. The framework adds labels, namespace and traits' fields. */
  readonly controller?: (parts: {
    readonly template: JsonObject;
    readonly claims: readonly VolumeClaim[];
    /** The immutable labels that select the pods. */
    readonly labels: JsonObject;
  }) => Manifest;
  readonly objects: readonly RenderedObject[];
  /** Of a task: it runs at each deploy, also with content that was done before. */
  readonly always?: boolean;
  /** What only the cluster's facts or the namespace could tell. Paths from the root of the properties. */
  readonly problems?: readonly Problem[];
}

export interface Example<T> {
  readonly title: Localized;
  readonly value: T;
}

interface DefinitionHead {
  readonly name: string;
  readonly summary: Localized;
}

export interface ComponentDefinition<P = unknown> extends DefinitionHead {
  readonly schema: ZodType<P>;
  readonly examples: readonly Example<JsonObject>[];
  /** Job type that brings it to the cluster. */
  readonly job: "deploy" | "task" | "check";
  /** What others may refer to, e.g. host, port, url. Pure: known before anything runs. */
  readonly outputs?: (
    name: string,
    properties: P,
    context: { readonly namespace: string },
  ) => Readonly<Record<string, string>>;
  readonly references?: (properties: P) => readonly Reference[];
  /** Paths of secret values inside the raw properties; they are sealed before anything else sees them. */
  readonly secrets?: (properties: Json) => readonly Path[];
  /** Rules that a schema cannot say. Paths from the root of the properties. */
  readonly check?: (properties: P) => readonly Problem[];
  /** What else its jobs hold while they run, beside the component itself. */
  readonly locks?: (
    properties: P,
    context: { readonly component: string },
  ) => readonly Pick<PlannedLock, "kind" | "name">[];
  /** A chart that another program renders before planning; `render` finds the result in its context. */
  readonly chart?: (properties: P, context: { readonly component: string }) => ChartWish;
  readonly render: (properties: P, context: RenderContext) => Workload;
}

export interface TraitTarget {
  readonly type: string;
  readonly properties: Json;
  /** The first port that the component serves, when it has one. */
  readonly port: number | undefined;
}

export interface TraitDefinition<D = unknown> extends DefinitionHead {
  readonly schema: ZodType<D>;
  readonly examples: readonly Example<Json>[];
  /** Component types it can be attached to; "pods": all that have containers; "ports": those of them that serve a port. */
  readonly appliesTo: "pods" | "ports" | readonly string[];
  readonly references?: (data: D) => readonly Reference[];
  readonly secrets?: (data: Json) => readonly Path[];
  readonly check?: (data: D, target: TraitTarget) => readonly Problem[];
  readonly render: (data: D, target: TraitTarget, context: RenderContext) => Contribution;
}

export interface Acceptance<I = unknown> {
  readonly data: ZodType<JsonObject>;
  /** A job takes it only while this is its reason: before that it has not asked. */
  readonly asks: ReasonCode;
  /** Names of the tokens that may send it. Missing or undefined: all that may write in the project. */
  readonly from?: (input: I) => readonly string[] | undefined;
}

export type Secrecy = "secret" | "either" | "clear";

export interface JobDefinition<I = unknown> extends DefinitionHead {
  readonly input: ZodType<I>;
  /** What a success gives to those who refer to it; checked, so that a promise is kept. Missing: nothing that others may refer to. */
  readonly output?: ZodType;
  /** The same as JSON Schemas, where they do not come from zod (types that were registered as documents). */
  readonly schemas?: { readonly input: JsonObject; readonly output: JsonObject };
  /** Semantic version, of a registered type. */
  readonly version?: string;
  /** Users may name it in a step or run it alone. Missing: only plans of applications hold such jobs. */
  readonly step?: { readonly examples: readonly Example<JsonObject>[] };
  /** Paths of secret values inside of the raw input; they are sealed before anything else sees them. */
  readonly secrets?: (input: Json) => readonly Path[];
  /** Whether what stands at a place of the input is always secret, may be, or is in clear (missing: everywhere). */
  readonly secrecy?: (path: Path) => Secrecy;
  /** Paths of secret values inside of an output; they are sealed before it is kept. */
  readonly outputSecrets?: (output: JsonObject) => readonly Path[];
  readonly outputSecrecy?: (path: Path) => Secrecy;
  /** Rules beyond the schema. Paths from the root of the input. `{"$from"}` values stand where they are not known yet. */
  readonly check?: (input: JsonObject) => readonly Problem[];
  /** Jobs that may not run beside each other, known once the input is. */
  readonly concurrency?: (input: I, scope: { readonly project: string }) => readonly Concurrency[];
  /** What an attempt calls, e.g. a host and its port; jobs of one project that call the same share a breaker. "": nothing. Missing: the run's cluster. */
  readonly target?: (input: I) => string;
  /** Milliseconds for all attempts together, when the document says nothing. */
  readonly timeout: number;
  /** Likewise. */
  readonly clocks?: Clocks;
  /** Likewise; a function of the raw input, in which `{"$from"}` values stand where they are not known yet. */
  readonly retry?: RetryPolicy | ((input: JsonObject) => RetryPolicy);
  /** False: a failure of the program is not tried again, unless the type itself calls that failure passing. */
  readonly retriesFailures?: false;
  /** What people may send to a running job of the type, by kind. */
  readonly accepts?: Readonly<Record<string, Acceptance<I>>>;
  /** Whoever runs one alone over the API gets its end in the answer, unless they say how long they wait. */
  readonly answers?: true;
  /** It mostly waits for people or for time: it takes none of the run's slots. */
  readonly parks?: true;
  /**
   * May be run again after a crash: it must converge (server-side apply, deterministic names) and never assume that it is the first.
   * Throws only what it did not expect; refusals and failures are outcomes.
   */
  readonly run: (job: JobRun<I>) => Promise<JobOutcome>;
  /** Stops what the job left running on the cluster, when the user cancels. */
  readonly cancel?: (job: JobRun<I>) => Promise<void>;
}

// The type parameter ends here: the catalog hands a definition only what its own schema has parsed, which is what makes each cast true.

export function defineComponent<P>(definition: ComponentDefinition<P>): ComponentDefinition {
  return Object.freeze(definition) as ComponentDefinition; // see above
}

export function defineTrait<D>(definition: TraitDefinition<D>): TraitDefinition {
  return Object.freeze(definition) as TraitDefinition; // see above
}

export function defineJob<I>(definition: JobDefinition<I>): JobDefinition {
  return Object.freeze(definition) as JobDefinition; // see above
}
