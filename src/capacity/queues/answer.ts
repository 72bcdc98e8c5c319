// What a queue in front of the scheduler (Kueue, Volcano) says of a job, in our few words.
import type { Reason } from "../../model/reasons/reason.ts";

/** interrupted: it ran or was let in, and lost its place; it goes back to waiting · failed: it ran too long */
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
  /** Not final before it has lasted so many milliseconds: what is missing may be made a moment later. */
  readonly grace?: number;
}
