// Sinks, their progress, and the keys that are held back after an event that could not be delivered.
import type { Migration } from "./migration.ts";

export const sinks: Migration = {
  name: "0003-sinks",
  statements: ({ text, long, tableEnd }) => [
    `create table sinks (
      id ${text} not null primary key,
      project ${text} not null,
      name ${text} not null,
      settings ${text} not null,
      filter ${text} not null,
      secret ${text},
      created_at ${text} not null,
      position ${long} not null,
      failures integer not null,
      failing_since ${text},
      retry_at ${text},
      dead integer not null,
      delivered_at ${text},
      failure ${text},
      owner ${text},
      owned_until ${text},
      unique (project, name)
    )${tableEnd}`,
    `create table sink_held_keys (
      sink ${text} not null references sinks (id),
      application ${text} not null,
      run ${text} not null,
      sequence ${long} not null,
      failures integer not null,
      since ${text} not null,
      retry_at ${text} not null,
      dead integer not null,
      primary key (sink, application, run)
    )${tableEnd}`,
  ],
};
