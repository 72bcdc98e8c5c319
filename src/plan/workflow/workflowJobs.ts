// The jobs of a checked workflow, including the jobs of the components of the same document. A pure function: the same
// input gives the same jobs.

import { findCycles } from "../../model/data/cycle.ts";
import type { JsonObject } from "../../model/data/json.ts";
import type { WorkflowDocument } from "../../model/document/document.ts";
import { hasErrors, type Problem, problem } from "../../model/problems/problem.ts";
import type { Need, PlannedJob } from "../../model/run/plan.ts";
import { inputValues } from "./check/checkInputs.ts";
import { bringing, componentJobs, deployJobs } from "./expand/deployJobs.ts";
import { expandSteps } from "./expand/expand.ts";
import { expandCall } from "./expand/expandCall.ts";
import type { Expansion } from "./expand/expansion.ts";
import { namesOf } from "./expand/frame.ts";
import { needsOfUnit, type Wiring } from "./expand/jobNeeds.ts";
import { join, NEEDS_LIMIT, NEEDS_WITHOUT_JOINTS } from "./expand/joints.ts";
import { fillOutputs } from "./expand/stepOutputs.ts";
import type { Frame, Unit } from "./expand/tree.ts";
import type { ResolvedStep, ResolvedWorkflow } from "./steps/resolvedWorkflow.ts";

interface WorkflowInputs {
  readonly workflow: ResolvedWorkflow;
  /** The pointer of the workflow in the document: `/workflow`, or empty. */
  readonly pointer: string;
  /** The application of the document, to find circles of calls. */
  readonly application: string;
  /** Values that are given at the start. */
  readonly inputs: JsonObject;
  /** Workflows of other applications, by application. */
  readonly called: ReadonlyMap<string, WorkflowDocument>;
  /** The same as in plan.ts. */
  readonly offline?: boolean;
  readonly components: readonly {
    readonly name: string;
    readonly outputs: Readonly<Record<string, string>>;
  }[];
  /** The jobs that deploy the components, including the prune job. */
  readonly jobs: readonly PlannedJob[];
}

export interface WorkflowJobs {
  /** Empty when there is an error among the problems. */
  readonly jobs: readonly PlannedJob[];
  readonly problems: readonly Problem[];
}

export function workflowJobs(input: WorkflowInputs): WorkflowJobs {
  const { workflow } = input;
  const { values, problems } = inputValues(workflow.inputs, input.inputs, {
    pointer: `${input.pointer}/inputs`,
    references: false,
    open: input.offline === true,
  });
  if (hasErrors(problems)) return { jobs: [], problems };
  const expansion: Expansion = {
    types: workflow.types,
    called: input.called,
    bringing: (names) => bringing(input.jobs.filter((job) => job.component !== null && names.includes(job.component))),
    problems: [],
    checked: new Map(),
    offline: input.offline === true,
    units: [],
    jobs: 0,
  };
  const frame: Frame = {
    parent: null,
    prefix: "",
    names: new Set([...namesOf(workflow.steps), ...namesOf(workflow.finally)]),
    units: new Map(),
    inputs: values,
    components: new Map(input.components.map(({ name, outputs }) => [name, outputs] as const)),
    calls: [input.application],
    caller: null,
  };
  const part = { frame, container: null, prefix: "", path: [], endOf: null };
  const around = { expansion, call: expandCall };
  expandSteps(workflow.steps, { ...part, final: false }, around);
  expandSteps(workflow.finally, { ...part, final: true }, around);
  if (!hasErrors(expansion.problems)) fillOutputs(expansion);
  if (hasErrors(expansion.problems)) return { jobs: [], problems: expansion.problems };
  return wired(input, expansion, frame);
}

function wired(input: WorkflowInputs, expansion: Expansion, frame: Frame): WorkflowJobs {
  const parts = { input, expansion, frame };
  const jobs = jobsWith(null, NEEDS_WITHOUT_JOINTS, parts) ?? jobsWith(new Map(), NEEDS_LIMIT, parts);
  if (jobs === null) return { jobs: [], problems: [tooManyNeeds(input.pointer)] };
  const problems = [...expansion.problems, ...circles(jobs)];
  return { jobs: hasErrors(problems) ? [] : jobs, problems };
}

interface Parts {
  readonly input: WorkflowInputs;
  readonly expansion: Expansion;
  readonly frame: Frame;
}

/** `null` when there are more needs than the limit. */
function jobsWith(
  joints: Wiring["joints"],
  limit: number,
  { input, expansion, frame }: Parts,
): readonly PlannedJob[] | null {
  const deploys = deploySteps(input.workflow.steps);
  const wiring: Wiring = {
    components: componentJobs(input.jobs),
    first: deploys.length > 0 ? [] : lastJobs(input.jobs).map((job) => job.name),
    needs: new Map(),
    lasts: new Map(),
    owners: new Map(),
    joints,
    types: input.workflow.types,
    count: 0,
    limit,
  };
  const brought = deployJobs(input.jobs, { deploys, frame, wiring });
  const steps = expansion.units.flatMap((unit) => stepJobs(unit, wiring));
  const all = [...steps, ...(joints?.values() ?? [])];
  const others = [...brought, ...all.filter((job) => job.final !== true)];
  const final = all.filter((job) => job.final === true);
  const ends = final.length === 0 ? [] : endsOf(others, wiring);
  wiring.count += final.length * ends.length;
  const last = [...(joints?.values() ?? [])].filter((job) => job.final === true && !final.includes(job));
  return wiring.count > limit ? null : [...others, ...last, ...final.map((job) => afterAll(job, ends))];
}

/**
 * What final steps come after. The engine itself checks all other jobs before it starts one; these needs are for people
 * and for the layers.
 */
function endsOf(others: readonly PlannedJob[], wiring: Wiring): readonly Need[] {
  const jobs = lastJobs(others).map((job) => job.name);
  return join({ jobs, step: "*", unit: { final: true, endOf: null }, said: { because: "order", on: "end" } }, wiring);
}

function deploySteps(steps: readonly ResolvedStep[]): readonly Extract<ResolvedStep, { kind: "deploy" }>[] {
  return steps.flatMap((step) =>
    step.kind === "deploy" ? [step] : step.kind === "group" ? deploySteps(step.steps) : [],
  );
}

function stepJobs(unit: Unit, wiring: Wiring): readonly PlannedJob[] {
  return unit.jobs.map((job) => ({ ...job, needs: needsOfUnit(unit, wiring) }));
}

function afterAll(job: PlannedJob, ends: readonly Need[]): PlannedJob {
  const own = new Set(job.needs.map((need) => need.job));
  return { ...job, needs: [...job.needs, ...ends.filter((need) => !own.has(need.job))] };
}

/** Jobs for which no other job waits. */
function lastJobs(jobs: readonly PlannedJob[]): readonly PlannedJob[] {
  const needed = new Set(jobs.flatMap((job) => job.needs.map((need) => need.job)));
  return jobs.filter((job) => !needed.has(job.name));
}

function tooManyNeeds(pointer: string): Problem {
  const count = `> ${NEEDS_LIMIT}`;
  return problem("TooMany", `${pointer}/steps`, { count, what: "needs", limit: NEEDS_LIMIT });
}

/** What pods read of each other is known only now, and may contradict the order of the steps that deploy them. */
function circles(jobs: readonly PlannedJob[]): readonly Problem[] {
  const graph = new Map(
    jobs.map((job) => [
      job.name,
      job.needs.map((need) => ({ to: need.job, pointer: need.pointer ?? job.step?.pointer ?? "" })),
    ]),
  );
  return findCycles(graph).map(({ path, pointers }) => {
    const edges = [...new Set(pointers.filter((one) => one !== ""))].join(", ");
    return problem("Cycle", pointers.find((one) => one !== "") ?? "", { path: path.join(" → "), edges });
  });
}
