// How one object on the cluster is doing: a state, the reason, and what we saw that makes us say so.

import type { Reason } from "../reasons/reason.ts";
import type { ObjectRef } from "./manifest.ts";

/**
 * progressing: on its way · ready · blocked: waits for something that only others can give (capacity, quota, a volume) ·
 * degraded: was ready, is not now · failed: will not become ready by waiting · rejected: refused before anything started ·
 * missing · unknown: we cannot tell (our view is stale or the check itself failed)
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
  /** capacity: our own arithmetic about room, no words of the cluster · decision: what a decision of the engine was made on */
  readonly source: "event" | "condition" | "container" | "log" | "response" | "capacity" | "decision";
  /** `Pod/web-7d9-x`, `Deployment/web`. */
  readonly object: string;
  readonly text: string;
  /** The same as data and in every language, where it is our own sentence. */
  readonly reason?: Reason;
}

export interface Health {
  readonly state: HealthState;
  readonly reason: Reason;
  readonly evidence: readonly Evidence[];
  /** Numbers and addresses worth showing: replicas ready and wanted, the address of a route, the last words of a program that succeeded. */
  readonly facts?: {
    readonly ready?: number;
    readonly wanted?: number;
    readonly address?: string;
    readonly said?: string;
    readonly before?: Before;
  };
}

/** Pods of the version before that are still there while the new one comes: until then they are what answers. */
export interface Before {
  readonly ready: number;
  readonly pods: number;
  /** Which revision they are of, as far as it is known. */
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
 * The worst state decides; among equals the one that says why. A Service without an endpoint only follows from what its pods do, and
 * says it last. An empty list is ready: nothing to wait for.
 */
export function worst<T extends Health>(all: readonly T[]): T | undefined {
  const rank = ({ state, evidence, reason }: T): number =>
    10 * SEVERITY.indexOf(state) + (evidence.length > 0 ? 0 : reason.code === "EndpointsPending" ? 2 : 1);
  return [...all].sort((a, b) => rank(a) - rank(b))[0];
}
