// The weights of projects. Each waiting job reads them at each look, so they are kept in memory for some seconds.
import type { CapacityWeights, ProjectWeight } from "../../../ports/capacityWeights.ts";
import type { Database } from "../../connection/database.ts";

const KEPT = 5_000;
/** The column is a part of the key, so it cannot be null. */
const ALL_FLAVORS = "";

export function createCapacityWeights({ queries, clock }: Database): CapacityWeights {
  let known: { readonly rows: Promise<readonly ProjectWeight[]>; readonly at: number } | undefined;
  const read = async (): Promise<readonly ProjectWeight[]> => {
    const rows = await queries
      .selectFrom("capacity_weights")
      .selectAll()
      .orderBy("project")
      .orderBy("flavor")
      .execute();
    return rows.map(({ project, flavor, weight }) => ({
      project,
      flavor: flavor === ALL_FLAVORS ? null : flavor,
      weight,
    }));
  };
  return {
    list: () => {
      const now = clock.now().getTime();
      if (known === undefined || now - known.at >= KEPT || now < known.at) {
        const rows = read();
        known = { rows, at: now };
        rows.catch(() => {
          known = undefined;
        });
      }
      return known.rows;
    },
    async put({ project, flavor, weight }) {
      await queries
        .insertInto("capacity_weights")
        .values({ project, flavor: flavor ?? ALL_FLAVORS, weight })
        .onConflict((conflict) =>
          conflict.columns(["project", "flavor"]).doUpdateSet((row) => ({ weight: row.ref("excluded.weight") })),
        )
        .execute();
      known = undefined;
    },
    async remove({ project, flavor }) {
      await queries
        .deleteFrom("capacity_weights")
        .where("project", "=", project)
        .where("flavor", "=", flavor ?? ALL_FLAVORS)
        .execute();
      known = undefined;
    },
  };
}
