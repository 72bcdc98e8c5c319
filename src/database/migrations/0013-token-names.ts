// The name of a token identifies the actor, so two tokens must not have the same name. Tokens of older programs that
// share a name keep it, because a new name would break references to it. They have no `held_name`, and a step that asks
// for that name accepts no answer until only one token is left. `made_by` is the token that created the token.
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
