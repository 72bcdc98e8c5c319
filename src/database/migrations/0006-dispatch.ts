// The fence number, priority and start time of runs, and schedules.
import type { Migration } from "./migration.ts";

export const dispatch: Migration = {
  name: "0006-dispatch",
  statements: ({ text, tableEnd }) => [
    `alter table runs add column fence integer not null default 0`,
    `alter table runs add column priority ${text} not null default 'normal'`,
    `alter table runs add column start_at ${text}`,
    `create table schedules (
      id ${text} not null primary key,
      project ${text} not null,
      name ${text} not null,
      settings ${text} not null,
      actor ${text} not null,
      created_at ${text} not null,
      paused_by ${text},
      next_at ${text},
      last_at ${text},
      last_run ${text},
      last_problem ${text},
      unique (project, name)
    )${tableEnd}`,
  ],
};
