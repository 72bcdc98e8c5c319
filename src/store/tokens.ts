// Tokens of the API: only their hash is known here.
import type { Selectable } from "kysely";
import type { Token, Tokens } from "../ports/store.ts";
import type { Database } from "./database.ts";
import type { TokensTable } from "./schema.ts";

const SHOWN = ["id", "name", "project", "role", "created_at", "expires_at"] as const;

export function createTokens({ queries }: Database): Tokens {
  return {
    async add({ id, name, project, role, createdAt: created_at, expiresAt: expires_at }, hash) {
      await queries.insertInto("tokens").values({ id, name, project, role, created_at, expires_at, hash }).execute();
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
  ...rest
}: Omit<Selectable<TokensTable>, "hash">): Token {
  return { ...rest, createdAt, expiresAt };
}
