// Job types as the engine and the planner see them: values, wherever they come from. Those of the catalog are there for everybody;
// others may be added while the server runs, and belong to projects.
import type { Catalog } from "./catalog.ts";
import type { JobDefinition } from "./define.ts";

export interface JobTypes {
  /** The version that a run was planned with, or the newest that may be used now. Undefined: there is none for this project. */
  find(project: string, name: string, version?: string): JobDefinition | undefined;
  /** All that a new run of the project may use, by name. */
  usable(project: string): ReadonlyMap<string, JobDefinition>;
  /** Looks at what others may have registered a moment ago. Missing: nobody can. */
  refresh?(): Promise<void>;
}

/**
 * Milliseconds that all attempts of a job of this type may take when the document says nothing. The definition is the one place for this number;
 * the planner makes jobs of built-in types only, so a type that is missing is a mistake in the composition of the catalog.
 */
export function defaultTimeout(types: ReadonlyMap<string, JobDefinition>, type: string): number {
  const definition = types.get(type);
  if (definition === undefined) throw new Error(`the catalog has no job type ${type}`);
  return definition.timeout;
}

/** Nothing beside the catalog. */
export function catalogJobTypes(catalog: Catalog): JobTypes {
  return { find: (_, name) => catalog.jobs.get(name), usable: () => catalog.jobs };
}
