// Turns resolved steps into jobs: groups are taken apart, loops unrolled, called workflows put in. Known values are
// filled in, so that the plan can be checked and shown as a whole. The number of jobs never exceeds the limit.

import type { Json } from "../../../model/data/json.ts";
import { fromPointer } from "../../../model/data/pointer.ts";
import type { Condition } from "../../../model/document/condition.ts";
import { problem } from "../../../model/problems/problem.ts";
import { wrongType } from "../../fields/checkFields.ts";
import { pointersIn } from "../conditions/mapCondition.ts";
import { holesIn } from "../steps/holes.ts";
import type { ResolvedStep } from "../steps/resolvedWorkflow.ts";
import { type Expansion, type ExpansionPoint, isFull, substituted, tell } from "./expansion.ts";
import { contextName, namesOf, substituteCondition } from "./frame.ts";
import { jobOf, standIn } from "./stepJob.ts";
import { BRINGS_NOTHING, type Frame, type Unit } from "./tree.ts";

type Of<K extends ResolvedStep["kind"]> = Extract<ResolvedStep, { kind: K }>;
/** Passed as an argument, because calls expand steps and steps expand calls. */
type ExpandCall = (
  step: Of<"workflow">,
  unit: Unit,
  at: { readonly part: ExpansionPoint; readonly expansion: Expansion },
) => void;

export function expandSteps(
  steps: readonly ResolvedStep[],
  part: ExpansionPoint,
  around: { readonly expansion: Expansion; readonly call: ExpandCall },
): void {
  for (const step of steps) expandStep(step, part, around);
}

type Around = Parameters<typeof expandSteps>[2];

function expandStep(step: ResolvedStep, part: ExpansionPoint, around: Around): void {
  const { expansion } = around;
  const unit = unitOf(step, part, { frame: part.frame, expansion });
  add(unit, part, expansion);
  part.frame.units.set(step.name, unit);
  if (step.kind === "unknown") return standIn(step, unit, { part, expansion, joint: "unknown" });
  if (step.forEach === null) return fillUnit(step, unit, { part, around, suffix: "" });
  const values = loopValues(step, part.frame, expansion);
  if (values === null || values.length === 0)
    return standIn(step, unit, { part, expansion, joint: values === null ? "unknown" : "nothing" });
  for (const [index, value] of values.entries()) {
    if (isFull(expansion, part.frame, step.pointer)) return;
    const suffix = `[${index}]`;
    const own = step.kind === "group" ? namesOf(step.steps) : [];
    const prefix = `${contextName(part.frame, step.name)}${suffix}.`;
    const frame: Frame = {
      ...part.frame,
      parent: part.frame,
      item: { value },
      names: new Set(own),
      units: new Map(),
      prefix: step.kind === "group" ? prefix : part.frame.prefix,
    };
    const round: Unit = { ...unitOf(step, part, { frame, expansion, suffix }), needs: [], container: unit };
    add(round, { ...part, container: unit }, expansion);
    fillUnit(step, round, { part: { ...part, frame }, around, suffix });
  }
}

function unitOf(
  step: ResolvedStep,
  part: ExpansionPoint,
  { frame, expansion, suffix = "" }: { readonly frame: Frame; readonly expansion: Expansion; readonly suffix?: string },
): Unit {
  const name = contextName(part.frame, step.name);
  const looped = step.forEach !== null && frame === part.frame;
  // A loop's condition may depend on its item, so it becomes a condition of each round.
  const own = step.condition === null || looped ? [] : [substituteCondition(step.condition, frame)];
  return {
    name: step.name,
    kind: looped ? "loop" : KINDS[step.kind],
    ...(step.kind === "job" ? { definition: step.definition } : {}),
    needs: step.needs,
    watches: step.condition === null ? [] : watchedBy(step.condition),
    after: [],
    frame: part.frame,
    container: part.container,
    conditions: [...(part.container?.conditions ?? []), ...own],
    within: [...(part.container?.within ?? []), ...(looped ? [] : scopeOf(step, `${name}${suffix}`))],
    parts: [],
    jobs: [],
    brings: step.kind === "deploy" ? expansion.bringing(step.components) : BRINGS_NOTHING,
    final: part.final,
    endOf: part.endOf,
    path: [...part.path, name],
    pointer: frame.caller?.pointer ?? step.pointer,
  };
}

const KINDS: Readonly<Record<ResolvedStep["kind"], Unit["kind"]>> = {
  job: "job",
  deploy: "deploy",
  group: "steps",
  workflow: "steps",
  unknown: "job",
};

/** The timeout of a job is a field of the job itself. */
function scopeOf({ kind, times }: ResolvedStep, step: string): Unit["within"] {
  return kind === "job" || times.timeout === null ? [] : [{ step, timeout: times.timeout }];
}

function watchedBy(condition: Condition): readonly string[] {
  return pointersIn(condition).flatMap((pointer) => {
    const [root, name, what] = fromPointer(pointer);
    return root === "steps" && name !== undefined && what === "phase" ? [name] : [];
  });
}

function add(unit: Unit, part: ExpansionPoint, expansion: Expansion): void {
  expansion.units.push(unit);
  part.container?.parts.push(unit);
}

interface Filling {
  readonly part: ExpansionPoint;
  readonly around: Around;
  /** The suffix of one round of a loop, e.g. `[0]`; otherwise empty. */
  readonly suffix: string;
}

function fillUnit(step: ResolvedStep, unit: Unit, { part, around, suffix }: Filling): void {
  const { expansion } = around;
  const { path } = unit;
  const inner: ExpansionPoint = {
    ...part,
    container: unit,
    prefix: `${part.prefix}${step.name}${suffix}.`,
    path: suffix === "" ? path : [...path, `${path.at(-1) ?? ""}${suffix}`],
  };
  if (step.kind === "group") expandSteps(step.steps, inner, around);
  else if (step.kind === "workflow") around.call(step, unit, { part: inner, expansion });
  else if (step.kind === "job")
    unit.jobs.push(...jobOf(step, unit, { part, expansion, name: `${part.prefix}${step.name}${suffix}` }));
  // A deploy step deploys jobs that exist already: see deployJobs.ts.
}

/** `null` when the values come from an input that is not known offline. */
function loopValues(step: ResolvedStep, frame: Frame, expansion: Expansion): readonly Json[] | null {
  const pointer = `${step.pointer}/forEach`;
  const values = substituted(step.forEach, pointer, { frame, expansion });
  if (Array.isArray(values)) return values as readonly Json[]; // isArray loses what Json says of its items
  const [hole] = holesIn(values);
  if (expansion.offline && hole?.from.startsWith("/inputs/") === true) return null;
  if (hole?.path.length === 0) tell(expansion, frame, [problem("LoopOverOutput", pointer, { pointer: hole.from })]);
  else tell(expansion, frame, [wrongType(pointer, "array", values)]);
  return [];
}
