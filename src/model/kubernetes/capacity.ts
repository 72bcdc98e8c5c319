// The question whether pods find room on a cluster, and its answer. An answer is advice for one moment, not a promise:
// another program may create pods before the caller does. src/capacity computes the answers.

import type { Reason } from "../reasons/reason.ts";
import type { Manifest } from "./manifest.ts";

/**
 * Pods of one shape. `pod` is the complete manifest of a Pod; its name is that of the pod, or of the object that
 * creates it.
 */
export interface PodGroup {
  readonly pod: Manifest;
  readonly count: number;
  /** The fewest pods with which a queue may start them (partial admission of Kueue). Default: `count`. */
  readonly least?: number;
  /** The object whose controller creates the pods. Absent for a pod that is created directly. */
  readonly maker?: Manifest;
  /**
   * `true`: the pod is as the cluster has it, after defaults and webhooks. Absent: it is as planned, and webhooks may
   * still change it.
   */
  readonly admitted?: true;
  /** `true`: a queue of the cluster decides when the pods are created, for example because their Job is suspended. */
  readonly held?: true;
}

export interface CapacityRequest {
  /** Groups that run at the same time: the answer is `fits` only if there is room for all of them. */
  readonly groups: readonly PodGroup[];
  /** Runs of this project are named when they hold what is short; pods of other owners are only counted. */
  readonly project: string;
  /**
   * Whether to reserve the room against later requests of kubemin until the pods are on their nodes, for a minute at
   * most.
   */
  readonly reserve?: boolean;
  /** Whether only the nodes that exist count, although an autoscaler may add others. */
  readonly existingNodes?: boolean;
  /**
   * Set when the caller is about to create the pods: the request waits in the queue, and room that is found is reserved
   * for it.
   */
  readonly ticket?: Ticket;
}

/** A place in the queue of requests that wait for room. A request with the same id keeps its place. */
export interface Ticket {
  readonly id: string;
  /** Milliseconds since the epoch; the oldest is served first. */
  readonly since: number;
  /**
   * Milliseconds since the epoch. From then on room is reserved for the request when it is the first of its queue.
   * Default: never.
   */
  readonly overdueAt?: number;
  /** The name that its own project sees in the queue. */
  readonly name: string;
  /** The priority of the run. Within a project, requests of a higher priority come first. Default: `normal`. */
  readonly priority?: "low" | "normal" | "high";
  /** The weights of the project; the most specific one counts. Default: 1 for all flavors. */
  readonly weights?: readonly CapacityWeight[];
}

/** `flavor`: a flavor such as `nvidia.com/gpu H100`, or a resource for all of its flavors; `null`: all resources. */
export interface CapacityWeight {
  readonly flavor: string | null;
  readonly weight: number;
}

/** The position among the requests that wait for the same kind of resources. */
export interface QueuePosition {
  readonly position: number;
  readonly of: number;
  /** Default: no request is before it. */
  readonly before?: BeforeInQueue;
}

/** The requests that are before a request in its queue, and why. */
export interface BeforeInQueue {
  /** Names of requests of the same project. */
  readonly own: readonly string[];
  /** Number of requests of other projects. */
  readonly others: number;
  /** What the project of the first of those requests uses, and what the own project uses. Default: no such requests. */
  readonly shares?: { readonly first: ShareUse; readonly own: ShareUse };
}

/** Quantities of Kubernetes. `share`: what the weight of the project entitles it to while other projects wait. */
export interface ShareUse {
  readonly used: string;
  readonly share: string;
}

/**
 * fits: there is room now · waits: there is no room now, but there may be later · rejected: it never fits on this
 * cluster, however long it waits · unknown: only the scheduler can decide it; nothing is refused for that reason
 */
type CapacityClass = "fits" | "waits" | "rejected" | "unknown";

/** Amounts are quantities of Kubernetes: `500m`, `4`, `12Gi`. */
export interface Shortage {
  readonly resource: string;
  readonly asked: string;
  /** The free amount on the best node. */
  readonly free: string;
  readonly missing: string;
}

export interface BestNode {
  readonly name: string;
  /** What the pod lacks on it, as sentences about the node. */
  readonly lacks: readonly Reason[];
}

/** The holders of the resources that are short. */
export interface CapacityHolders {
  /** Names of runs of the project that asks. */
  readonly own: readonly string[];
  /** Number of pods of all other owners. */
  readonly others: number;
}

export interface CapacityVerdict {
  readonly class: CapacityClass;
  readonly reason: Reason;
  /** What one pod lacks on the best node. Empty when no resources are short. */
  readonly missing: readonly Shortage[];
  readonly best?: BestNode;
  readonly holders: CapacityHolders;
  /** A smaller request that would fit now. */
  readonly hint?: Reason;
  /**
   * The kind of resources that it waits for: `nvidia.com/gpu H100`, `cpu`. Requests with the same flavor share a queue.
   */
  readonly flavor?: string;
  readonly queue?: QueuePosition;
  readonly nodes: { readonly total: number; readonly suitable: number };
}

export const NO_HOLDERS: CapacityHolders = { own: [], others: 0 };

/** One kind of resources on one kind of nodes. */
export interface FlavorRoom {
  /** For example `cpu` or `nvidia.com/gpu H100`. */
  readonly flavor: string;
  readonly resource: string;
  /** Number of nodes that have any of it. */
  readonly nodes: number;
  /** A quantity of Kubernetes: `500m`, `4`, `12Gi`. */
  readonly total: string;
  /** The free amount on nodes that take pods now. */
  readonly free: string;
  /** The most that one pod could get. Undefined when nothing is free. */
  readonly largest?: { readonly node: string; readonly free: string };
  readonly holders: CapacityHolders;
}

/** A request in the queue. */
export interface WaitingRoom {
  /** Empty when the request belongs to another project. */
  readonly name: string;
  readonly flavor: string;
  /** Position among the requests with the same flavor, from 1. */
  readonly position: number;
  /** Only for requests of the own project. Default: no request is before it. */
  readonly before?: BeforeInQueue;
  readonly since: number;
  readonly reason: Reason;
}

export interface CapacityOverview {
  /** Why the overview is not known. All other fields are empty then. */
  readonly unknown?: Reason;
  /** open: number of nodes that take pods now. */
  readonly nodes: { readonly total: number; readonly open: number };
  readonly flavors: readonly FlavorRoom[];
  readonly waiting: readonly WaitingRoom[];
}
