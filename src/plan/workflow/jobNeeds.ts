// Needs between steps become needs between jobs. A step may be one job, several, or none.
import type { Need } from "../../model/plan.ts";
import { ownerOf } from "./frame.ts";
import type { StepNeed } from "./resolvedWorkflow.ts";
import type { ComponentJobs, Unit } from "./tree.ts";

/** Each is stored, and looked at by every step of the engine. */
export const NEEDS_LIMIT = 50_000;

export interface Wiring {
  readonly components: ComponentJobs;
  /** Before everything: components that no step deploys. */
  readonly first: readonly string[];
  readonly needs: Map<Unit, readonly Need[]>;
  readonly lasts: Map<Unit, readonly string[]>;
  readonly members: Map<Unit, ReadonlySet<string>>;
  /** Needs so far. */
  count: number;
}

export function jobNames(unit: Unit): readonly string[] {
  return [...unit.brings.all, ...unit.jobs.map((job) => job.name), ...unit.parts.flatMap(jobNames)];
}

/** What the step itself waits for, and what it is part of does. One need for each job; an end is enough where any of them says so. */
export function needsOfUnit(unit: Unit, wiring: Wiring): readonly Need[] {
  const known = wiring.needs.get(unit);
  if (known !== undefined) return known;
  if (wiring.count > NEEDS_LIMIT) return [];
  const own = unit.needs.flatMap((need) => jobNeeds(need, unit, wiring));
  const all = merged([...own, ...inherited(unit, own, wiring)]);
  wiring.needs.set(unit, all);
  wiring.count += all.length;
  return all;
}

function jobNeeds(need: StepNeed, unit: Unit, wiring: Wiring): readonly Need[] {
  const { kind, name, ...own } = need;
  const said = unit.frame.caller === null ? own : { ...own, pointer: unit.pointer };
  if (kind === "component") return (wiring.components.get(name)?.last ?? []).map((job) => ({ job, ...said }));
  const target = ownerOf(unit.frame, name)?.units.get(name);
  if (target === undefined) return [];
  const jobs = need.on === "end" ? jobNames(target) : ownLastOf(target, wiring);
  if (jobs.length > 0) return jobs.map((job) => ({ job, ...said }));
  // A step that became no job at all (a loop over nothing) passes on what it would have waited for, each in its own way.
  return needsOfUnit(target, wiring).map(({ job, on }) => ({ ...said, job, ...(on === "end" ? { on } : {}) }));
}

/** Not again what a sibling that has to succeed before waits for already. */
function inherited(unit: Unit, own: readonly Need[], wiring: Wiring): readonly Need[] {
  const { container } = unit;
  if (container === null) return unit.final ? [] : wiring.first.map((job) => ({ job, because: "order" }));
  const strict = own.filter((need) => need.on !== "end");
  const beside = strict.some((need) => membersOf(container, wiring).has(need.job));
  return beside ? [] : needsOfUnit(container, wiring);
}

function membersOf(container: Unit, { members }: Wiring): ReadonlySet<string> {
  const known = members.get(container);
  if (known !== undefined) return known;
  const names = new Set(jobNames(container));
  members.set(container, names);
  return names;
}

function merged(needs: readonly Need[]): readonly Need[] {
  const byJob = new Map<string, Need>();
  for (const need of needs) {
    const known = byJob.get(need.job);
    if (known === undefined) byJob.set(need.job, need);
    else if (need.on === "end") byJob.set(need.job, { ...known, on: "end" });
  }
  return [...byJob.values()];
}

/** Jobs whose success means that of the whole step. Where there is none, those that it would have waited for. */
export function lastOf(unit: Unit, wiring: Wiring): readonly string[] {
  const known = wiring.lasts.get(unit);
  if (known !== undefined) return known;
  const own = ownLastOf(unit, wiring);
  const last =
    own.length > 0 ? own : needsOfUnit(unit, wiring).flatMap((need) => (need.on === "end" ? [] : [need.job]));
  wiring.lasts.set(unit, last);
  return last;
}

function ownLastOf(unit: Unit, wiring: Wiring): readonly string[] {
  return [...unit.brings.last, ...unit.jobs.map((job) => job.name), ...lastOfParts(unit, wiring)];
}

function lastOfParts(unit: Unit, wiring: Wiring): readonly string[] {
  const followed = new Set<Unit>();
  for (const part of unit.parts) {
    for (const need of part.needs) {
      const target = need.kind === "step" && need.on !== "end" ? part.frame.units.get(need.name) : undefined;
      if (target !== undefined) followed.add(target);
    }
  }
  return unit.parts.filter((part) => !followed.has(part)).flatMap((part) => lastOf(part, wiring));
}
