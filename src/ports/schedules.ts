// Where schedules are kept, and how far each has come.
import type { Schedule, ScheduleTick } from "../model/run/schedule.ts";

export interface Schedules {
  /** New, or with other settings than before; a change keeps its pause and its last time. */
  put(schedule: Schedule): Promise<Schedule>;
  /** By name; without a project: all of them. */
  list(project?: string): Promise<readonly Schedule[]>;
  get(project: string, name: string): Promise<Schedule | null>;
  find(id: string): Promise<Schedule | null>;
  remove(project: string, name: string): Promise<boolean>;
  pause(id: string, pausedBy: string | null, nextAt: string | null): Promise<void>;
  /** Only if nobody was faster or changed it: its next time and settings are still those. */
  advance(from: Schedule, to: { readonly nextAt: string | null; readonly last: ScheduleTick }): Promise<boolean>;
}
