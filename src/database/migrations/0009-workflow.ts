// Pauses of a run, and whether its final steps are still wanted after a cancel. Claims get a lease and a fence.
import type { Migration } from "./migration.ts";

export const workflow: Migration = {
  name: "0009-workflow",
  statements: ({ text, long }) => [
    `alter table runs add column pauses ${text} not null default '[]'`,
    `alter table runs add column final_skipped_by ${text}`,
    `alter table claim_keys add column fence ${long} not null default 0`,
    `alter table claims add column shared integer not null default 0`,
    `alter table claims add column fence ${long} not null default 0`,
    // What was held before there were leases is held until its job ends, or its run is taken up.
    `alter table claims add column leased_until ${text} not null default ''`,
  ],
};
