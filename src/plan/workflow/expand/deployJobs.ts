// The jobs of components as part of a workflow: which step deploys them, and what they wait for because of it. The
// needs between components stay.
import type { PlannedJob } from "../../../model/run/plan.ts";
import type { ResolvedStep } from "../steps/resolvedWorkflow.ts";
import { ownerOf } from "./frame.ts";
import { needsOfUnit, type Wiring } from "./jobNeeds.ts";
import type { ComponentJobs, Frame, Unit } from "./tree.ts";

/** `jobs` contains the jobs of components. A job without a component (prune) is left out. */
export function componentJobs(jobs: readonly PlannedJob[]): ComponentJobs {
  const owners = new Set(jobs.flatMap((job) => job.component ?? []));
  return new Map([...owners].map((name) => [name, bringing(jobs.filter((job) => job.component === name))] as const));
}

export function bringing(jobs: readonly PlannedJob[]): {
  readonly all: readonly string[];
  readonly last: readonly string[];
} {
  const needed = new Set(jobs.flatMap((job) => job.needs.map((need) => need.job)));
  const all = jobs.map((job) => job.name);
  return { all, last: all.filter((name) => !needed.has(name)) };
}

type Deploy = Extract<ResolvedStep, { kind: "deploy" }>;

interface Deploying {
  readonly deploys: readonly Deploy[];
  readonly frame: Frame;
  readonly wiring: Wiring;
}

export function deployJobs(jobs: readonly PlannedJob[], { deploys, frame, wiring }: Deploying): readonly PlannedJob[] {
  const units = new Map<string, { readonly unit: Unit; readonly step: Deploy }>();
  for (const step of deploys) {
    const unit = ownerOf(frame, step.name)?.units.get(step.name);
    if (unit !== undefined) for (const component of step.components) units.set(component, { unit, step });
  }
  return jobs.map((job) => {
    const found = job.component === null ? undefined : units.get(job.component);
    return found === undefined ? job : brought(job, found, wiring);
  });
}

function brought(
  job: PlannedJob,
  { unit, step }: { readonly unit: Unit; readonly step: Deploy },
  wiring: Wiring,
): PlannedJob {
  const siblings = new Set(unit.brings.all);
  const inside = job.needs.some((need) => siblings.has(need.job));
  const known = new Set(job.needs.map((need) => need.job));
  const needs = inside ? [] : needsOfUnit(unit, wiring).filter((need) => !known.has(need.job));
  const condition = unit.conditions.length > 1 ? { all: unit.conditions } : unit.conditions[0];
  return {
    ...job,
    step: { path: [...unit.path, job.name], pointer: step.pointer },
    ...(condition === undefined ? {} : { condition }),
    ...(unit.within.length === 0 ? {} : { within: unit.within }),
    ...(step.locks.length === 0 ? {} : { locks: [...(job.locks ?? []), ...step.locks] }),
    retry: step.times.retry ?? job.retry,
    needs: [...job.needs, ...needs],
  };
}
