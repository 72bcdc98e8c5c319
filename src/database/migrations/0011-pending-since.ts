// Since when a job is pending: the clock of its attempt stands still meanwhile, also over a restart.
import type { Migration } from "./migration.ts";

export const pendingSince: Migration = {
  name: "0011-pending-since",
  statements: ({ text }) => [`alter table jobs add column pending_at ${text}`],
};
