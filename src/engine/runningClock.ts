// The clocks of a job that runs: of all attempts together, and of this one. Which ends first decides what it is called when it runs out.
import type { Job } from "../model/run.ts";

export interface RunningClock {
  readonly name: "total" | "attempt";
  readonly limit: number;
  readonly remaining: number;
}

interface JobClock {
  readonly name: RunningClock["name"];
  readonly limit: number;
  readonly from: string;
}

/** Those that have begun. */
export function clocksOf(job: Job): readonly JobClock[] {
  const { timeout, clocks } = job.plan;
  const total = job.startedAt === null ? [] : [{ name: "total" as const, limit: timeout, from: job.startedAt }];
  const limit = clocks?.attempt;
  if (limit === undefined || job.attemptAt === null) return total;
  return [...total, { name: "attempt" as const, limit, from: job.attemptAt }];
}

/** `least`: what is left at least, for a job that nobody watched while its clock went on. */
export function nextClock(job: Job, now: number, least: number): RunningClock {
  const running = clocksOf(job).map(({ name, limit, from }) => ({
    name,
    limit,
    remaining: Math.max(Math.min(limit, least), Date.parse(from) + limit - now),
  }));
  const [first] = running.toSorted((a, b) => a.remaining - b.remaining);
  return first ?? { name: "total", limit: job.plan.timeout, remaining: job.plan.timeout };
}
