// How long jobs waited for room. Only the last waits of each cluster and flavor are kept.
import type { Waits } from "../../../ports/store.ts";
import type { Database } from "../../connection/database.ts";

const KEPT = 20;

export function createWaits({ queries }: Database): Waits {
  return {
    async lately(cluster, flavor) {
      const rows = await queries
        .selectFrom("capacity_waits")
        .select("milliseconds")
        .where("cluster", "=", cluster)
        .where("flavor", "=", flavor)
        .orderBy("position", "desc")
        .limit(KEPT)
        .execute();
      return rows.map((row) => row.milliseconds);
    },
    async add({ cluster, flavor, milliseconds }) {
      await queries
        .insertInto("capacity_waits")
        .values({ cluster, flavor, milliseconds: Math.round(milliseconds) })
        .execute();
      const oldest = await queries
        .selectFrom("capacity_waits")
        .select("position")
        .where("cluster", "=", cluster)
        .where("flavor", "=", flavor)
        .orderBy("position", "desc")
        .offset(KEPT)
        .limit(1)
        .executeTakeFirst();
      if (oldest === undefined) return;
      await queries
        .deleteFrom("capacity_waits")
        .where("cluster", "=", cluster)
        .where("flavor", "=", flavor)
        .where("position", "<=", oldest.position)
        .execute();
    },
  };
}
