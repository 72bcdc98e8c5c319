// What an expansion carries along: where it stands, what it has made so far, and the problems that it met.
import type { Json } from "../../../model/data/json.ts";
import { LIMITS, type WorkflowDocument } from "../../../model/document/document.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import type { ResolvedWorkflow } from "../steps/resolvedWorkflow.ts";
import type { StepTypes } from "../steps/stepKinds.ts";
import { substitute } from "./frame.ts";
import type { Frame, Unit } from "./tree.ts";

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
  /** See tree.ts. */
  readonly endOf: string | null;
}

export function substituted(
  value: Json,
  pointer: string,
  { frame, expansion }: { readonly frame: Frame; readonly expansion: Expansion },
): Json {
  return substitute(value, frame, (from) => tell(expansion, frame, [problem("NoValue", pointer, { pointer: from })]));
}

/** Rounds of loops whose groups hold loops over nothing take time, too. */
const UNITS_PER_JOB = 10;

/** Tells once that there is no end to it. */
export function isFull(expansion: Expansion, frame: Frame, pointer: string): boolean {
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
    const params = { name: caller.application, place: one.pointer };
    const broken = problem("CallBroken", `${caller.pointer}/properties/application`, params);
    expansion.problems.push({ ...broken, inner: one });
  }
}
