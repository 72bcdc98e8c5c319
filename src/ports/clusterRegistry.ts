// Clusters that are registered while the server runs, beside those that it was started with. All processes of one store see the same ones.
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
  /** The server's certificate is not checked. */
  readonly insecure: boolean;
  readonly auth: "token" | "certificate" | "password" | "plugin" | "none";
}

/** What a cluster told of itself when it was registered. Empty texts: it did not tell. */
export interface Introduction {
  readonly version: string;
  /** Who we are there. */
  readonly user: string;
  /** Of its namespace kube-system: the cluster's own identity. */
  readonly uid: string;
}

export interface RegisteredCluster {
  readonly name: string;
  readonly way: ClusterWay;
  readonly user: string;
  readonly uid: string;
  /** How to reach it, sealed as a whole: an address may hold a secret too. */
  readonly target: string;
  /** Those that may use it; empty: all. */
  readonly projects: readonly string[];
  /** Calls at the same time, of each process. */
  readonly calls: number;
  /** Grows with every change. */
  readonly generation: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly actor: string;
}

export type ClusterRemoval =
  | { readonly outcome: "removed" | "missing" }
  /** `applications`: the first of `count`, with their projects. */
  | {
      readonly outcome: "used";
      readonly applications: readonly string[];
      readonly count: number;
      readonly runs: number;
    };

export interface RegisteredClusters {
  list(): Promise<readonly RegisteredCluster[]>;
  /** False: there is one of that name. */
  add(cluster: RegisteredCluster): Promise<boolean>;
  /** False when the stored one is not of the generation before: somebody was faster, or it is gone. */
  update(cluster: RegisteredCluster): Promise<boolean>;
  /**
   * Not while runs on it are unfinished, nor while applications are on it, unless `forget`: then these are forgotten with all that they own,
   * as if they had been deleted.
   */
  remove(name: string, options: { readonly forget: boolean; readonly actor: string }): Promise<ClusterRemoval>;
}

/** The last thing that a cluster was asked, now and then: whether it is there. */
export interface ClusterPulse {
  readonly reachable: boolean;
  readonly version: string;
  /** Why it is not reachable. */
  readonly reason: Reason | null;
  /** Milliseconds that the answer took. */
  readonly took: number;
}

export interface ClusterEntry {
  readonly name: string;
  readonly kind: Cluster["kind"];
  /** Null for those that the server was started with. */
  readonly registered: RegisteredCluster | null;
  readonly breaker: "closed" | "open";
  /** At most this old: what it said to the last question. Waits for the first answer, but not for long. */
  pulse(): Promise<ClusterPulse>;
}

export interface ClusterSettings {
  readonly projects?: readonly string[];
  readonly calls?: number;
}

export interface ClusterRegistry extends Clusters {
  entries(): readonly ClusterEntry[];
  /** All these throw PlatformError. Once they return, this process knows the change, and the others are told. */
  add(name: string, given: GivenCluster, options: ClusterSettings & CallerContext): Promise<RegisteredCluster>;
  update(name: string, change: ClusterChange, options: CallerContext): Promise<RegisteredCluster>;
  remove(name: string, options: { readonly forget: boolean } & CallerContext): Promise<void>;
}

export interface ClusterChange extends ClusterSettings {
  readonly given?: GivenCluster;
  /** The generation that the caller saw. */
  readonly expected?: number;
}

export interface CallerContext {
  readonly actor: string;
  readonly signal: AbortSignal;
}
