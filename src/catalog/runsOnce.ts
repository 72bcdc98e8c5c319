// Whether a component runs once to its end, or until it is removed. The planner and the engine ask this, so that they
// need not know the names of job types.
import type { ComponentDefinition } from "./define.ts";

export function runsOnce({ job }: Pick<ComponentDefinition, "job">): boolean {
  return job === "task";
}
