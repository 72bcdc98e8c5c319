// Runs that the engine starts by itself. Their actor says so; no token can carry such a name with a right that it would not have anyway,
// and an automatic run is never the cause of another automatic rollback: that is what ends every chain.
import type { Run } from "../../model/run/run.ts";

export const ROLLBACK_ACTOR = "kubemin:rollback";
export const REPAIR_ACTOR = "kubemin:drift-repair";

export function isAutomatic(run: Pick<Run, "actor">): boolean {
  return run.actor === ROLLBACK_ACTOR || run.actor === REPAIR_ACTOR;
}
