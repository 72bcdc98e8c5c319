// What the core needs from a cluster. Two implementations under one contract suite: kube/ (a real API server) and sandbox/ (simulated).
// Readiness and failure verdicts are the implementation's: it alone knows what its objects mean.

import type { Json } from "../model/data/json.ts";
import type { CapacityOverview, CapacityRequest, CapacityVerdict } from "../model/kubernetes/capacity.ts";
import type { ClusterNetwork } from "../model/kubernetes/clusterNetwork.ts";
import type { ObjectHealth } from "../model/kubernetes/health.ts";
import type { Manifest, ObjectRef } from "../model/kubernetes/manifest.ts";
import type { NetworkProbe, NetworkVerdict } from "../model/kubernetes/networkVerdict.ts";
import type { Reason } from "../model/reasons/reason.ts";
import type { ClusterFacts } from "../model/run/plan.ts";

export interface Applied {
  readonly ref: ObjectRef;
  readonly uid: string;
  /** Generation after our write; a status that is older than it says nothing about what we asked for. */
  readonly generation: number;
  readonly action: "created" | "configured" | "unchanged";
}

export interface ApplyOptions {
  readonly signal: AbortSignal;
  /** Opens sealed tokens at the last moment; what it returns goes to the cluster and nowhere else. */
  readonly reveal: (text: string) => string;
  /** Take fields over from other managers. */
  readonly force?: boolean;
  /** An object that exists and belongs to no application becomes ours, with all fields that `kubectl apply` gave it. */
  readonly adopt?: boolean;
}

/** Fields of an object on the cluster that an apply would change; what others added beside ours is not among them. */
export interface LiveDifference {
  readonly ref: ObjectRef;
  /** foreign: it belongs to somebody else, and nothing of it is told · refused: the cluster would not take what we want */
  readonly state: "same" | "different" | "missing" | "foreign" | "refused";
  /** Why it is foreign or refused. */
  readonly reason?: Reason;
  readonly fields: readonly LiveField[];
}

export interface LiveField {
  readonly path: string;
  /** Values of secrets are masked, on both sides. */
  readonly live?: Json;
  readonly wanted?: Json;
  /** Field managers that hold it now, ours included where it is one of them. */
  readonly managers: readonly string[];
}

/** What the shared watches tell of an object that no longer holds what was applied. */
export interface Drift {
  readonly ref: ObjectRef;
  readonly gone: boolean;
  readonly fields: readonly string[];
  /** Who set those fields, as far as the server told it. */
  readonly managers: readonly string[];
}

export interface RemoveOptions {
  readonly signal: AbortSignal;
  /** Only the object with this uid is removed; another one of the same name is left alone. */
  readonly uid: string;
  /** Leave what depends on it (pods of a StatefulSet) running. */
  readonly orphan?: boolean;
}

export interface LogLine {
  /** Pod and container it came from. */
  readonly pod: string;
  readonly container: string;
  readonly at: string;
  readonly text: string;
}

export interface LogOptions {
  readonly signal: AbortSignal;
  readonly follow: boolean;
  /** Last lines of each container; all when undefined. */
  readonly tail?: number;
  /** Without `follow`: everything is read, and before the last lines of a container one says how many came earlier. */
  readonly countEarlier?: boolean;
  readonly sinceSeconds?: number;
  /** Of the container's previous life. */
  readonly previous?: boolean;
}

/** Whose objects: everything that we make carries these as labels. */
export interface Owner {
  readonly project: string;
  readonly namespace: string;
  readonly application: string;
  readonly component?: string;
  /** Only pods of this Job (a task leaves one Job per content behind until it is pruned). */
  readonly job?: string;
}

export interface CapacityQuestion {
  /** An answer of this moment, from memory: no promise. `unknown` while the view of the cluster is old. */
  check(request: CapacityRequest, signal: AbortSignal): Promise<CapacityVerdict>;
  /** What there is, what is free, who holds it and who waits. Names only what is the project's own. */
  overview(project: string, signal: AbortSignal): Promise<CapacityOverview>;
  /** Out of the line. keep: the room that was found stays free until the pods are on their nodes, for a minute at most. */
  leave(ticket: string, room: "keep" | "free"): void;
  /** Called, not more often than ten times a second, when an answer may have become another, until the returned function is called. */
  subscribe(onChange: () => void): () => void;
}

/** Kinds of which the watches hold names, labels and keys, and no values: whether a value was changed is not seen. */
export const WATCHED_WITHOUT_DATA: ReadonlySet<string> = new Set(["ConfigMap", "Secret"]);

export interface Cluster {
  readonly name: string;
  readonly kind: "kubernetes" | "sandbox";
  /** The lightest question that there is: its version. Asked even when a breaker holds back everything else. Throws ClusterError. */
  probe(signal: AbortSignal): Promise<string>;
  /** Whether calls are held back because it does not answer. */
  breakerOpen(): boolean;
  /** Fails with ClusterError("ClusterUnreachable") when the cluster does not answer. */
  facts(signal: AbortSignal): Promise<ClusterFacts>;
  namespaceExists(namespace: string, signal: AbortSignal): Promise<boolean>;
  /** Server-side apply; creates or changes the object, and writes nothing when the cluster already holds it so. Throws ClusterError. */
  apply(object: Manifest, options: ApplyOptions): Promise<Applied>;
  /** What apply would be refused for, or null. Nothing is changed. */
  check(object: Manifest, options: ApplyOptions): Promise<Reason | null>;
  /** What apply would change, by a dry run that takes over every field. Nothing is changed. */
  compare(object: Manifest, options: ApplyOptions): Promise<LiveDifference>;
  /**
   * Those of the objects that somebody changed since they were applied, from the shared watches: no request for each object.
   * Empty while the watches are not current. Of kinds in WATCHED_WITHOUT_DATA only who set which key is seen.
   */
  drifted(objects: readonly Manifest[], signal: AbortSignal): Promise<readonly Drift[]>;
  /** Called with the namespace in which something of kubemin's changed, "*" for all, until the returned function is called. */
  subscribe(onChange: (namespace: string) => void): () => void;
  read(ref: ObjectRef, signal: AbortSignal): Promise<Manifest | null>;
  /**
   * All objects of a kind, whoever made them; of one namespace, or of the whole cluster when it is empty. None where the kind is not served;
   * null where they are not for our eyes.
   */
  list(kind: Omit<ObjectRef, "name">, signal: AbortSignal): Promise<readonly Manifest[] | null>;
  /** Resolves once the object is gone: true if it was removed now, false if there was none with that uid. */
  remove(ref: ObjectRef, options: RemoveOptions): Promise<boolean>;
  /**
   * Calls `onHealth` with the health of each object at once and at every change, until the returned function is called.
   * `failed` and `rejected` are final verdicts: whatever waiting they deserve has been done here.
   */
  follow(objects: readonly Applied[], onHealth: (health: ObjectHealth) => void): () => void;
  /** Health of objects right now, without following them. */
  health(refs: readonly ObjectRef[], signal: AbortSignal): Promise<readonly ObjectHealth[]>;
  logs(owner: Owner, options: LogOptions): AsyncIterable<LogLine>;
  /** Whether there is room for pods. Left out where nothing is known of nodes: then only the dry run of `check` tells. */
  readonly capacity?: CapacityQuestion;
  /** Where the cluster itself lives, for rules of the network. Left out where there is no network. */
  network?(signal: AbortSignal): Promise<ClusterNetwork>;
  /** Tries out whether policies of the network are obeyed; leaves nothing behind. Left out where there is no network. */
  probeNetwork?(probe: NetworkProbe): Promise<NetworkVerdict>;
  close(): Promise<void>;
}

/** A cluster's refusal or silence, already in words. `retryable`: the same call may succeed later. */
export class ClusterError extends Error {
  readonly reason: Reason;
  readonly retryable: boolean;

  constructor(reason: Reason, retryable: boolean) {
    super(`${reason.code} ${JSON.stringify(reason.params)}`);
    this.name = "ClusterError";
    this.reason = reason;
    this.retryable = retryable;
  }
}

/** All clusters that this server was told of; nothing else is ever touched. */
export interface Clusters {
  names(): readonly string[];
  /** Those that the project may use. */
  usable(project: string): readonly string[];
  get(name: string): Cluster | undefined;
  /** The same, after a look whether another process has registered it just now. */
  find(name: string): Promise<Cluster | undefined>;
  /** Called after the set of clusters changed in this process, until the returned function is called. */
  onChange(listener: () => void): () => void;
}
