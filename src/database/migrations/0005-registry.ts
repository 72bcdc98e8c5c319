// Registered job types: owners of names, versions, grants, stops, and the number of the last change.
import type { Migration } from "./migration.ts";

export const registry: Migration = {
  name: "0005-registry",
  statements: ({ text, long, tableEnd }) => [
    `create table registry_revision (id integer not null primary key, number ${long} not null)${tableEnd}`,
    `insert into registry_revision (id, number) values (1, 0)`,
    `create table job_types (name ${text} not null primary key, owner ${text} not null)${tableEnd}`,
    `create table job_type_versions (
      name ${text} not null references job_types (name),
      version ${text} not null,
      document ${text} not null,
      standing ${text} not null,
      checks ${text} not null,
      until_date ${text},
      replaced_by ${text},
      sample_run ${text},
      registered_by ${text} not null,
      registered_at ${text} not null,
      changed_by ${text} not null,
      changed_at ${text} not null,
      revision ${long} not null,
      primary key (name, version)
    )${tableEnd}`,
    `create index job_type_versions_by_revision on job_type_versions (revision)`,
    `create table job_type_grants (
      type ${text} not null,
      project ${text} not null,
      grants ${text} not null,
      granted_by ${text} not null,
      granted_at ${text} not null,
      primary key (type, project)
    )${tableEnd}`,
    `create table job_type_stops (
      type ${text} not null,
      kind ${text} not null,
      detail ${text} not null,
      stopped_by ${text} not null,
      at ${text} not null,
      primary key (type, kind)
    )${tableEnd}`,
  ],
};
