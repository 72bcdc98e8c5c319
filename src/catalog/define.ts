// The types of definitions: what a component type, a trait or a job type is. A definition is a value, from which
// validation, JSON Schema, `kubemin explain`, the reference pages and the TypeScript type that `render` or `run`
// receives are derived. Nothing registers itself: catalog.ts collects the values when the server starts.
import type { ZodType } from "zod";
import type { Json, JsonObject } from "../model/data/json.ts";
import type { Path } from "../model/data/pointer.ts";
import type { Localized } from "../model/data/text.ts";
import type { Manifest } from "../model/kubernetes/manifest.ts";
import type { Problem } from "../model/problems/problem.ts";
import type { ReasonCode } from "../model/reasons/reason.ts";
import type { Clocks, ClusterFacts, JobLock, PlannedLock, RetryPolicy } from "../model/run/plan.ts";
import type { ComponentChart } from "../ports/charts.ts";
import type { JobOutcome, JobRun } from "./job.ts";

/**
 * A place in which a definition names something else. References to components order the jobs; the other kinds may also
 * name objects that already exist on the cluster.
 */
export interface Reference {
  readonly kind: "component" | "ConfigMap" | "Secret" | "ServiceAccount";
  readonly name: string;
  /**
   * For components. `none`: it must exist, in any order; `wish`: it comes first, unless that makes a cycle. Default:
   * always first.
   */
  readonly order?: "none" | "wish";
  /** The output of the component that is used, if any. */
  readonly output?: string;
  /** The path of the reference, from the root of the properties or of the trait's data. */
  readonly path: Path;
  /**
   * True when something outside this document creates it, perhaps later: its absence is then not a problem of the
   * document.
   */
  readonly external?: boolean;
  /** The keys of the ConfigMap or Secret that are used, each with the path at which it is named. */
  readonly keys?: readonly { readonly key: string; readonly path: Path }[];
  /** True when all its keys become environment variables. */
  readonly asVariables?: boolean;
}

export interface RenderedObject {
  readonly manifest: Manifest;
  /** True when the object holds data: it is kept when the application is deleted, unless the user asks otherwise. */
  readonly keep?: boolean;
  /** True for a cluster-scoped object, which belongs to no namespace. */
  readonly clusterWide?: boolean;
}

/**
 * A request for a persistent volume. plan/render/renderClaims.ts turns it into a PersistentVolumeClaim that all pods
 * share, or into a template of a StatefulSet when the component type sets `claimTemplates`.
 */
export interface VolumeClaim {
  /** The name of the volume inside the pod. */
  readonly name: string;
  readonly size: string;
  readonly accessModes: readonly string[];
  readonly storageClassName?: string;
  /** True when the claim survives the deletion of the application; the default of the trait `storage`. */
  readonly keep: boolean;
}

/**
 * What a trait adds to its component. Lists are joined and fields are set once: two contributions that set one field to
 * different values are a problem that names both.
 */
export interface Contribution {
  readonly env?: readonly JsonObject[];
  readonly envFrom?: readonly JsonObject[];
  readonly volumes?: readonly JsonObject[];
  /** Mounts of the main container. */
  readonly mounts?: readonly JsonObject[];
  readonly claims?: readonly VolumeClaim[];
  readonly containers?: readonly JsonObject[];
  readonly initContainers?: readonly JsonObject[];
  /** Fields of the main container. The allow-list in plan/render/merge/mergeFields.ts decides which. */
  readonly container?: JsonObject;
  /** Fields of all containers, including init containers and sidecars. A field that a container sets itself is kept. */
  readonly everyContainer?: JsonObject;
  /** Fields of the pod's spec, limited by the same allow-list. */
  readonly pod?: JsonObject;
  /** Fields of the controller's spec (replicas, strategy …), limited by the same allow-list. */
  readonly controller?: JsonObject;
  /**
   * Fields of the controller's spec that are never sent, because something on the cluster decides about them (replicas:
   * an autoscaler).
   */
  readonly unmanaged?: readonly string[];
  /**
   * Labels and annotations, `{labels, annotations}`, of every object, of the pods, and of the object that runs the pods
   * (for a CronJob: of the Jobs that it creates). Those that kubemin sets itself cannot be replaced.
   */
  readonly metadata?: { readonly objects?: JsonObject; readonly pods?: JsonObject; readonly controller?: JsonObject };
  /** Objects that are applied together with the component. */
  readonly objects?: readonly RenderedObject[];
  /** Objects that are applied once the component is ready, by a job of their own (`web:route`). */
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
  /**
   * The objects into which the definition's `chart` was rendered. `undefined` when no renderer of charts was available.
   */
  readonly rendered?: readonly Manifest[];
  /** An output of another component. References are checked before rendering, so it exists. */
  readonly output: (component: string, output: string) => string;
}

/**
 * What a component type renders, before its traits. `pod: null`: it has no containers and takes no traits that need
 * one.
 */
export interface Workload {
  /** The pod's spec; the first container is the main one. */
  readonly pod: JsonObject | null;
  /** Volumes of the component type itself, in addition to those of traits. */
  readonly claims?: readonly VolumeClaim[];
  /**
   * True: each pod gets volumes of its own, created from templates (StatefulSet). Default: each claim is one object
   * that all pods share.
   */
  readonly claimTemplates?: boolean;
  /**
   * Wraps the finished pod template into the object that runs it. The renderer then adds labels, namespace and the
   * fields of traits.
   */
  readonly controller?: (parts: {
    readonly template: JsonObject;
    readonly claims: readonly VolumeClaim[];
    /** The immutable labels that select the pods. */
    readonly labels: JsonObject;
  }) => Manifest;
  readonly objects: readonly RenderedObject[];
  /** For a task: true when it runs at each deploy, even if the same content has run before. */
  readonly always?: boolean;
  /**
   * Problems that can be found only with the cluster's facts or the namespace. Paths start at the root of the
   * properties.
   */
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
  /** The job type that deploys the component. */
  readonly job: "deploy" | "task" | "check";
  /** Values that others may refer to, e.g. host, port, url. A pure function: they are known before anything runs. */
  readonly outputs?: (
    name: string,
    properties: P,
    context: { readonly namespace: string },
  ) => Readonly<Record<string, string>>;
  readonly references?: (properties: P) => readonly Reference[];
  /** Paths of secret values inside the raw properties. They are sealed before any other code sees them. */
  readonly secrets?: (properties: Json) => readonly Path[];
  /** Rules that a schema cannot express. Paths start at the root of the properties. */
  readonly check?: (properties: P) => readonly Problem[];
  /** Locks that its jobs hold while they run, in addition to the lock of the component itself. */
  readonly locks?: (
    properties: P,
    context: { readonly component: string },
  ) => readonly Pick<PlannedLock, "kind" | "name">[];
  /** A chart that is rendered before planning. `render` finds the result in `context.rendered`. */
  readonly chart?: (properties: P, context: { readonly component: string }) => ComponentChart;
  readonly render: (properties: P, context: RenderContext) => Workload;
}

export interface TraitTarget {
  readonly type: string;
  readonly properties: Json;
  /** The first port that the component serves; `undefined` when it serves none. */
  readonly port: number | undefined;
}

export interface TraitDefinition<D = unknown> extends DefinitionHead {
  readonly schema: ZodType<D>;
  readonly examples: readonly Example<Json>[];
  /**
   * Component types to which it can be attached. `pods`: all that have containers; `ports`: those of them that serve a
   * port.
   */
  readonly appliesTo: "pods" | "ports" | readonly string[];
  readonly references?: (data: D) => readonly Reference[];
  readonly secrets?: (data: Json) => readonly Path[];
  readonly check?: (data: D, target: TraitTarget) => readonly Problem[];
  readonly render: (data: D, target: TraitTarget, context: RenderContext) => Contribution;
}

export interface Acceptance<I = unknown> {
  readonly data: ZodType<JsonObject>;
  /** A job takes such a message only while this is its reason: before that, the job has not asked for it. */
  readonly asks: ReasonCode;
  /** Names of the tokens that may send it. When absent or `undefined`: all tokens that may write in the project. */
  readonly from?: (input: I) => readonly string[] | undefined;
}

export type Secrecy = "secret" | "either" | "clear";

export interface JobDefinition<I = unknown> extends DefinitionHead {
  readonly input: ZodType<I>;
  /**
   * The schema of what other steps may refer to. The output of a success is checked against it. Default: nothing can be
   * referred to.
   */
  readonly output?: ZodType;
  /**
   * The same as JSON Schemas, for types whose schemas do not come from zod (types that were registered as documents).
   */
  readonly schemas?: { readonly input: JsonObject; readonly output: JsonObject };
  /** The semantic version of a registered type. */
  readonly version?: string;
  /**
   * Present when users may name the type in a step or run it alone. Absent: only plans of applications contain such
   * jobs.
   */
  readonly step?: { readonly examples: readonly Example<JsonObject>[] };
  /** Paths of secret values inside the raw input. They are sealed before any other code sees them. */
  readonly secrets?: (input: Json) => readonly Path[];
  /**
   * Whether the value at a path of the input is always secret, may be secret, or never is. Default: no value is secret.
   */
  readonly secrecy?: (path: Path) => Secrecy;
  /** Paths of secret values inside an output. They are sealed before the output is stored. */
  readonly outputSecrets?: (output: JsonObject) => readonly Path[];
  readonly outputSecrecy?: (path: Path) => Secrecy;
  /**
   * Rules beyond the schema. Paths start at the root of the input. A value that is not known yet is written as
   * `{"$from"}`.
   */
  readonly check?: (input: JsonObject) => readonly Problem[];
  /** Locks that keep jobs from running at the same time, derived from the input. */
  readonly concurrency?: (input: I, scope: { readonly project: string }) => readonly JobLock[];
  /**
   * The address that an attempt calls, e.g. a host and its port: jobs of one project with the same target share a
   * breaker. `""`: nothing is called. Default: the cluster of the run.
   */
  readonly target?: (input: I) => string;
  /** Milliseconds for all attempts together, unless the document sets a timeout. */
  readonly timeout: number;
  /** Limits for parts of the time, unless the document sets them. */
  readonly clocks?: Clocks;
  /**
   * The policy unless the document sets one. A function gets the raw input, in which unknown values are written as
   * `{"$from"}`.
   */
  readonly retry?: RetryPolicy | ((input: JsonObject) => RetryPolicy);
  /** `false`: a failure of the program is not retried, unless the type itself reports the failure as temporary. */
  readonly retriesFailures?: false;
  /** Messages that can be sent to a running job of the type, by kind. */
  readonly accepts?: Readonly<Record<string, Acceptance<I>>>;
  /**
   * `true`: a caller that runs such a job alone over the API gets its end in the response, unless the caller says how
   * long it waits.
   */
  readonly answers?: true;
  /** `true`: the job mostly waits for people or for time, so it takes none of the run's slots. */
  readonly parks?: true;
  /**
   * Does one attempt. It may be called again after a crash, so it must converge (server-side apply, deterministic
   * names) and must not assume that it is the first call. It throws only what it did not expect; refusals and failures
   * are outcomes.
   */
  readonly run: (job: JobRun<I>) => Promise<JobOutcome>;
  /**
   * Removes what an attempt still holds on the cluster after it ended without success, whatever ended it: a refusal, a
   * failure, a clock, a cancel, a crash. It is called before the ending is stored, and may be called again later. A
   * Kubernetes Job that has finished holds nothing and stays.
   */
  readonly release?: (job: JobRun<I>) => Promise<void>;
}

// The type parameter ends here. Each cast is true because the catalog gives a definition only values that its own
// schema has parsed.

export function defineComponent<P>(definition: ComponentDefinition<P>): ComponentDefinition {
  return Object.freeze(definition) as ComponentDefinition; // see above
}

export function defineTrait<D>(definition: TraitDefinition<D>): TraitDefinition {
  return Object.freeze(definition) as TraitDefinition; // see above
}

export function defineJob<I>(definition: JobDefinition<I>): JobDefinition {
  return Object.freeze(definition) as JobDefinition; // see above
}
