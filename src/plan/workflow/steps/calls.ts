// Which other applications' workflows a workflow calls: whoever plans it has to bring their documents, and theirs in turn.
// The workflow need not have been checked: what has another shape than a step calls nothing, and the plan says what is wrong with it.
import { listAt } from "../../../model/data/fieldReaders.ts";
import { dig } from "../../../model/data/json.ts";

/** Names of applications, each once. */
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
