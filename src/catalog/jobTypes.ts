// Job types as the engine and the planner see them, wherever they come from. Those of the catalog are available to
// every project; others are registered while the server runs and belong to projects.
import type { Catalog } from "./catalog.ts";
import type { JobDefinition } from "./define.ts";

export interface JobTypes {
  /**
   * The version that a run was planned with, or the newest that may be used now. `undefined` when the project has no
   * such type.
   */
  find(project: string, name: string, version?: string): JobDefinition | undefined;
  /** All types that a new run of the project may use, by name. */
  usable(project: string): ReadonlyMap<string, JobDefinition>;
  /** Reads types that another process may have registered a moment ago. Absent when no types can be registered. */
  refresh?(): Promise<void>;
}

/**
 * Milliseconds that all attempts of a job of this type may take when the document sets no timeout. The definition is
 * the one place for this number. The planner creates jobs of built-in types only, so a type that is missing is a
 * mistake in the composition of the catalog.
 */
export function defaultTimeout(types: ReadonlyMap<string, JobDefinition>, type: string): number {
  const definition = types.get(type);
  if (definition === undefined) throw new Error(`the catalog has no job type ${type}`);
  return definition.timeout;
}

/** The job types of the catalog and no others. */
export function catalogJobTypes(catalog: Catalog): JobTypes {
  return { find: (_, name) => catalog.jobs.get(name), usable: () => catalog.jobs };
}
