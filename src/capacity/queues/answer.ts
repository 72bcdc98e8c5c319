// The answer of a queue in front of the scheduler (Kueue, Volcano) about a job, reduced to a few classes.
import type { Reason } from "../../model/reasons/reason.ts";

/**
 * interrupted: it ran or was admitted, lost its place and waits again · expired: it waited too often or too long ·
 * failed: it ran too long
 */
export type QueueClass =
  | "waits"
  | "rejected"
  | "interrupted"
  | "expired"
  | "failed"
  | "running"
  | "succeeded"
  | "unknown";

export interface QueueAnswer {
  readonly class: QueueClass;
  readonly reason: Reason;
  /** Milliseconds for which the answer must last before it is final: a missing object may be created a moment later. */
  readonly grace?: number;
}
