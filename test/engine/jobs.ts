// Planned jobs for tests of the scheduler: small graphs, and random ones.
import fc from "fast-check";
import { reason } from "../../src/model/reasons/reason.ts";
import type { PlannedJob } from "../../src/model/run/plan.ts";
import type { Job } from "../../src/model/run/run.ts";

export function plannedJob(name: string, needs: readonly string[], attempts = 1): PlannedJob {
  return {
    name,
    type: "test",
    component: name,
    needs: needs.map((job) => ({ job, because: "dependsOn" })),
    objects: [],
    input: {},
    timeout: 60_000,
    retry: { attempts, backoff: 1_000 },
  };
}

export function waitingJob(plan: PlannedJob): Job {
  return {
    run: "run",
    name: plan.name,
    plan,
    phase: "waiting",
    reason: reason("Dependencies", { components: "" }),
    evidence: [],
    attempt: 0,
    interruptions: 0,
    earlier: [],
    dueAt: null,
    attemptAt: null,
    pendingAt: null,
    notBefore: null,
    startedAt: null,
    finishedAt: null,
    output: {},
  };
}

/** A random graph without cycles: job i needs only jobs before it. */
export const anyGraph: fc.Arbitrary<readonly PlannedJob[]> = fc
  .array(fc.record({ needs: fc.array(fc.nat(30), { maxLength: 4 }), attempts: fc.integer({ min: 1, max: 3 }) }), {
    minLength: 1,
    maxLength: 25,
  })
  .map((rows) =>
    rows.map(({ needs, attempts }, index) => {
      const parents = index === 0 ? [] : [...new Set(needs.map((need) => need % index))];
      return plannedJob(
        `job-${index}`,
        parents.map((parent) => `job-${parent}`),
        attempts,
      );
    }),
  );
