// The first schema. A released migration is never edited; later migrations change its tables.
import type { Migration } from "./migration.ts";

export const begin: Migration = {
  name: "0001-begin",
  statements: ({ text, position, tableEnd }) => [
    `create table applications (
      project ${text} not null,
      name ${text} not null,
      cluster ${text} not null,
      namespace ${text} not null,
      revision integer not null,
      deleted integer not null,
      updated_at ${text} not null,
      last_run ${text},
      primary key (project, name)
    )${tableEnd}`,
    `create index applications_by_namespace on applications (cluster, namespace)`,
    `create table revisions (
      project ${text} not null,
      application ${text} not null,
      number integer not null,
      document ${text} not null,
      plan ${text} not null,
      cluster ${text} not null,
      namespace ${text} not null,
      actor ${text} not null,
      message ${text} not null,
      created_at ${text} not null,
      primary key (project, application, number),
      foreign key (project, application) references applications (project, name)
    )${tableEnd}`,
    `create table runs (
      position ${position},
      id ${text} not null unique,
      project ${text} not null,
      application ${text} not null,
      number integer not null,
      revision integer not null,
      kind ${text} not null,
      cluster ${text} not null,
      namespace ${text} not null,
      phase ${text} not null,
      actor ${text} not null,
      message ${text} not null,
      created_at ${text} not null,
      finished_at ${text},
      cancelled_by ${text},
      unique (project, application, number),
      foreign key (project, application) references applications (project, name)
    )${tableEnd}`,
    // The database itself guarantees that an application has at most one unfinished run.
    `create unique index runs_one_unfinished on runs (project, application) where phase = 'running'`,
    `create index runs_unfinished on runs (position) where phase = 'running'`,
    `create index runs_by_project on runs (project, position)`,
    `create index runs_by_phase on runs (project, phase, position)`,
    `create index runs_by_application on runs (project, application, position)`,
    `create table jobs (
      run ${text} not null references runs (id),
      position integer not null,
      name ${text} not null,
      plan ${text} not null,
      phase ${text} not null,
      reason ${text} not null,
      evidence ${text} not null,
      attempt integer not null,
      not_before ${text},
      started_at ${text},
      finished_at ${text},
      output ${text} not null,
      primary key (run, name)
    )${tableEnd}`,
    `create table events (
      sequence ${position},
      at ${text} not null,
      project ${text} not null,
      application ${text} not null,
      run ${text},
      type ${text} not null,
      data ${text} not null
    )${tableEnd}`,
    `create index events_by_project on events (project, sequence)`,
    `create index events_by_application on events (project, application, sequence)`,
    `create index events_by_run on events (run, sequence) where run is not null`,
    `create table idempotency (
      project ${text} not null,
      key ${text} not null,
      request ${text} not null,
      run ${text} not null,
      primary key (project, key)
    )${tableEnd}`,
    `create table inventory (
      cluster ${text} not null,
      api_group ${text} not null,
      kind ${text} not null,
      namespace ${text} not null,
      name ${text} not null,
      api_version ${text} not null,
      project ${text} not null,
      application ${text} not null,
      component ${text} not null,
      uid ${text},
      keep integer not null,
      primary key (cluster, api_group, kind, namespace, name)
    )${tableEnd}`,
    `create index inventory_by_application on inventory (project, application)`,
    `create table completions (
      project ${text} not null,
      application ${text} not null,
      component ${text} not null,
      content ${text} not null,
      output ${text} not null,
      primary key (project, application, component, content)
    )${tableEnd}`,
    `create table log_lines (
      position ${position},
      run ${text} not null references runs (id),
      job ${text} not null,
      at ${text} not null,
      pod ${text} not null,
      container ${text} not null,
      text ${text} not null
    )${tableEnd}`,
    `create index log_lines_by_job on log_lines (run, job, position)`,
    `create table tokens (
      id ${text} not null primary key,
      name ${text} not null,
      project ${text} not null,
      role ${text} not null,
      created_at ${text} not null,
      expires_at ${text},
      hash ${text} not null unique
    )${tableEnd}`,
    `create table settings (
      name ${text} not null primary key,
      value ${text} not null
    )${tableEnd}`,
  ],
};
