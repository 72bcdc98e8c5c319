// The options with which a process opens the queue in PostgreSQL.
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";

export interface PgBossOptions {
  readonly url: string;
  readonly log: Log;
  readonly clock: Clock;
  /** The most duties that this process drives at the same time; duties whose drive rests do not count. */
  readonly slots: number;
  /** The most duties of one group that all processes together hold at the same time. Default: no limit. */
  readonly groupLimit?: number;
  /** True when this process drives duties and maintains the queue; false when it only wakes duties. */
  readonly works: boolean;
}
