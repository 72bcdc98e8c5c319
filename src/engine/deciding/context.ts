// Builds the document that the conditions and references of a job read: the phases and outputs of steps, and the inputs
// of the run. Pure. It is built for one job at a time and contains only the steps that this job names, because a run
// may have thousands of steps.

import type { Json, JsonObject } from "../../model/data/json.ts";
import { fromPointer } from "../../model/data/pointer.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import { isSettled, type Phase } from "../../model/run/phase.ts";
import type { PlannedJob } from "../../model/run/plan.ts";
import type { Job, Run } from "../../model/run/run.ts";
import { pointersIn } from "../../plan/workflow/conditions/mapCondition.ts";
import { holesIn } from "../../plan/workflow/steps/holes.ts";

/**
 * The document that the pointers of the job `asking` point into. The outputs of a loop are a list, in the order of the
 * loop's values.
 */
export function contextOf(run: Run, jobs: Iterable<Job>, asking: Job): JsonObject {
  const named = stepsNamedBy(asking.plan);
  const steps = new Map<string, Job[]>();
  for (const job of named.size === 0 ? [] : jobs) {
    for (const name of new Set(job.plan.step?.path)) {
      if (!named.has(name)) continue;
      const members = steps.get(name);
      if (members === undefined) steps.set(name, [job]);
      else members.push(job);
    }
  }
  return {
    run: { id: run.id, project: run.project, application: writtenName(run.application), revision: run.revision },
    inputs: run.inputs,
    steps: Object.fromEntries([...steps].map(([name, members]) => [name, stepContext(name, members)])),
  };
}

const known = new WeakMap<PlannedJob, ReadonlySet<string>>();

/** The steps that the job names in its condition, its input and its locks. */
function stepsNamedBy(plan: PlannedJob): ReadonlySet<string> {
  const found = known.get(plan);
  if (found !== undefined) return found;
  const pointers = [
    ...(plan.condition === undefined ? [] : pointersIn(plan.condition)),
    ...(plan.step === undefined ? [] : holesIn(plan.input)).map((hole) => hole.from),
    ...(plan.locks ?? []).flatMap((lock) => holesIn(lock.name)).map((hole) => hole.from),
  ];
  const names = pointers
    .map(fromPointer)
    .flatMap(([root, name]) => (root === "steps" && name !== undefined ? [name] : []));
  known.set(plan, new Set(names));
  return new Set(names);
}

function stepContext(name: string, members: readonly Job[]): JsonObject {
  const own = members.filter((job) => job.plan.step?.path.at(-1) === name);
  return { phase: phaseOf(members), outputs: outputsOf(own) };
}

/** The outputs of a step. A step that is not a job itself has none: the plan refers to the jobs inside it instead. */
function outputsOf(own: readonly Job[]): Json {
  if (own.some((job) => job.plan.step?.loop !== undefined))
    return own.flatMap((job) => (job.plan.step?.loop === "round" ? [job.output] : []));
  return own[0]?.output ?? {};
}

/**
 * The phase of a step with several jobs: a bad ending if there is one, otherwise running or waiting, otherwise done.
 */
function phaseOf(members: readonly Job[]): Phase {
  const wrong = members.find((job) => isSettled(job.phase) && job.phase !== "succeeded" && job.phase !== "skipped");
  if (wrong !== undefined) return wrong.phase;
  if (members.every((job) => isSettled(job.phase)))
    return members.every((job) => job.phase === "skipped") ? "skipped" : "succeeded";
  return members.some((job) => job.phase !== "waiting") ? "running" : "waiting";
}
