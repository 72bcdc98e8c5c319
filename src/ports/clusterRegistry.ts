// The interface to clusters that are registered while the server runs, in addition to those that it was started with.
// All processes that share a database see the same clusters. src/clusters and src/database/tables/clusters.ts implement
// it.
import type { Reason } from "../model/reasons/reason.ts";
import type { Cluster, Clusters } from "./cluster.ts";

export type GivenCluster =
  | { readonly type: "kubeconfig"; readonly text: string; readonly context: string | undefined }
  | {
      readonly type: "token";
      readonly server: string;
      readonly token: string;
      readonly ca: string | undefined;
      readonly insecure: boolean;
    };

export interface ClusterWay {
  readonly server: string;
  /** Whether the certificate of the server is not checked. */
  readonly insecure: boolean;
  readonly auth: "token" | "certificate" | "password" | "plugin" | "none";
}

/** Facts about a cluster from its registration. A text is empty when the cluster did not report it. */
export interface Introduction {
  readonly version: string;
  /** Name of the user as whom kubemin calls the cluster. */
  readonly user: string;
  /** The uid of its namespace kube-system, which identifies the cluster. */
  readonly uid: string;
}

export interface RegisteredCluster {
  readonly name: string;
  readonly way: ClusterWay;
  readonly user: string;
  readonly uid: string;
  /** How to reach the cluster. It is sealed completely, because an address may also contain a secret. */
  readonly target: string;
  /** Projects that may use the cluster. Empty: all projects. */
  readonly projects: readonly string[];
  /** Largest number of calls at the same time, per process. */
  readonly calls: number;
  /** Number that grows with each change. */
  readonly generation: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly actor: string;
}

export type ClusterRemoval =
  | { readonly outcome: "removed" | "missing" }
  /** `applications`: some of the `count` applications, with their projects. */
  | {
      readonly outcome: "used";
      readonly applications: readonly string[];
      readonly count: number;
      readonly runs: number;
    };

export interface RegisteredClusters {
  list(): Promise<readonly RegisteredCluster[]>;
  /** `false` when a cluster of that name exists. */
  add(cluster: RegisteredCluster): Promise<boolean>;
  /** `false` when the stored cluster does not have the previous generation: another process changed or removed it. */
  update(cluster: RegisteredCluster): Promise<boolean>;
  /**
   * Refused while runs on the cluster are unfinished, and while applications use it. With `forget`, these applications
   * and their inventory are removed from the database, as if they had been deleted.
   */
  remove(name: string, options: { readonly forget: boolean; readonly actor: string }): Promise<ClusterRemoval>;
}

/** The result of the last check whether the cluster is reachable. */
export interface ClusterPulse {
  readonly reachable: boolean;
  readonly version: string;
  /** Why the cluster is not reachable; `null` when it is. */
  readonly reason: Reason | null;
  /** Duration of the check in milliseconds. */
  readonly took: number;
}

export interface ClusterEntry {
  readonly name: string;
  readonly kind: Cluster["kind"];
  /** The registration; `null` for a cluster that the server was started with. */
  readonly registered: RegisteredCluster | null;
  readonly breaker: "closed" | "open";
  /** The result of the last check. Before the first one it waits for the answer, for a limited time. */
  pulse(): Promise<ClusterPulse>;
}

export interface ClusterSettings {
  readonly projects?: readonly string[];
  readonly calls?: number;
}

export interface ClusterRegistry extends Clusters {
  entries(): readonly ClusterEntry[];
  /**
   * These functions throw `PlatformError`. When they resolve, this process knows the change, and other processes are
   * notified.
   */
  add(name: string, given: GivenCluster, options: ClusterSettings & CallerContext): Promise<RegisteredCluster>;
  update(name: string, change: ClusterChange, options: CallerContext): Promise<RegisteredCluster>;
  remove(name: string, options: { readonly forget: boolean } & CallerContext): Promise<void>;
}

export interface ClusterChange extends ClusterSettings {
  readonly given?: GivenCluster;
  /** Generation that the caller saw. Default: the change is made regardless of the generation. */
  readonly expected?: number;
}

export interface CallerContext {
  readonly actor: string;
  readonly signal: AbortSignal;
}
