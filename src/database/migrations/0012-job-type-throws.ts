// How often in a row attempts of a registered type threw, over all processes.
import type { Migration } from "./migration.ts";

export const jobTypeThrows: Migration = {
  name: "0012-job-type-throws",
  statements: ({ text, tableEnd }) => [
    `create table job_type_throws (type ${text} not null primary key, throws integer not null)${tableEnd}`,
  ],
};
