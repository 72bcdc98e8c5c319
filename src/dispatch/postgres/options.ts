// What a process is to the queue.
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";

export interface PgBossOptions {
  readonly url: string;
  readonly log: Log;
  readonly clock: Clock;
  /** Drives of this process that do something at the same time. */
  readonly slots: number;
  /** Duties of one group that are held at the same time, by all processes together. */
  readonly groupLimit?: number;
  /** Looks after duties, and after the queue itself. False: this process only wakes. */
  readonly works: boolean;
}
