// How a run is told while it goes on: one interface, two renderers. A terminal gets a tree that is redrawn in place, everything
// else gets lines that are only ever appended. Both write to stderr: stdout stays data.
import type { z } from "zod";
import type { JobView, RunView } from "../../../api/views.ts";

export type ApiRun = z.output<typeof RunView>;
export type ApiJob = z.output<typeof JobView>;

export interface ProgressRenderer {
  /** The run as it stands now; `at` is when that became so. */
  show(run: ApiRun, at: string): void;
  log(job: string, text: string, at: string): void;
  /** Something about us, not about the run: the connection was lost. */
  notice(text: string): void;
  /** Nothing is drawn after this. */
  end(): void;
}
