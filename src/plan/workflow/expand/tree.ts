// The tree that a workflow is expanded to: a unit for each step as often as it exists, and the frames in which names mean something.
// A step inside of a loop or of a called workflow exists several times, each time under another name in the run's context.
import type { JobDefinition } from "../../../catalog/define.ts";
import type { Json, JsonObject } from "../../../model/data/json.ts";
import type { Condition } from "../../../model/document/condition.ts";
import type { PlannedJob, Scope } from "../../../model/run/plan.ts";
import type { StepNeed } from "../steps/resolvedWorkflow.ts";

export interface Frame {
  /** Null: nothing outside can be seen (the document itself, a called workflow). */
  readonly parent: Frame | null;
  /** Before the name of each step that belongs to it, in the run's context: `eval[0].`, `call.`. */
  readonly prefix: string;
  readonly names: ReadonlySet<string>;
  readonly units: Map<string, Unit>;
  readonly inputs: JsonObject;
  readonly item?: { readonly value: Json };
  readonly components: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Applications whose workflows call each other, the document first. */
  readonly calls: readonly string[];
  /**
   * `pointer`: the step of the user's document that leads to this frame; problems inside are reported there. `application`: the application
   * whose workflow this frame belongs to. `null` in the user's document itself.
   */
  readonly caller: { readonly pointer: string; readonly application: string } | null;
}

/** A job whose needs are not known yet. */
export type Waiting = Omit<PlannedJob, "needs">;

export interface Unit {
  /** As the document calls it. */
  readonly name: string;
  /** loop: its parts are its rounds · steps: its parts are steps · job · deploy. */
  readonly kind: "loop" | "steps" | "job" | "deploy";
  /** Of a job. */
  readonly definition?: JobDefinition;
  readonly needs: readonly StepNeed[];
  /** The steps whose phase the condition of this step looks at. */
  readonly watches: readonly string[];
  readonly frame: Frame;
  readonly container: Unit | null;
  readonly conditions: readonly Condition[];
  readonly within: readonly Scope[];
  readonly parts: Unit[];
  /** Of a step that is no container: its jobs, in the document's order. */
  readonly jobs: Waiting[];
  /** Names of jobs that somebody else makes and this step brings: those of components, and the last of them. */
  readonly brings: { readonly all: readonly string[]; readonly last: readonly string[] };
  readonly final: boolean;
  /** Of a final step of a called workflow: the name of the call. */
  readonly endOf: string | null;
  /** Whatever becomes of these, its parts come after them. */
  readonly after: readonly Unit[];
  /** Its names in the run's context, from the outermost group to the step itself. */
  readonly path: readonly string[];
  /** Where the document has it. */
  readonly pointer: string;
}

export const BRINGS_NOTHING: Unit["brings"] = { all: [], last: [] };

/** Jobs by which components come to the cluster. */
export type ComponentJobs = ReadonlyMap<string, { readonly all: readonly string[]; readonly last: readonly string[] }>;
