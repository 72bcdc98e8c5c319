// Keeps the locks of a run while this process drives it. A job takes its locks in the transaction that starts it
// (advanceRun.ts) and gives them back in the one that ends its attempt. In between, each lock is held by a lease of one
// minute.
//
// What may happen to a lock that a job holds:
//  - Renewed. Every 20 seconds this file renews all leases of the run.
//  - Taken over. A new driver of the run renews the leases that the last driver left, before it decides anything. The
//    job goes on.
//  - Lost. When the leases could not be renewed for longer than a minute (the process was frozen, or the store was out
//    of reach), the store may give the lock to another job. The job that held it is stopped as soon as a renewal shows
//    that. Its attempt ends as `interrupted` with the reason LockLost, and a retry waits for the lock again. Until
//    then, the store refuses the outcome of such a job ("displaced" in advanceRun.ts), so that two jobs never both
//    count as holders. A write to a cluster that was on its way is not stopped by this.
import type { JobOutcome } from "../../catalog/job.ts";
import { reason } from "../../model/reasons/reason.ts";
import { isActive } from "../../model/run/phase.ts";
import type { HeldLock } from "../../ports/store.ts";
import type { Driver } from "./driver.ts";
import { locksOf } from "./neededLocks.ts";

/** Milliseconds between renewals: a third of the store's lease, so that two renewals may fail. */
const RENEW = 20_000;

export const LOCK_LOST = (key: string): JobOutcome => ({
  phase: "interrupted",
  reason: reason("LockLost", { key }),
  evidence: [],
  retryable: true,
});

/**
 * Renews the locks that an earlier driver of the run left. An active job that should hold a lock and does not has lost
 * it: its attempt ends as `interrupted` in the next decision. Called before anything is decided.
 */
export async function takeUpLocks(driver: Driver): Promise<void> {
  const held = await driver.dependencies.store.runs.renewLocks(driver.run.id);
  for (const [job, locks] of held) driver.locks.held.set(job, locks);
  for (const job of driver.jobs.values()) {
    if (!isActive(job.phase)) continue;
    const own = new Set(driver.locks.held.get(job.name)?.map((one) => one.key));
    const lost = locksOf(driver, driver.jobs, job).find((one) => !own.has(one.key));
    if (lost !== undefined) driver.attempts.results.set(job.name, LOCK_LOST(lost.key));
  }
}

/**
 * Renews the locks until `signal` aborts, and stops each job that no longer holds what it held. Never throws: a failure
 * is logged.
 */
export async function keepLocks(
  driver: Pick<Driver, "dependencies" | "run" | "attempts" | "locks">,
  signal: AbortSignal,
): Promise<void> {
  const { dependencies, run } = driver;
  while (!signal.aborted) {
    await dependencies.clock.sleep(RENEW, signal);
    if (signal.aborted) return;
    if (driver.locks.held.size === 0) continue;
    const before = new Map(driver.locks.held);
    try {
      const held = await dependencies.store.runs.renewLocks(run.id);
      for (const [job, locks] of before) if (!hasAll(held.get(job), locks)) driver.attempts.displaced.get(job)?.abort();
    } catch (error) {
      dependencies.log.write("warn", "locks could not be renewed", { run: run.id, error: String(error) });
    }
  }
}

function hasAll(held: readonly HeldLock[] = [], wanted: readonly HeldLock[]): boolean {
  return wanted.every(({ key, fence }) => held.some((one) => one.key === key && one.fence === fence));
}
