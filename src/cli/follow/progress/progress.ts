// The interface of the two renderers that show the progress of a run: live.ts redraws a tree in place on a terminal;
// plain.ts appends lines everywhere else. Both write to stderr, because stdout is for data.
import type { z } from "zod";
import type { JobView, RunView } from "../../../api/views.ts";

export type ApiRun = z.output<typeof RunView>;
export type ApiJob = z.output<typeof JobView>;

export interface ProgressRenderer {
  /** Shows the present state of the run. `at` is the time of that state. */
  show(run: ApiRun, at: string): void;
  log(job: string, text: string, at: string): void;
  /** Shows a message about the watching itself, such as a lost connection. */
  notice(text: string): void;
  /** Ends the display; nothing is written after this call. */
  end(): void;
}
