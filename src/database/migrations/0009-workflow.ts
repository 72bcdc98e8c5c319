// Pauses of a run, whether its final steps shall run after a cancel, and leases and fence numbers of locks (then called
// claims).
import type { Migration } from "./migration.ts";

export const workflow: Migration = {
  name: "0009-workflow",
  statements: ({ text, long }) => [
    `alter table runs add column pauses ${text} not null default '[]'`,
    `alter table runs add column final_skipped_by ${text}`,
    `alter table claim_keys add column fence ${long} not null default 0`,
    `alter table claims add column shared integer not null default 0`,
    `alter table claims add column fence ${long} not null default 0`,
    // Locks from before have no lease. They are held until their job ends, or until a process renews them.
    `alter table claims add column leased_until ${text} not null default ''`,
  ],
};
