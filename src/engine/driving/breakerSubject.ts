// What a job's breaker is kept for: its project, type and version, and what it calls. A type that calls nothing by its input works on the
// run's cluster, so each cluster has a breaker of its own.
import type { JsonObject } from "../../model/data/json.ts";
import type { Job } from "../../model/run/run.ts";
import { filledInput } from "../deciding/bindings.ts";
import type { BreakerSubject, BreakerTarget } from "../deciding/breakers.ts";
import { contextOf } from "../deciding/context.ts";
import { type DrivenRun, definitionOf } from "./driver.ts";

/** Of an attempt: its input is filled in. */
export function breakerSubject(driver: DrivenRun, job: Job, input: JsonObject): BreakerSubject {
  return subjectOf(driver, job, () => input);
}

/** Of a job that waits: what it refers to may have no value yet, and then it calls nothing yet. */
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
