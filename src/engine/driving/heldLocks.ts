// What the jobs of a run hold while this process drives it: leases are renewed in time, and a job whose lock was given to somebody else
// meanwhile (we were cut off for longer than a lease) is stopped. The store refuses what such a job would still write: see step.ts.
import type { JobOutcome } from "../../catalog/job.ts";
import { reason } from "../../model/reasons/reason.ts";
import { isActive } from "../../model/run/phase.ts";
import type { HeldLock } from "../../ports/store.ts";
import type { Driver } from "./driver.ts";
import { locksOf } from "./neededLocks.ts";

/** A third of the store's lease: two renewals may fail. */
const RENEW = 20_000;

export const LOCK_LOST = (key: string): JobOutcome => ({
  phase: "interrupted",
  reason: reason("LockLost", { key }),
  evidence: [],
  retryable: true,
});

/** Before anything is driven: what an earlier life of the process held is ours again, or lost. */
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

/** Until the run is no longer driven. */
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
