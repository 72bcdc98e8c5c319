// Which locks a job must hold before it starts: its component, the locks that its plan names, and the limits of its
// type. A limit is a lock with several slots. The store takes them in the transaction that starts the job
// (advanceRun.ts).

import type { JsonObject } from "../../model/data/json.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import type { JobLock, LockKind, PlannedLock } from "../../model/run/plan.ts";
import type { Job, Run } from "../../model/run/run.ts";
import { filledInput, lockName } from "../deciding/bindings.ts";
import { contextOf } from "../deciding/context.ts";
import { type DrivenRun, definitionOf } from "./driver.ts";

/**
 * Keys contain the project: two projects never wait for each other, unless the type itself has a limit for all
 * projects. `jobs` must be the jobs as the decision that starts this job sees them, because an output that came in with
 * that decision may name a lock.
 */
export function locksOf(driver: DrivenRun, jobs: ReadonlyMap<string, Job>, job: Job | undefined): readonly JobLock[] {
  if (job === undefined) return [];
  const { project } = driver.run;
  const definition = definitionOf(driver, job);
  const { component, locks = [] } = job.plan;
  // Two jobs never work on the same component at the same time, also when they belong to different runs.
  const touched: readonly PlannedLock[] =
    component === null ? [] : [{ kind: "component", name: component, limit: 1, onLimit: "queue" }];
  if (locks.length === 0 && definition?.concurrency === undefined)
    return touched.flatMap((lock) => keyed(lock, driver.run, {}));
  const context = contextOf(driver.run, jobs.values(), job);
  const own = [...touched, ...locks].flatMap((lock) => keyed(lock, driver.run, context));
  if (definition?.concurrency === undefined) return own;
  const filled = filledInput(job, context);
  const input = filled.ok ? definition.input.safeParse(filled.value) : undefined;
  // Input that does not fit its type needs no limit: the job is rejected as soon as it starts.
  return input?.success === true ? unique([...own, ...definition.concurrency(input.data, { project })]) : unique(own);
}

/**
 * Empty when the lock has no name: the attempt of its job then fails before it does anything (deciding/bindings.ts).
 */
function keyed(lock: PlannedLock, run: Run, context: JsonObject): readonly JobLock[] {
  const { kind, limit, shared, onLimit } = lock;
  const found = lockName(lock, context);
  if (found.kind !== "named") return [];
  const key = `${run.project}/${kind}/${KEYS[kind](found.name, run)}`;
  return [{ key, limit, ...(shared === undefined ? {} : { shared }), onLimit }];
}

/** How a lock of each kind is called. Two runs that lock the same thing must get the same key. */
const KEYS: Readonly<Record<LockKind, (name: string, run: Run) => string>> = {
  component: (name, { application }) => (name.includes("/") ? name : `${writtenName(application)}/${name}`),
  release: (name, { cluster, namespace }) => `${cluster}/${namespace}/${name}`,
  host: (name) => name,
  key: (name) => name,
};

/** Each key once, because a job must not wait for a slot that it takes itself. */
function unique(claims: readonly JobLock[]): readonly JobLock[] {
  return [...new Map(claims.map((one) => [one.key, one] as const)).values()];
}
