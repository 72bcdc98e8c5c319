// Which workflows of other applications a workflow calls. The caller of the planner must provide these documents, and
// those that they call. The workflow need not be checked yet: a value that is not a step calls nothing, and planning
// reports what is wrong with it.
import { listAt } from "../../../model/data/fieldReaders.ts";
import { dig } from "../../../model/data/json.ts";

/** The names of applications, each once, sorted. */
export function callsOf(workflow: unknown): readonly string[] {
  const names = new Set<string>();
  const open = [...listAt(workflow, "steps"), ...listAt(workflow, "finally")];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    open.push(...listAt(step, "subSteps"));
    const application = step["type"] === "workflow" ? dig(step, "properties", "application") : undefined;
    if (typeof application === "string") names.add(application);
  }
  return [...names].sort();
}
