// Small settings of the installation. The first write wins, so that two processes that start at the same time agree.
import type { Database } from "../connection/database.ts";

export async function keepSetting({ queries }: Database, name: string, value: string): Promise<string> {
  await queries
    .insertInto("settings")
    .values({ name, value })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  const row = await queries.selectFrom("settings").select("value").where("name", "=", name).executeTakeFirstOrThrow();
  return row.value;
}
