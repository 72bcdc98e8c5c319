// Which other applications' workflows a workflow calls: whoever plans it has to bring their documents, and theirs in turn.
import type { StepDocument, WorkflowDocument } from "../../../model/document/document.ts";

/** Names of applications, each once. */
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
