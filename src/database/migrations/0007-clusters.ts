// Clusters that are registered while a server runs.
import type { Migration } from "./migration.ts";

export const clusters: Migration = {
  name: "0007-clusters",
  statements: ({ text, tableEnd }) => [
    `create table clusters (
      name ${text} not null primary key,
      way ${text} not null,
      account ${text} not null,
      uid ${text} not null,
      target ${text} not null,
      projects ${text} not null,
      calls integer not null,
      generation integer not null,
      created_at ${text} not null,
      updated_at ${text} not null,
      actor ${text} not null
    )${tableEnd}`,
  ],
};
