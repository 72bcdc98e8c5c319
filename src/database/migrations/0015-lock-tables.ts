// Renames the tables of locks to the word that documents use. They were called claims, a word that Kubernetes uses for
// volumes and devices. `turns`, with the leases of work for one process at a time, becomes `upkeep_leases`.
import type { Migration } from "./migration.ts";

export const lockTables: Migration = {
  name: "0015-lock-tables",
  statements: () => [
    `alter table claims rename to locks`,
    `alter table claim_keys rename to lock_keys`,
    `alter table claim_waits rename to lock_waits`,
    `alter table turns rename to upkeep_leases`,
    `drop index claims_by_job`,
    `create index locks_by_job on locks (run, job)`,
    `drop index claim_waits_by_run`,
    `create index lock_waits_by_run on lock_waits (run)`,
  ],
};
