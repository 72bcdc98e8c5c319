// Runs without an application, pauses, inputs, the clocks of jobs, and messages of people and workers to a job.
import type { Migration } from "./migration.ts";

export const workflows: Migration = {
  name: "0002-workflows",
  statements: ({ text, position, tableEnd }) => [
    // Runs without an application have the empty name, and any number of them may run at the same time.
    `drop index runs_one_unfinished`,
    `create unique index runs_one_unfinished on runs (project, application) where phase = 'running' and application <> ''`,
    `alter table runs add column workflow ${text} not null default ''`,
    `alter table runs add column paused_by ${text}`,
    `alter table runs add column inputs ${text} not null default '{}'`,
    `alter table jobs add column interruptions integer not null default 0`,
    `alter table jobs add column due_at ${text}`,
    `alter table jobs add column attempt_at ${text}`,
    `create table messages (
      sequence ${position},
      run ${text} not null references runs (id),
      job ${text} not null,
      kind ${text} not null,
      attempt integer,
      data ${text} not null,
      actor ${text} not null,
      at ${text} not null,
      key ${text} not null,
      unique (run, job, key)
    )${tableEnd}`,
    `create table claim_keys (key ${text} not null primary key)${tableEnd}`,
    `create table claims (
      key ${text} not null,
      run ${text} not null references runs (id),
      job ${text} not null,
      primary key (key, run, job)
    )${tableEnd}`,
    `create index claims_by_job on claims (run, job)`,
    `create table claim_waits (
      position ${position},
      key ${text} not null,
      run ${text} not null references runs (id),
      job ${text} not null,
      unique (key, run, job)
    )${tableEnd}`,
    `create index messages_by_job on messages (run, job, sequence)`,
  ],
};
