// Lines of logs get a key. Existing lines get an empty key, because they are not written again.
import type { Migration } from "./migration.ts";

export const logKeys: Migration = {
  name: "0004-log-keys",
  statements: ({ text }) => [
    `alter table log_lines add column key ${text} not null default ''`,
    `create unique index log_lines_once on log_lines (run, job, key) where key <> ''`,
  ],
};
