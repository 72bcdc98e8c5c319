// What a job must hold before it starts: the limits of its type, and the keys that its step names. Locks are limits of one.
import type { Concurrency } from "../model/plan.ts";
import type { Job } from "../model/run.ts";
import { filledInput } from "./bindings.ts";
import { contextOf } from "./context.ts";
import { type Driver, definitionOf } from "./driver.ts";

/** Keys are the project's own: two projects never wait for each other unless the type itself has a limit. */
export function claimsOf(driver: Driver, job: Job | undefined): readonly Concurrency[] {
  if (job === undefined) return [];
  const { project } = driver.run;
  const own = (job.plan.concurrency ?? []).map((one) => ({ ...one, key: `${project}/${one.key}` }));
  const definition = definitionOf(driver, job);
  if (definition?.concurrency === undefined) return own;
  const filled = filledInput(job, contextOf(driver.run, driver.jobs.values()));
  const input = filled.ok ? definition.input.safeParse(filled.value) : undefined;
  // What does not fit its type is told when the job starts, which takes it out of everybody's way at once.
  return input?.success === true ? [...own, ...definition.concurrency(input.data, { project })] : own;
}
