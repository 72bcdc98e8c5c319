// Turns needs between steps into needs between jobs. A step may be one job or several.
import type { Need, PlannedJob } from "../../../model/run/plan.ts";
import type { StepNeed } from "../steps/resolvedWorkflow.ts";
import type { StepTypes } from "../steps/stepKinds.ts";
import { ownerOf } from "./frame.ts";
import { join } from "./joints.ts";
import type { ComponentJobs, Unit } from "./tree.ts";

export interface Wiring {
  readonly components: ComponentJobs;
  /** The jobs that come before everything: components that no step deploys. */
  readonly first: readonly string[];
  readonly needs: Map<Unit, readonly Need[]>;
  readonly lasts: Map<Unit, readonly string[]>;
  /** For each container, the part to which each of its jobs belongs. */
  readonly owners: Map<Unit, ReadonlyMap<string, Unit>>;
  /** The joints by name: see joints.ts. `null`: every job names every job that it needs. */
  readonly joints: Map<string, PlannedJob> | null;
  /** The job types, which have the default timeout of a joint. */
  readonly types: StepTypes;
  /** The number of needs so far; no more than `limit` are computed. */
  count: number;
  readonly limit: number;
}

function jobNames(unit: Unit): readonly string[] {
  return [...unit.brings.all, ...unit.jobs.map((job) => job.name), ...unit.parts.flatMap(jobNames)];
}

/**
 * What the step itself waits for, and what its containers wait for. One need for each job; when one need of a job is
 * for success, that one counts. A condition that looks at the phase of a step waits only for its end, and so do all
 * other needs of that step, inherited ones too: the step could never run otherwise. `watched` contains what steps
 * inside this one look at, so that what they inherit is loosened for them alone.
 */
export function needsOfUnit(unit: Unit, wiring: Wiring, watched: readonly Unit[] = []): readonly Need[] {
  const known = watched.length === 0 ? wiring.needs.get(unit) : undefined;
  if (known !== undefined) return known;
  if (wiring.count > wiring.limit) return [];
  const all = [...watched, ...unit.watches.flatMap((name) => unitNamed(name, unit) ?? [])];
  const own = [
    ...unit.needs.flatMap((need) => jobNeeds(loosened(need, unit, all), unit, wiring)),
    ...endsBefore(unit, wiring),
  ];
  const needs = merged([...own, ...inherited(unit, own, { wiring, watched: all })]);
  if (watched.length === 0) wiring.needs.set(unit, needs);
  wiring.count += needs.length;
  return needs;
}

function unitNamed(name: string, { frame }: Unit): Unit | undefined {
  return ownerOf(frame, name)?.units.get(name);
}

function loosened(need: StepNeed, unit: Unit, watched: readonly Unit[]): StepNeed {
  const target = need.kind === "step" ? unitNamed(need.name, unit) : undefined;
  const isLoose = target !== undefined && watched.some((one) => isPartOf(one, target) || isPartOf(target, one));
  return isLoose ? { ...need, on: "end" } : need;
}

function isPartOf(inner: Unit, outer: Unit): boolean {
  return inner === outer || (inner.container !== null && isPartOf(inner.container, outer));
}

function jobNeeds(need: StepNeed, unit: Unit, wiring: Wiring): readonly Need[] {
  const { kind, name, ...own } = need;
  const said = unit.frame.caller === null ? own : { ...own, pointer: unit.pointer };
  if (kind === "component") return (wiring.components.get(name)?.last ?? []).map((job) => ({ job, ...said }));
  const target = unitNamed(name, unit);
  if (target === undefined) return [];
  const jobs = need.on === "end" ? jobNames(target) : lastOf(target, wiring);
  return join({ jobs, step: nameOf(target), unit, said }, wiring);
}

/** The needs of the final steps of a call: everything else of the call, however it ended. */
function endsBefore(unit: Unit, wiring: Wiring): readonly Need[] {
  const jobs = unit.after.flatMap(jobNames);
  return join({ jobs, step: nameOf(unit), unit, said: { because: "order", on: "end" } }, wiring);
}

function nameOf({ path, name }: Unit): string {
  return path.at(-1) ?? name;
}

/** Leaves out what a sibling that has to succeed before already waits for. */
function inherited(
  unit: Unit,
  own: readonly Need[],
  { wiring, watched }: { readonly wiring: Wiring; readonly watched: readonly Unit[] },
): readonly Need[] {
  const { container } = unit;
  if (container === null) return unit.final ? [] : wiring.first.map((job) => ({ job, because: "order" }));
  const strict = own.filter((need) => need.on !== "end").map((need) => need.job);
  return isCovered(container, strict, wiring) ? [] : needsOfUnit(container, wiring, watched);
}

/** Whether the success of these jobs implies that everything that the container needs has happened. */
function isCovered(container: Unit, strict: readonly string[], wiring: Wiring): boolean {
  // Final steps of a call are parts next to its ordinary steps, and those do not wait for all that the final steps wait
  // for.
  if (strict.length === 0 || container.after.length > 0) return false;
  const owners = ownersIn(container, wiring);
  return strict.some((job) => {
    const part = owners.get(job);
    return part !== undefined && !watchesAnything(part);
  });
}

/** When a condition looks at a phase, it may be content with an end where others need a success. */
function watchesAnything({ watches, parts }: Unit): boolean {
  return watches.length > 0 || parts.some(watchesAnything);
}

function ownersIn(container: Unit, { owners }: Wiring): ReadonlyMap<string, Unit> {
  const known = owners.get(container);
  if (known !== undefined) return known;
  const own = new Map(container.parts.flatMap((part) => jobNames(part).map((job) => [job, part] as const)));
  owners.set(container, own);
  return own;
}

function merged(needs: readonly Need[]): readonly Need[] {
  const byJob = new Map<string, Need>();
  for (const need of needs) {
    const known = byJob.get(need.job);
    if (known === undefined || (known.on === "end" && need.on !== "end")) byJob.set(need.job, need);
  }
  return [...byJob.values()];
}

/** The jobs whose success means the success of the whole step. */
function lastOf(unit: Unit, wiring: Wiring): readonly string[] {
  const known = wiring.lasts.get(unit);
  if (known !== undefined) return known;
  const followed = followedIn(unit.parts);
  const ends = unit.parts.filter((part) => !followed.has(part)).flatMap((part) => lastOf(part, wiring));
  const last = [...unit.brings.last, ...unit.jobs.map((job) => job.name), ...ends];
  wiring.lasts.set(unit, last);
  return last;
}

/** Parts for which another part waits: its success includes theirs, unless something in it waits only for their end. */
function followedIn(parts: readonly Unit[]): ReadonlySet<Unit> {
  const followed = new Set<Unit>();
  for (const part of parts.filter((one) => !watchesAnything(one))) {
    for (const need of part.needs) {
      const target = need.kind === "step" && need.on !== "end" ? part.frame.units.get(need.name) : undefined;
      if (target !== undefined) followed.add(target);
    }
  }
  return followed;
}
