// A token's name says who did something, so two tokens must not share one. Where older programs made several of one name, they stay as they
// are, for a new name would break what refers to it; none of them holds the name, and a step that asks for it by name takes no answer
// until only one is left. `made_by`: the token that made it.
import type { Migration } from "./migration.ts";

export const tokenNames: Migration = {
  name: "0013-token-names",
  statements: ({ text }) => [
    `alter table tokens add column made_by ${text}`,
    `alter table tokens add column held_name ${text}`,
    `update tokens set held_name = name
      where not exists (select 1 from tokens as others where others.name = tokens.name and others.id <> tokens.id)`,
    "create unique index tokens_by_held_name on tokens (held_name)",
  ],
};
