// What a kind of sink can do: take events. Each kind is one file beside this one.

import type { SinkFailure } from "../model/reasons/sinkFailure.ts";
import type { PlatformEvent } from "../model/run/event.ts";

export interface Delivery {
  /** So many of the events, from the first one on. */
  readonly taken: number;
  /** Why not all; null with fewer than all: it was not tried any further, and nobody is to blame. */
  readonly failure: SinkFailure | null;
}

export interface Patience {
  /** The server stops: what is under way is given up. */
  readonly signal: AbortSignal;
  /** False: begin nothing more. */
  readonly more: () => boolean;
}

export interface Transport {
  /** Events of one key, to be taken in this order. Never rejects. */
  deliver(events: readonly PlatformEvent[], patience: Patience): Promise<Delivery>;
  close(): Promise<void>;
}
