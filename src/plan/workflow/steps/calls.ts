// Which workflows of other applications a workflow calls. The caller of the planner must provide these documents, and
// those that they call.
import type { StepDocument, WorkflowDocument } from "../../../model/document/document.ts";

/** The names of applications, each once, sorted. */
export function callsOf(workflow: WorkflowDocument): readonly string[] {
  const names = new Set<string>();
  const open: StepDocument[] = [...workflow.steps, ...(workflow.finally ?? [])];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    for (const part of step.subSteps ?? []) open.push(part);
    const application = step.type === "workflow" ? step.properties?.["application"] : undefined;
    if (typeof application === "string") names.add(application);
  }
  return [...names].sort();
}
