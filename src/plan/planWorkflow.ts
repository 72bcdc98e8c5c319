// What a workflow without an application means: its jobs, and nothing else. Components have no place in it.
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
  /** As it came: it is checked here. */
  readonly document: Json;
  /** Its jobs are what steps may be: those of the project, where job types are registered. */
  readonly catalog: Pick<Catalog, "jobs">;
  /** Values for its inputs. */
  readonly inputs: JsonObject;
  /** Workflows that it calls, and those that they call, by application: see `callsOf`. */
  readonly called: ReadonlyMap<string, WorkflowDocument>;
  /** What it is called, for circles of calls. */
  readonly name?: string;
}

interface WorkflowPlan {
  /** Empty when there is an error among the problems. */
  readonly jobs: readonly PlannedJob[];
  /** Pointers into the workflow itself: `/steps/0`. */
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
