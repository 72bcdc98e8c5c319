// The interface of a kind of sink: it delivers events. Each kind is one file of this folder.

import type { SinkFailure } from "../model/reasons/sinkFailure.ts";
import type { PlatformEvent } from "../model/run/event.ts";

export interface Delivery {
  /** Number of events that were delivered, counted from the first one. */
  readonly taken: number;
  /**
   * Why not all events were delivered. `null` when all were delivered, or when the delivery stopped early without a
   * failure.
   */
  readonly failure: SinkFailure | null;
}

export interface Patience {
  /** Aborts when the server stops: a call in progress is given up then. */
  readonly signal: AbortSignal;
  /** Returns false when no further call may be started. */
  readonly more: () => boolean;
}

export interface SinkTransport {
  /** Delivers the events of one key, in this order. */
  deliver(events: readonly PlatformEvent[], patience: Patience): Promise<Delivery>;
  close(): Promise<void>;
}
