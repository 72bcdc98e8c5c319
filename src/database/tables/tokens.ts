// Tokens of the API. Only their hashes are stored.
import type { Selectable } from "kysely";
import type { Token, Tokens } from "../../ports/store.ts";
import type { Database } from "../connection/database.ts";
import type { TokensTable } from "../connection/schema.ts";

const SHOWN = ["id", "name", "project", "role", "created_at", "expires_at", "made_by"] as const;

export function createTokens({ queries }: Database): Tokens {
  return {
    async add({ id, name, project, role, createdAt: created_at, expiresAt: expires_at, madeBy: made_by }, hash) {
      const row = { id, name, project, role, created_at, expires_at, made_by, hash, held_name: name };
      return await queries.transaction().execute(async (transaction) => {
        // Tokens of an older program that share a name have no `held_name`, so the index alone does not find them.
        const named = transaction.selectFrom("tokens").select("id").where("name", "=", name);
        if ((await named.executeTakeFirst()) !== undefined) return false;
        const { numInsertedOrUpdatedRows } = await transaction
          .insertInto("tokens")
          .values(row)
          .onConflict((conflict) => conflict.column("held_name").doNothing())
          .executeTakeFirst();
        return (numInsertedOrUpdatedRows ?? 0n) > 0n;
      });
    },
    async byHash(hash) {
      const row = await queries.selectFrom("tokens").select(SHOWN).where("hash", "=", hash).executeTakeFirst();
      return row === undefined ? null : tokenOf(row);
    },
    async list() {
      const rows = await queries.selectFrom("tokens").select(SHOWN).orderBy("created_at").orderBy("id").execute();
      return rows.map(tokenOf);
    },
    async remove(id) {
      const { numDeletedRows } = await queries.deleteFrom("tokens").where("id", "=", id).executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

function tokenOf({
  created_at: createdAt,
  expires_at: expiresAt,
  made_by: madeBy,
  ...rest
}: Omit<Selectable<TokensTable>, "hash" | "held_name">): Token {
  return { ...rest, createdAt, expiresAt, madeBy };
}
