// From resolved steps to jobs: groups are taken apart, loops unrolled, called workflows put in. Values that are known are filled in, so that what
// is planned can be checked and shown whole. Never more jobs than the limit.

import type { JobDefinition } from "../../catalog/define.ts";
import { LIMITS, type WorkflowDocument } from "../../model/document.ts";
import { isObject, type Json, type JsonObject } from "../../model/json.ts";
import type { PlannedLock, RetryPolicy } from "../../model/plan.ts";
import { explainProblem, type Problem, problem } from "../../model/problem.ts";
import { wrongType } from "../check/checkFields.ts";
import { checkProperties } from "./checkProperties.ts";
import { contextName, namesOf, substitute, substituteCondition } from "./frame.ts";
import { holesIn } from "./holes.ts";
import type { ResolvedStep, ResolvedWorkflow } from "./resolvedWorkflow.ts";
import type { StepTypes } from "./stepKinds.ts";
import { BRINGS_NOTHING, type Frame, type Unit, type Waiting } from "./tree.ts";

export interface Expansion {
  readonly types: StepTypes;
  readonly called: ReadonlyMap<string, WorkflowDocument>;
  /** The jobs that bring these components. */
  readonly bringing: (components: readonly string[]) => Unit["brings"];
  readonly problems: Problem[];
  readonly offline: boolean;
  /** Of applications that were called, checked once each; null: not right. */
  readonly checked: Map<string, ResolvedWorkflow | null>;
  /** All units, parts after what they belong to. */
  readonly units: Unit[];
  jobs: number;
}

/** Where in the tree a step stands. */
export interface Spot {
  readonly frame: Frame;
  readonly container: Unit | null;
  /** Before the names of jobs: `prepare.`. */
  readonly prefix: string;
  /** Names in the run's context of what it is part of. */
  readonly path: readonly string[];
  readonly final: boolean;
}

type Of<K extends ResolvedStep["kind"]> = Extract<ResolvedStep, { kind: K }>;
/** Handed in, because calls expand steps and steps expand calls. */
export type ExpandCall = (
  step: Of<"workflow">,
  unit: Unit,
  at: { readonly spot: Spot; readonly expansion: Expansion },
) => void;

export function expandSteps(
  steps: readonly ResolvedStep[],
  spot: Spot,
  around: { readonly expansion: Expansion; readonly call: ExpandCall },
): void {
  for (const step of steps) expandStep(step, spot, around);
}

type Around = Parameters<typeof expandSteps>[2];

function expandStep(step: ResolvedStep, spot: Spot, around: Around): void {
  const { expansion } = around;
  const unit = unitOf(step, spot, { frame: spot.frame, expansion });
  add(unit, spot, expansion);
  spot.frame.units.set(step.name, unit);
  if (step.forEach === null) return fillUnit(step, unit, { spot, around, suffix: "" });
  const values = loopValues(step, spot.frame, expansion);
  for (const [index, value] of values.entries()) {
    if (isFull(expansion, spot.frame, step.pointer)) return;
    const suffix = `[${index}]`;
    const own = step.kind === "group" ? namesOf(step.steps) : [];
    const prefix = `${contextName(spot.frame, step.name)}${suffix}.`;
    const frame: Frame = {
      ...spot.frame,
      parent: spot.frame,
      item: { value },
      names: new Set(own),
      units: new Map(),
      prefix: step.kind === "group" ? prefix : spot.frame.prefix,
    };
    const round = { ...unitOf(step, spot, { frame, expansion, suffix }), needs: [], container: unit };
    add(round, { ...spot, container: unit }, expansion);
    fillUnit(step, round, { spot: { ...spot, frame }, around, suffix });
  }
}

function unitOf(
  step: ResolvedStep,
  spot: Spot,
  { frame, expansion, suffix = "" }: { readonly frame: Frame; readonly expansion: Expansion; readonly suffix?: string },
): Unit {
  const name = contextName(spot.frame, step.name);
  const looped = step.forEach !== null && frame === spot.frame;
  // What a loop's condition says of its item is said of each round.
  const own = step.condition === null || looped ? [] : [substituteCondition(step.condition, frame)];
  return {
    needs: step.needs,
    frame: spot.frame,
    container: spot.container,
    conditions: [...(spot.container?.conditions ?? []), ...own],
    within: [...(spot.container?.within ?? []), ...(looped ? [] : scopeOf(step, `${name}${suffix}`))],
    parts: [],
    jobs: [],
    brings: step.kind === "deploy" ? expansion.bringing(step.components) : BRINGS_NOTHING,
    final: spot.final,
    path: [...spot.path, name],
    pointer: frame.caller?.pointer ?? step.pointer,
  };
}

/** The time of a job is its own affair. */
function scopeOf({ kind, times }: ResolvedStep, step: string): Unit["within"] {
  return kind === "job" || times.timeout === null ? [] : [{ step, timeout: times.timeout }];
}

function add(unit: Unit, spot: Spot, expansion: Expansion): void {
  expansion.units.push(unit);
  spot.container?.parts.push(unit);
}

interface Filling {
  readonly spot: Spot;
  readonly around: Around;
  /** Of one round of a loop: `[0]`. */
  readonly suffix: string;
}

function fillUnit(step: ResolvedStep, unit: Unit, { spot, around, suffix }: Filling): void {
  const { expansion } = around;
  const { path } = unit;
  const inner: Spot = {
    ...spot,
    container: unit,
    prefix: `${spot.prefix}${step.name}${suffix}.`,
    path: suffix === "" ? path : [...path, `${path.at(-1) ?? ""}${suffix}`],
  };
  if (step.kind === "group") expandSteps(step.steps, inner, around);
  else if (step.kind === "workflow") around.call(step, unit, { spot: inner, expansion });
  else if (step.kind === "job")
    unit.jobs.push(...jobOf(step, unit, { spot, expansion, name: `${spot.prefix}${step.name}${suffix}` }));
  // A deploy step brings jobs that are there already: see deployJobs.ts.
}

interface Making {
  readonly spot: Spot;
  readonly expansion: Expansion;
  readonly name: string;
}

const ONCE: RetryPolicy = { attempts: 1, backoff: 5_000 };

function jobOf(step: Of<"job">, unit: Unit, { spot, expansion, name }: Making): readonly Waiting[] {
  if (isFull(expansion, spot.frame, step.pointer)) return [];
  expansion.jobs += 1;
  const { definition, times } = step;
  const input = inputOf(step, spot.frame, expansion);
  const clocks = { ...definition.clocks, ...times.clocks };
  const condition = unit.conditions.length > 1 ? { all: unit.conditions } : unit.conditions[0];
  const job: Waiting = {
    name,
    type: definition.name,
    ...(definition.version === undefined ? {} : { typeVersion: definition.version }),
    step: { path: unit.path, pointer: unit.pointer },
    ...(condition === undefined ? {} : { condition }),
    ...(step.locks.length === 0 ? {} : { locks: locksOf(step, spot.frame, expansion) }),
    ...(unit.within.length === 0 ? {} : { within: unit.within }),
    ...(spot.final ? { final: true } : {}),
    ...(Object.keys(clocks).length === 0 ? {} : { clocks }),
    ...(times.onShort === null ? {} : { onShort: times.onShort }),
    component: "",
    objects: [],
    input,
    timeout: times.timeout ?? definition.timeout,
    retry: times.retry ?? retryOf(definition, input) ?? ONCE,
  };
  return [job];
}

function retryOf({ retry }: JobDefinition, input: JsonObject): RetryPolicy | undefined {
  return typeof retry === "function" ? retry(input) : retry;
}

function locksOf({ locks, pointer }: ResolvedStep, frame: Frame, expansion: Expansion): readonly PlannedLock[] {
  return locks.map((lock) => ({
    ...lock,
    name: substituted(lock.name, `${pointer}/locks`, { frame, expansion }),
  }));
}

/** Checked again where a value came in that the check of the document did not know. */
function inputOf(step: Of<"job">, frame: Frame, expansion: Expansion): JsonObject {
  const pointer = `${step.pointer}/properties`;
  const before = expansion.problems.length;
  const input = substituted(step.properties, pointer, { frame, expansion });
  const data = isObject(input) ? input : {};
  const open = holesIn(step.properties).length > 0;
  if (!open || expansion.problems.length > before) return data;
  const wrong = checkProperties({ definition: step.definition, data, pointer, absent: false });
  tell(
    expansion,
    frame,
    wrong.filter((one) => one.severity === "error"),
  );
  return data;
}

export function substituted(
  value: Json,
  pointer: string,
  { frame, expansion }: { readonly frame: Frame; readonly expansion: Expansion },
): Json {
  return substitute(value, frame, (from) => tell(expansion, frame, [problem("NoValue", pointer, { pointer: from })]));
}

function loopValues(step: ResolvedStep, frame: Frame, expansion: Expansion): readonly Json[] {
  const pointer = `${step.pointer}/forEach`;
  const values = substituted(step.forEach, pointer, { frame, expansion });
  if (Array.isArray(values)) return values as readonly Json[]; // isArray loses what Json says of its items
  const [hole] = isObject(values) ? holesIn(values) : [];
  if (expansion.offline && hole?.from.startsWith("/inputs/") === true) return [];
  if (hole?.path.length === 0) tell(expansion, frame, [problem("LoopOverOutput", pointer, { pointer: hole.from })]);
  else tell(expansion, frame, [wrongType(pointer, "array", values)]);
  return [];
}

/** Loops of nothing make no jobs, and still take time. */
const UNITS_PER_JOB = 10;

/** Tells once that there is no end to it. */
function isFull(expansion: Expansion, frame: Frame, pointer: string): boolean {
  const limit = LIMITS.steps;
  if (expansion.jobs < limit && expansion.units.length < limit * UNITS_PER_JOB) return false;
  if (expansion.jobs <= limit) {
    expansion.jobs = limit + 1;
    tell(expansion, frame, [problem("TooMany", pointer, { count: `> ${limit}`, what: "jobs", limit })]);
  }
  return true;
}

/** A problem inside of a called workflow is told at the step that calls it: the other document is not here. */
export function tell(expansion: Expansion, { caller }: Frame, problems: readonly Problem[]): void {
  if (caller === null) {
    expansion.problems.push(...problems);
    return;
  }
  for (const one of problems) {
    const [en, zh] = [explainProblem(one, "en").message, explainProblem(one, "zh").message];
    const params = { name: caller.application, place: one.pointer, en, zh };
    expansion.problems.push(problem("CallBroken", `${caller.pointer}/properties/application`, params));
  }
}
