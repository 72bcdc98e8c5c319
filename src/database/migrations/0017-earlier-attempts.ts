// How the earlier attempts of a job ended, which the answers about a run show. The events of the run say it too, but they
// are removed before the run, and a list cannot read the events of all its runs.
import type { Migration } from "./migration.ts";

export const earlierAttempts: Migration = {
  name: "0017-earlier-attempts",
  statements: ({ text }) => [`alter table jobs add column earlier_attempts ${text} not null default '[]'`],
};
