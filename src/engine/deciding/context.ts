// What conditions and references of a run may look at: how its steps stand, what they gave, the run's inputs. Pure.
// Made for one job at a time, of the steps that it names and no others: a run may have thousands of steps, and each edge asks.

import type { Json, JsonObject } from "../../model/data/json.ts";
import { fromPointer } from "../../model/data/pointer.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import { isSettled, type Phase } from "../../model/run/phase.ts";
import type { PlannedJob } from "../../model/run/plan.ts";
import type { Job, Run } from "../../model/run/run.ts";
import { pointersIn } from "../../plan/workflow/conditions/mapCondition.ts";
import { holesIn } from "../../plan/workflow/steps/holes.ts";

/** The document that the job's pointers point into. Steps of a loop give a list, in the order of its values. */
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

/** By its condition, its input and its locks. */
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

/** Steps that are no jobs have none here: the plan names what is inside of them instead. */
function outputsOf(own: readonly Job[]): Json {
  if (own.some((job) => job.plan.step?.loop !== undefined))
    return own.flatMap((job) => (job.plan.step?.loop === "round" ? [job.output] : []));
  return own[0]?.output ?? {};
}

/** Of several jobs: what went wrong before what goes on, what goes on before what is done. */
function phaseOf(members: readonly Job[]): Phase {
  const wrong = members.find((job) => isSettled(job.phase) && job.phase !== "succeeded" && job.phase !== "skipped");
  if (wrong !== undefined) return wrong.phase;
  if (members.every((job) => isSettled(job.phase)))
    return members.every((job) => job.phase === "skipped") ? "skipped" : "succeeded";
  return members.some((job) => job.phase !== "waiting") ? "running" : "waiting";
}
