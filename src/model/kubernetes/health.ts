// The health of one object on the cluster: a state, the reason, and the evidence for it.

import type { Reason } from "../reasons/reason.ts";
import type { ObjectRef } from "./manifest.ts";

/**
 * progressing: it becomes ready · ready · blocked: it waits for something outside of it (capacity, quota, a volume) ·
 * degraded: it was ready and is not now · suspended: it is paused · failed: it does not become ready by waiting ·
 * rejected: it was refused before anything started · missing · unknown: the view of the cluster is stale, or the check
 * failed
 */
export type HealthState =
  | "missing"
  | "progressing"
  | "blocked"
  | "ready"
  | "degraded"
  | "suspended"
  | "failed"
  | "rejected"
  | "unknown";

export interface Evidence {
  /** capacity: computed by kubemin, not reported by the cluster · decision: the grounds of a decision of the engine */
  readonly source: "event" | "condition" | "container" | "log" | "response" | "capacity" | "decision";
  /** For example `Pod/web-7d9-x` or `Deployment/web`. */
  readonly object: string;
  readonly text: string;
  /** The text as a reason, when kubemin wrote it: so it can be shown in each language. */
  readonly reason?: Reason;
}

export interface Health {
  readonly state: HealthState;
  readonly reason: Reason;
  readonly evidence: readonly Evidence[];
  /** Facts to show: replicas, the address of a route, `said`: the termination message of a program that succeeded. */
  readonly facts?: {
    readonly ready?: number;
    readonly wanted?: number;
    readonly address?: string;
    readonly said?: string;
    readonly before?: Before;
  };
}

/** Pods of the previous version that still exist while the new one starts. They answer requests until then. */
export interface Before {
  readonly ready: number;
  readonly pods: number;
  /** Number of their revision, if it is known. */
  readonly revision?: number;
}

export interface ObjectHealth extends Health {
  readonly ref: ObjectRef;
}

const SEVERITY: readonly HealthState[] = [
  "rejected",
  "failed",
  "missing",
  "degraded",
  "blocked",
  "unknown",
  "progressing",
  "suspended",
  "ready",
];

/**
 * The item with the worst state; among equal states, one with evidence. A Service without an endpoint comes last,
 * because its pods explain it. Undefined for an empty list.
 */
export function worst<T extends Health>(all: readonly T[]): T | undefined {
  const rank = ({ state, evidence, reason }: T): number =>
    10 * SEVERITY.indexOf(state) + (evidence.length > 0 ? 0 : reason.code === "EndpointsPending" ? 2 : 1);
  return [...all].sort((a, b) => rank(a) - rank(b))[0];
}
