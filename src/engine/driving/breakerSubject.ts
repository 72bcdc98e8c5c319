// Says which breaker a job belongs to: there is one for each project, type, version and target. The target is what the
// job calls, as its input says. A type that names no target works on the run's cluster, so its target is the cluster.
import type { JsonObject } from "../../model/data/json.ts";
import type { Job } from "../../model/run/run.ts";
import { filledInput } from "../deciding/bindings.ts";
import type { BreakerSubject, BreakerTarget } from "../deciding/breakers.ts";
import { contextOf } from "../deciding/context.ts";
import { type DrivenRun, definitionOf } from "./driver.ts";

/** The breaker of an attempt, whose input has all its references filled in. */
export function breakerSubject(driver: DrivenRun, job: Job, input: JsonObject): BreakerSubject {
  return subjectOf(driver, job, () => input);
}

/** The breaker of a job that waits. A reference in its input may have no value yet; then it has no target yet. */
export function waitingSubject(driver: DrivenRun, job: Job, jobs: ReadonlyMap<string, Job>): BreakerSubject {
  return subjectOf(driver, job, () => {
    const filled = filledInput(job, contextOf(driver.run, jobs.values(), job));
    return filled.ok ? filled.value : null;
  });
}

function subjectOf(driver: DrivenRun, job: Job, inputOf: () => JsonObject | null): BreakerSubject {
  const { type, typeVersion } = job.plan;
  let known: BreakerTarget | undefined;
  return {
    project: driver.run.project,
    type,
    ...(typeVersion === undefined ? {} : { version: typeVersion }),
    target: () => (known ??= targetOf(driver, job, inputOf)),
  };
}

function targetOf(driver: DrivenRun, job: Job, inputOf: () => JsonObject | null): BreakerTarget {
  const definition = definitionOf(driver, job);
  if (definition?.target === undefined) return { key: `cluster ${driver.run.cluster}` };
  const parsed = definition.input.safeParse(inputOf());
  const name = parsed.success ? definition.target(parsed.data) : "";
  return name === "" ? { key: "" } : { key: `target ${name}`, name };
}
