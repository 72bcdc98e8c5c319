// Lists runs by what they do now. The state of an unfinished run is not stored, so it is derived for all candidates of
// the list together (runStatus.ts). The ending of a run is stored.
import type { Run } from "../../model/run/run.ts";
import { isUnfinished, type RunState } from "../../model/run/runState.ts";
import type { RunFilter } from "../../ports/runLists.ts";
import type { Page, Paged } from "../../ports/store.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { statusesByRun } from "./runStatus.ts";

/** Runs, newest first. `state` is how a run ended, or what an unfinished run does now. Default: all runs. */
export async function listRuns(
  dependencies: Dependencies<"store" | "dispatch" | "clock">,
  { state, ...filter }: RunFilter & { readonly state?: RunState },
  page: Page,
): Promise<Paged<Run>> {
  const { runs } = dependencies.store;
  if (state === undefined) return await runs.list(filter, page);
  // No run is both in a state and in another phase.
  const phase = isUnfinished(state) ? "running" : state;
  if (filter.phase !== undefined && filter.phase !== phase) return { items: [], next: null };
  if (!isUnfinished(state)) return await runs.list({ ...filter, phase: state }, page);
  return await runs.list({ ...filter, phase: "running" }, page, async (candidates) => {
    const statuses = await statusesByRun(dependencies, candidates);
    return new Set(candidates.filter(({ id }) => statuses.get(id)?.state === state).map(({ id }) => id));
  });
}
