// A quarantine applies to the project whose runs threw, and throws are counted per project. The project '' means all
// projects. Earlier counts are deleted, because their project is not known. An earlier quarantine still applies to all
// projects.
import type { Migration } from "./migration.ts";

export const stopsByProject: Migration = {
  name: "0014-stops-by-project",
  statements: ({ text, tableEnd }) => [
    `drop table job_type_throws`,
    `create table job_type_throws (
      type ${text} not null,
      project ${text} not null,
      throws integer not null,
      primary key (type, project)
    )${tableEnd}`,
    `create table job_type_stops_of_projects (
      type ${text} not null,
      kind ${text} not null,
      project ${text} not null,
      detail ${text} not null,
      stopped_by ${text} not null,
      at ${text} not null,
      primary key (type, kind, project)
    )${tableEnd}`,
    `insert into job_type_stops_of_projects (type, kind, project, detail, stopped_by, at)
      select type, kind, '', detail, stopped_by, at from job_type_stops`,
    `drop table job_type_stops`,
    `alter table job_type_stops_of_projects rename to job_type_stops`,
  ],
};
