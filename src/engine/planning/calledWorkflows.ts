// Reads the workflows of other applications that a workflow calls, and those that they call in turn: of each, the
// newest revision in the same project.
import type { WorkflowDocument } from "../../model/document/document.ts";
import { callsOf } from "../../plan/workflow/steps/calls.ts";
import type { Dependencies } from "../contract/dependencies.ts";

/**
 * The called workflows, by the names of their applications. One that does not exist is left out; planning reports it at
 * the step that calls it.
 */
export async function calledWorkflows(
  { store }: Dependencies<"store">,
  project: string,
  workflow: unknown,
): Promise<ReadonlyMap<string, WorkflowDocument>> {
  const called = new Map<string, WorkflowDocument>();
  const open = [...callsOf(workflow)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (called.has(name)) continue;
    const current = await store.applications.get(project, name);
    if (current === null) continue;
    const revision = await store.applications.revision(project, name, current.revision);
    const found = revision?.document.workflow;
    if (found === undefined) continue;
    called.set(name, found);
    open.push(...callsOf(found));
  }
  return called;
}
