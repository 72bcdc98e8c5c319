// Indexes for deleting old rows, and a table of work for one process at a time.
import type { Migration } from "./migration.ts";

export const retention: Migration = {
  name: "0008-retention",
  statements: ({ text, tableEnd }) => [
    `create index runs_by_end on runs (finished_at, position) where finished_at is not null`,
    `create index idempotency_by_run on idempotency (run)`,
    `create index claim_waits_by_run on claim_waits (run)`,
    `create table turns (
      name ${text} not null primary key,
      owner ${text} not null,
      until ${text} not null
    )${tableEnd}`,
  ],
};
