// The state of an expansion: where in the tree it is, what it has created so far, and the problems that it found.
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
  /** Returns the jobs that deploy these components. */
  readonly bringing: (components: readonly string[]) => Unit["brings"];
  readonly problems: Problem[];
  readonly offline: boolean;
  /** Called workflows by application, each checked once; `null` when it has errors. */
  readonly checked: Map<string, ResolvedWorkflow | null>;
  /** All units; a unit comes after the one that contains it. */
  readonly units: Unit[];
  jobs: number;
}

/** The place of a step in the tree. */
export interface ExpansionPoint {
  readonly frame: Frame;
  readonly container: Unit | null;
  /** The prefix of the names of jobs: `prepare.`. */
  readonly prefix: string;
  /** The names, in the run's context, of the steps that contain it. */
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

/** A limit, because rounds of loops whose groups contain loops over nothing take time although they make few jobs. */
const UNITS_PER_JOB = 10;

/** True when there is no room for another job. Reports once that the limit is exceeded. */
export function isFull(expansion: Expansion, frame: Frame, pointer: string): boolean {
  const limit = LIMITS.steps;
  if (expansion.jobs < limit && expansion.units.length < limit * UNITS_PER_JOB) return false;
  if (expansion.jobs <= limit) {
    expansion.jobs = limit + 1;
    tell(expansion, frame, [problem("TooMany", pointer, { count: `> ${limit}`, what: "jobs", limit })]);
  }
  return true;
}

/**
 * Adds problems. A problem inside a called workflow is reported at the step that calls it, because the other document
 * is not here.
 */
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
