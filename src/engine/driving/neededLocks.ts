// What a job must hold before it starts: the limits of its type, and the locks that its plan names. Locks are limits of one.

import type { JsonObject } from "../../model/data/json.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import type { JobLock, LockKind, PlannedLock } from "../../model/run/plan.ts";
import type { Job, Run } from "../../model/run/run.ts";
import { filledInput, lockName } from "../deciding/bindings.ts";
import { contextOf } from "../deciding/context.ts";
import { type DrivenRun, definitionOf } from "./driver.ts";

/**
 * Keys are the project's own: two projects never wait for each other unless the type itself has a limit.
 * `jobs` must be the jobs as the decision that starts this one sees them: a lock may be named by an output that came in with that decision.
 */
export function locksOf(driver: DrivenRun, jobs: ReadonlyMap<string, Job>, job: Job | undefined): readonly JobLock[] {
  if (job === undefined) return [];
  const { project } = driver.run;
  const definition = definitionOf(driver, job);
  const { component, locks = [] } = job.plan;
  // Whoever works on a component keeps it to itself, in whichever run.
  const touched: readonly PlannedLock[] =
    component === null ? [] : [{ kind: "component", name: component, limit: 1, onLimit: "queue" }];
  if (locks.length === 0 && definition?.concurrency === undefined)
    return touched.flatMap((lock) => keyed(lock, driver.run, {}));
  const context = contextOf(driver.run, jobs.values(), job);
  const own = [...touched, ...locks].flatMap((lock) => keyed(lock, driver.run, context));
  if (definition?.concurrency === undefined) return own;
  const filled = filledInput(job, context);
  const input = filled.ok ? definition.input.safeParse(filled.value) : undefined;
  // What does not fit its type is told when the job starts, which takes it out of everybody's way at once.
  return input?.success === true ? unique([...own, ...definition.concurrency(input.data, { project })]) : unique(own);
}

/** None for a lock without a name: the attempt of its job then fails before it does anything, see bindings.ts. */
function keyed(lock: PlannedLock, run: Run, context: JsonObject): readonly JobLock[] {
  const { kind, limit, shared, onLimit } = lock;
  const found = lockName(lock, context);
  if (found.kind !== "named") return [];
  const key = `${run.project}/${kind}/${KEYS[kind](found.name, run)}`;
  return [{ key, limit, ...(shared === undefined ? {} : { shared }), onLimit }];
}

/** The same thing has the same key, from whichever run it is named. */
const KEYS: Readonly<Record<LockKind, (name: string, run: Run) => string>> = {
  component: (name, { application }) => (name.includes("/") ? name : `${writtenName(application)}/${name}`),
  release: (name, { cluster, namespace }) => `${cluster}/${namespace}/${name}`,
  host: (name) => name,
  key: (name) => name,
};

/** A job cannot stand in its own way. */
function unique(claims: readonly JobLock[]): readonly JobLock[] {
  return [...new Map(claims.map((one) => [one.key, one] as const)).values()];
}
