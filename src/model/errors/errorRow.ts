// A row of the table of errors: HTTP status, exit code of the command line, sentence, who can fix it, what to do.

import type { Localized } from "../data/text.ts";
import type { Actor } from "../reasons/actor.ts";

export interface ErrorRow {
  readonly status: number;
  readonly exit: number;
  readonly who: Actor;
  readonly text: Localized;
  readonly advice: Localized;
}
