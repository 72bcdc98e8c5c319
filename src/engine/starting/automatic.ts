// The actors of runs that the engine starts by itself. A token with such a name gains no rights by it. An automatic run
// never causes an automatic rollback, so that no endless series of runs can begin.
import type { Run } from "../../model/run/run.ts";

export const ROLLBACK_ACTOR = "kubemin:rollback";
export const REPAIR_ACTOR = "kubemin:drift-repair";

export function isAutomatic(run: Pick<Run, "actor">): boolean {
  return run.actor === ROLLBACK_ACTOR || run.actor === REPAIR_ACTOR;
}
