// The interface to a cluster. src/kube implements it for a real API server and src/sandbox for a simulated cluster;
// test/contracts/cluster tests both. The implementation decides whether an object is ready or has failed.

import type { Json } from "../model/data/json.ts";
import type { CapacityOverview, CapacityRequest, CapacityVerdict } from "../model/kubernetes/capacity.ts";
import type { ClusterNetwork } from "../model/kubernetes/clusterNetwork.ts";
import type { ObjectHealth } from "../model/kubernetes/health.ts";
import type { Manifest, ObjectRef } from "../model/kubernetes/manifest.ts";
import type { NetworkProbe, NetworkVerdict } from "../model/kubernetes/networkVerdict.ts";
import type { Refusal } from "../model/kubernetes/refusal.ts";
import type { Reason } from "../model/reasons/reason.ts";
import type { ClusterFacts } from "../model/run/plan.ts";

export interface Applied {
  readonly ref: ObjectRef;
  readonly uid: string;
  /**
   * Generation of the object after the write. A status with an older `observedGeneration` says nothing about this
   * write.
   */
  readonly generation: number;
  readonly action: "created" | "configured" | "unchanged";
}

export interface ApplyOptions {
  readonly signal: AbortSignal;
  /** Opens sealed tokens immediately before the request. Its results are only sent to the cluster. */
  readonly reveal: (text: string) => string;
  /** Whether the apply takes fields over from other field managers. Default: no. */
  readonly force?: boolean;
  /**
   * Whether the apply takes over an existing object that belongs to no application, with all fields that `kubectl
   * apply` set.
   */
  readonly adopt?: boolean;
}

/**
 * What an apply would do, found without changing anything. `admitted`: the object as the API server would store it,
 * after defaults and all webhooks, with opened secret values masked. `refused`: the apply would fail.
 */
export type DryRun = { readonly admitted: Manifest } | { readonly refused: Refusal };

/**
 * Fields of an object on the cluster that an apply would change. Fields that only other managers set are not among
 * them.
 */
export interface LiveDifference {
  readonly ref: ObjectRef;
  /**
   * `foreign`: it belongs to another owner, and its fields are not shown. `refused`: the cluster would refuse the
   * apply.
   */
  readonly state: "same" | "different" | "missing" | "foreign" | "refused";
  /** Why the object is foreign or the apply is refused. */
  readonly reason?: Reason;
  readonly fields: readonly LiveField[];
}

export interface LiveField {
  readonly path: string;
  /** Present value. Secret values are masked, here and in `wanted`. */
  readonly live?: Json;
  readonly wanted?: Json;
  /** Field managers that own the field now, including kubemin if it is one of them. */
  readonly managers: readonly string[];
}

/** A difference between an object and what was applied, as the shared watches of the cluster report it. */
export interface Drift {
  readonly ref: ObjectRef;
  readonly gone: boolean;
  readonly fields: readonly string[];
  /** Field managers that set those fields, if the API server reports them. */
  readonly managers: readonly string[];
}

export interface RemoveOptions {
  readonly signal: AbortSignal;
  /** The uid of the object to remove. Another object of the same name is not removed. */
  readonly uid: string;
  /** Whether dependent objects (pods of a StatefulSet) keep running. Default: they are removed. */
  readonly orphan?: boolean;
}

export interface LogLine {
  /** Pod that wrote the line. */
  readonly pod: string;
  readonly container: string;
  readonly at: string;
  readonly text: string;
}

export interface LogOptions {
  readonly signal: AbortSignal;
  readonly follow: boolean;
  /** Number of last lines per container. Default: all lines. */
  readonly tail?: number;
  /**
   * Only without `follow`: reads the whole log, and a line before the last lines of a container says how many lines
   * came earlier.
   */
  readonly countEarlier?: boolean;
  readonly sinceSeconds?: number;
  /** Whether to read the log of the container before its last restart. */
  readonly previous?: boolean;
}

/** The owner of objects. kubemin sets these values as labels on each object that it creates. */
export interface Owner {
  readonly project: string;
  readonly namespace: string;
  readonly application: string;
  readonly component?: string;
  /**
   * Name of a Kubernetes Job, to select only its pods. A task may have several Jobs, one per content, until they are
   * pruned.
   */
  readonly job?: string;
}

export interface CapacityQuestion {
  /**
   * Whether pods find room now, from the view in memory. It is not guaranteed later. `unknown` while the view is out of
   * date.
   */
  check(request: CapacityRequest, signal: AbortSignal): Promise<CapacityVerdict>;
  /**
   * Why the queue on the cluster that the object names would not admit it: it is missing, closed or too small.
   * `undefined` when the object is in no queue, or nothing is known against its queue.
   */
  queueTrouble?(object: Manifest, signal: AbortSignal): Promise<Reason | undefined>;
  /** The whole and free capacity, its users, and the queue. Only users of the given project are named. */
  overview(project: string, signal: AbortSignal): Promise<CapacityOverview>;
  /**
   * Removes a ticket from the queue. `keep`: the found room stays reserved until the pods are on their nodes, at most a
   * minute. `free`: the room is released, also after an earlier `keep`; the caller does this when its job ends.
   */
  leave(ticket: string, room: "keep" | "free"): void;
  /**
   * Calls `onChange` when a verdict may have changed, at most ten times a second, until the returned function is
   * called.
   */
  subscribe(onChange: () => void): () => void;
}

/** Kinds of which the watches keep names, labels and keys, but no values: a changed value is not noticed. */
export const WATCHED_WITHOUT_DATA: ReadonlySet<string> = new Set(["ConfigMap", "Secret"]);

/** The objects that `Cluster.list` is asked for. */
export interface ListedKind extends Omit<ObjectRef, "name"> {
  /** Labels that the objects have. Default: all objects of the kind. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Cluster {
  readonly name: string;
  readonly kind: "kubernetes" | "sandbox";
  /** Asks for the version of the cluster, even while the breaker stops all other calls. Throws `ClusterError`. */
  probe(signal: AbortSignal): Promise<string>;
  /** Whether the breaker stops calls because the cluster does not answer. */
  breakerOpen(): boolean;
  /** Throws a `ClusterError` with the reason `ClusterUnreachable` when the cluster does not answer. */
  facts(signal: AbortSignal): Promise<ClusterFacts>;
  namespaceExists(namespace: string, signal: AbortSignal): Promise<boolean>;
  /**
   * Creates or changes the object with server-side apply. Writes nothing when nothing would change. Throws
   * `ClusterError`.
   */
  apply(object: Manifest, options: ApplyOptions): Promise<Applied>;
  /** What an apply would do. Changes nothing. Throws a `ClusterError` only when the cluster does not answer. */
  dryRun(object: Manifest, options: ApplyOptions): Promise<DryRun>;
  /** The fields that an apply would change, by a dry run that takes over all fields. Changes nothing. */
  compare(object: Manifest, options: ApplyOptions): Promise<LiveDifference>;
  /**
   * The objects that another person or tool changed since they were applied. It reads the shared watches and sends no
   * requests. Empty while the watches are out of date. For kinds in `WATCHED_WITHOUT_DATA`, only the keys and their
   * managers are compared.
   */
  drifted(objects: readonly Manifest[], signal: AbortSignal): Promise<readonly Drift[]>;
  /**
   * Calls `onChange` with the namespace in which an object of kubemin changed ("*" for all), until the returned
   * function is called.
   */
  subscribe(onChange: (namespace: string) => void): () => void;
  read(ref: ObjectRef, signal: AbortSignal): Promise<Manifest | null>;
  /**
   * All objects of a kind in one namespace, or in the whole cluster when the namespace is empty, including those of
   * other owners. Empty when the cluster does not serve the kind; `null` when kubemin has no right to list it.
   */
  list(kind: ListedKind, signal: AbortSignal): Promise<readonly Manifest[] | null>;
  /**
   * Resolves when the object no longer exists: `true` if this call removed it, `false` if there was none with that uid.
   */
  remove(ref: ObjectRef, options: RemoveOptions): Promise<boolean>;
  /**
   * Calls `onHealth` with the health of each object immediately and at each change, until the returned function is
   * called. `failed` and `rejected` are final: the implementation has already waited for a possible recovery.
   */
  follow(objects: readonly Applied[], onHealth: (health: ObjectHealth) => void): () => void;
  /** The present health of objects. */
  health(refs: readonly ObjectRef[], signal: AbortSignal): Promise<readonly ObjectHealth[]>;
  logs(owner: Owner, options: LogOptions): AsyncIterable<LogLine>;
  /**
   * Whether there is room for pods. Absent when the nodes are not visible: then only `dryRun` gives an answer.
   */
  readonly capacity?: CapacityQuestion;
  /** The addresses of the cluster itself, for network policies. Absent when the cluster has no network. */
  network?(signal: AbortSignal): Promise<ClusterNetwork>;
  /**
   * Tests whether the cluster enforces network policies, and removes what the test created. Absent when it has no
   * network.
   */
  probeNetwork?(probe: NetworkProbe): Promise<NetworkVerdict>;
  close(): Promise<void>;
}

/** The error when a cluster refuses a call or does not answer. `retryable`: the same call may succeed later. */
export class ClusterError extends Error {
  readonly reason: Reason;
  readonly retryable: boolean;
  readonly refusal: Refusal;

  constructor(reason: Reason, retryable: boolean, lasts?: Omit<Refusal, "reason">) {
    super(`${reason.code} ${JSON.stringify(reason.params)}`);
    this.name = "ClusterError";
    this.reason = reason;
    this.retryable = retryable;
    this.refusal = { reason, ...(lasts ?? { class: retryable ? "passing" : "final", grace: 0 }) };
  }
}

/** All clusters that this server knows. */
export interface Clusters {
  names(): readonly string[];
  /** Names of the clusters that the project may use. */
  usable(project: string): readonly string[];
  get(name: string): Cluster | undefined;
  /** Like `get`, but also finds a cluster that another process has just registered. */
  find(name: string): Promise<Cluster | undefined>;
  /** Calls the listener after the set of clusters changed in this process, until the returned function is called. */
  onChange(listener: () => void): () => void;
}
