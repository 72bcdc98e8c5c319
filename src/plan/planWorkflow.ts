// Plans a workflow without an application: its jobs and nothing else. Such a workflow has no components.
import type { Catalog } from "../catalog/catalog.ts";
import type { Json, JsonObject } from "../model/data/json.ts";
import type { WorkflowDocument } from "../model/document/document.ts";
import { hasErrors, type Problem } from "../model/problems/problem.ts";
import type { PlannedJob } from "../model/run/plan.ts";
import { inDocumentOrder } from "./check/checkOrder.ts";
import { checkSize } from "./read/readLimits.ts";
import { checkWorkflow } from "./workflow/check/checkWorkflow.ts";
import { workflowJobs } from "./workflow/workflowJobs.ts";

interface WorkflowPlanInput {
  /** The document as it was received; it is checked here. */
  readonly document: Json;
  /** The job types that steps may use: those of the project, including registered ones. */
  readonly catalog: Pick<Catalog, "jobs">;
  /** Values for its inputs. */
  readonly inputs: JsonObject;
  /** The workflows that it calls, and those that they call, by application; see `callsOf`. */
  readonly called: ReadonlyMap<string, WorkflowDocument>;
  /** The name of the workflow, for the message about a circle of calls. */
  readonly name?: string;
}

interface WorkflowPlan {
  /** Empty when there is an error among the problems. */
  readonly jobs: readonly PlannedJob[];
  /** Pointers are relative to the workflow itself: `/steps/0`. */
  readonly problems: readonly Problem[];
}

export function planWorkflow(input: WorkflowPlanInput): WorkflowPlan {
  const oversize = checkSize(input.document);
  if (oversize) return { jobs: [], problems: [oversize] };
  const problems: Problem[] = [];
  const around = { types: input.catalog.jobs, components: new Map(), pointer: "", problems };
  const workflow = checkWorkflow(input.document, around);
  const told = (all: readonly Problem[]): readonly Problem[] => inDocumentOrder(all, input.document);
  if (workflow === null) return { jobs: [], problems: told(problems) };
  const { inputs, called, name = "" } = input;
  const planned = workflowJobs({
    workflow,
    pointer: "",
    application: name,
    inputs,
    called,
    components: [],
    jobs: [],
  });
  const all = told([...problems, ...planned.problems]);
  return { jobs: hasErrors(all) ? [] : planned.jobs, problems: all };
}
