// Whether pods find room on a cluster: the question and the answer. An answer is advice of one moment, never a promise: somebody may be
// faster between the answer and the pod.

import type { Reason } from "../reasons/reason.ts";
import type { Manifest } from "./manifest.ts";

/** Pods of one shape. `pod` is a whole Pod manifest as it would be created; its name is that of the pod, or of the Job that makes it. */
export interface PodGroup {
  readonly pod: Manifest;
  readonly count: number;
}

export interface CapacityRequest {
  /** They run side by side: there is room for all of them or it is said that there is none. */
  readonly groups: readonly PodGroup[];
  /** Runs of this project are named as holders of what is short; those of others are only counted. */
  readonly project: string;
  /** Keep the room free from our own later questions until the pods are seen on their nodes, for a minute at most. */
  readonly reserve?: boolean;
  /** Whoever is about to make the pods takes a place in the line, and room that is found is kept for it. */
  readonly ticket?: Ticket;
}

/** A place in the line of those who wait for room. Asking again with the same id keeps it. */
export interface Ticket {
  readonly id: string;
  /** Milliseconds since the epoch; the oldest is served first. */
  readonly since: number;
  /** From then on room is kept for it when it is the first of its line; missing: never. */
  readonly overdueAt?: number;
  /** How its own project calls it. */
  readonly name: string;
}

/** Of those who wait for the same kind of resources. */
export interface QueuePosition {
  readonly position: number;
  readonly of: number;
}

/**
 * fits: there is room now · waits: not now, but others may give way · rejected: no waiting makes it possible on this cluster ·
 * unknown: it cannot be told from outside of the scheduler; nothing is refused for that
 */
type CapacityClass = "fits" | "waits" | "rejected" | "unknown";

/** In words of Kubernetes: `500m`, `4`, `12Gi`. */
export interface Shortage {
  readonly resource: string;
  readonly asked: string;
  /** Free on the best node. */
  readonly free: string;
  readonly missing: string;
}

export interface BestNode {
  readonly name: string;
  /** What keeps the pod off it, in short English words. */
  readonly lacks: readonly string[];
}

/** Who has what is short. */
export interface CapacityHolders {
  /** Runs of the asking project, by name. */
  readonly own: readonly string[];
  /** Pods of everybody else. */
  readonly others: number;
}

export interface CapacityVerdict {
  readonly class: CapacityClass;
  readonly reason: Reason;
  /** Of one pod on the best node; empty when it is not resources that are short. */
  readonly missing: readonly Shortage[];
  readonly best?: BestNode;
  readonly holders: CapacityHolders;
  /** What would be possible now. */
  readonly hint?: Reason;
  /** What it waits for, in a word that is the same for all who wait for the same: `nvidia.com/gpu H100`, `cpu`. */
  readonly flavor?: string;
  readonly queue?: QueuePosition;
  readonly nodes: { readonly total: number; readonly suitable: number };
}

export const NO_HOLDERS: CapacityHolders = { own: [], others: 0 };

/** One kind of resources on one kind of nodes. */
export interface FlavorRoom {
  /** `cpu`, `nvidia.com/gpu H100`. */
  readonly flavor: string;
  readonly resource: string;
  /** Nodes that have any of it. */
  readonly nodes: number;
  /** In words of Kubernetes: `500m`, `4`, `12Gi`. */
  readonly total: string;
  /** On nodes that take pods now. */
  readonly free: string;
  /** The most that one pod could get; missing when nothing is free. */
  readonly largest?: { readonly node: string; readonly free: string };
  readonly holders: CapacityHolders;
}

/** Somebody in the line. */
export interface WaitingRoom {
  /** Empty: of another project. */
  readonly name: string;
  readonly flavor: string;
  /** Among those who wait for the same. */
  readonly position: number;
  readonly since: number;
  readonly reason: Reason;
}

export interface CapacityOverview {
  /** Why it cannot be told; the rest is empty then. */
  readonly unknown?: Reason;
  /** open: take pods now. */
  readonly nodes: { readonly total: number; readonly open: number };
  readonly flavors: readonly FlavorRoom[];
  readonly waiting: readonly WaitingRoom[];
}
