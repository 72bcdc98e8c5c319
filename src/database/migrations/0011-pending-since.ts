// The time since which a job is pending. The clock of its attempt is stopped during that time, also after a restart of
// the server.
import type { Migration } from "./migration.ts";

export const pendingSince: Migration = {
  name: "0011-pending-since",
  statements: ({ text }) => [`alter table jobs add column pending_at ${text}`],
};
