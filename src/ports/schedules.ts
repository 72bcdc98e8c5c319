// The interface to the stored schedules and the time of their last and next run. src/database/tables/schedules.ts
// implements it.
import type { Schedule, ScheduleTick } from "../model/run/schedule.ts";

export interface Schedules {
  /** Creates a schedule or changes its settings. A change keeps its pause and its last run. */
  put(schedule: Schedule): Promise<Schedule>;
  /** Schedules sorted by name. Without a project: those of all projects. */
  list(project?: string): Promise<readonly Schedule[]>;
  get(project: string, name: string): Promise<Schedule | null>;
  find(id: string): Promise<Schedule | null>;
  remove(project: string, name: string): Promise<boolean>;
  pause(id: string, pausedBy: string | null, nextAt: string | null): Promise<void>;
  /**
   * Writes the next time, only if the stored next time and settings are still those of `from`. `false`: another process
   * was faster.
   */
  advance(from: Schedule, to: { readonly nextAt: string | null; readonly last: ScheduleTick }): Promise<boolean>;
}
