// The tree into which a workflow is expanded: a unit for each step as often as it exists, and the frames in which names
// have a meaning. A step inside a loop or a called workflow exists several times, each time with another name in the
// run's context.
import type { JobDefinition } from "../../../catalog/define.ts";
import type { Json, JsonObject } from "../../../model/data/json.ts";
import type { Condition } from "../../../model/document/condition.ts";
import type { PlannedJob, StepTimeout } from "../../../model/run/plan.ts";
import type { StepNeed } from "../steps/resolvedWorkflow.ts";

export interface Frame {
  /** The frame around it; `null` when nothing outside can be seen (the document itself, a called workflow). */
  readonly parent: Frame | null;
  /** The prefix of the names of its steps in the run's context: `eval[0].`, `call.`. */
  readonly prefix: string;
  readonly names: ReadonlySet<string>;
  readonly units: Map<string, Unit>;
  readonly inputs: JsonObject;
  readonly item?: { readonly value: Json };
  readonly components: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** The applications whose workflows call each other; the document's own comes first. */
  readonly calls: readonly string[];
  /**
   * The step of the document that calls, by its pointer: problems inside the call are reported there. `null` outside
   * calls.
   */
  readonly caller: { readonly pointer: string; readonly application: string } | null;
}

/** A job whose needs are not computed yet. */
export type JobDraft = Omit<PlannedJob, "needs">;

export interface Unit {
  /** The name of the step in the document. */
  readonly name: string;
  /** loop: its parts are its rounds · steps: its parts are steps · job · deploy. */
  readonly kind: "loop" | "steps" | "job" | "deploy";
  /** The job type, for a job. */
  readonly definition?: JobDefinition;
  readonly needs: readonly StepNeed[];
  /** The steps whose phase the condition of this step looks at. */
  readonly watches: readonly string[];
  readonly frame: Frame;
  readonly container: Unit | null;
  readonly conditions: readonly Condition[];
  readonly within: readonly StepTimeout[];
  readonly parts: Unit[];
  /** For a step that contains no others: its jobs, in the order of the document. */
  readonly jobs: JobDraft[];
  /**
   * Names of the jobs of components that this step deploys: all of them, and the last ones. They are created elsewhere.
   */
  readonly brings: { readonly all: readonly string[]; readonly last: readonly string[] };
  readonly final: boolean;
  /** For a final step of a called workflow, the name of the call; otherwise `null`. */
  readonly endOf: string | null;
  /** Its parts come after these units, however those ended. */
  readonly after: readonly Unit[];
  /** Its names in the run's context, from the outermost group to the step itself. */
  readonly path: readonly string[];
  /** The pointer of the step in the document. */
  readonly pointer: string;
}

export const BRINGS_NOTHING: Unit["brings"] = { all: [], last: [] };

/** For each component, the jobs that deploy it. */
export type ComponentJobs = ReadonlyMap<string, { readonly all: readonly string[]; readonly last: readonly string[] }>;
