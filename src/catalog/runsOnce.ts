// Does a component run to an end, once for its content, or until it is removed? Asked by the planner and the engine, which know no job type.
import type { ComponentDefinition } from "./define.ts";

export function runsOnce({ job }: Pick<ComponentDefinition, "job">): boolean {
  return job === "task";
}
