// The input and the result of a health rule. Rules are functions of the objects and the time, so the same moment gives
// the same verdict. Each verdict says when time alone would change it, so that a follower does not need to poll.
import type { Evidence, Health } from "../../model/kubernetes/health.ts";
import type { ObjectRef } from "../../model/kubernetes/manifest.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import type { StoredObject } from "../objects/sandboxObjects.ts";
import type { Timing } from "../time/timing.ts";

export interface SandboxView {
  readonly now: number;
  readonly timing: Timing;
  readonly get: (ref: ObjectRef) => StoredObject | undefined;
  readonly list: (namespace: string) => readonly StoredObject[];
}

export interface SandboxVerdict {
  readonly health: Health;
  /** Milliseconds since the epoch of the next change that time alone causes; `null` when there is none. */
  readonly changesAt: number | null;
}

export type HealthRule = (object: StoredObject, view: SandboxView) => SandboxVerdict;

export function verdict(state: Health["state"], why: Reason, changesAt: number | null = null): SandboxVerdict {
  return { health: { state, reason: why, evidence: [] }, changesAt };
}

export function seen(state: Health["state"], why: Reason, evidence: readonly Evidence[]): SandboxVerdict {
  return { health: { state, reason: why, evidence }, changesAt: null };
}

export const ready: HealthRule = () => verdict("ready", reason("Ready"));

/** The earliest moment after `now`; `null` when there is none. */
export function nextOf(now: number, moments: readonly (number | null)[]): number | null {
  const ahead = moments.filter((moment) => moment !== null && moment > now) as number[]; // filter leaves no null
  return ahead.length === 0 ? null : Math.min(...ahead);
}
