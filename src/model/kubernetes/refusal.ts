// The refusal of a write by a cluster, and for how long it is expected to last.

import type { Reason } from "../reasons/reason.ts";

export interface Refusal {
  readonly reason: Reason;
  /**
   * final: the same write is always refused · waits: it succeeds when other owners free their share · passing: a
   * temporary fault, worth a retry
   */
  readonly class: "final" | "waits" | "passing";
  /**
   * Milliseconds for which a final refusal must persist before it counts: webhooks also deny for causes that pass. 0:
   * it counts immediately.
   */
  readonly grace: number;
}
