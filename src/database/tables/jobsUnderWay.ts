// The jobs of many runs that have started and not ended, for lists and counts. It does not read their plans, which are
// large.
import { isSettled, PHASE_NAMES } from "../../model/run/phase.ts";
import type { JobUnderWay } from "../../ports/store.ts";
import { fromJson, inBatches } from "../connection/columns.ts";
import type { Database } from "../connection/database.ts";

const UNDER_WAY = PHASE_NAMES.filter((phase) => phase !== "waiting" && !isSettled(phase));

export async function underWay({ queries }: Database, ids: readonly string[]): Promise<readonly JobUnderWay[]> {
  const found: JobUnderWay[] = [];
  for (const batch of inBatches(ids)) {
    const rows = await queries
      .selectFrom("jobs")
      .select(["run", "name", "phase", "attempt", "reason"])
      .where("run", "in", [...batch])
      .where("phase", "in", UNDER_WAY)
      .orderBy("run")
      .orderBy("position")
      .execute();
    found.push(...rows.map((row) => ({ ...row, reason: fromJson(row.reason) })));
  }
  return found;
}
