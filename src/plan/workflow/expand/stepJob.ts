// Creates the job of a step, with known values filled in.
import type { JobDefinition } from "../../../catalog/define.ts";
import { defaultTimeout } from "../../../catalog/jobTypes.ts";
import { isObject, type JsonObject } from "../../../model/data/json.ts";
import { ONE_ATTEMPT, type PlannedLock, type RetryPolicy } from "../../../model/run/plan.ts";
import { checkProperties } from "../check/checkProperties.ts";
import { pointersIn } from "../conditions/mapCondition.ts";
import { holesIn } from "../steps/holes.ts";
import type { ResolvedStep } from "../steps/resolvedWorkflow.ts";
import { type Expansion, type ExpansionPoint, isFull, substituted, tell } from "./expansion.ts";
import { substituteCondition } from "./frame.ts";
import type { Frame, JobDraft, Unit } from "./tree.ts";

type JobStep = Extract<ResolvedStep, { kind: "job" }>;

interface Making {
  readonly part: ExpansionPoint;
  readonly expansion: Expansion;
  readonly name: string;
}

export function jobOf(step: JobStep, unit: Unit, { part, expansion, name }: Making): readonly JobDraft[] {
  if (isFull(expansion, part.frame, step.pointer)) return [];
  expansion.jobs += 1;
  const { definition, times } = step;
  const input = inputOf(step, part.frame, expansion);
  const clocks = { ...definition.clocks, ...times.clocks };
  const job: JobDraft = {
    ...headOf(unit, part, step.forEach === null ? undefined : "round"),
    name,
    type: definition.name,
    ...(definition.version === undefined ? {} : { typeVersion: definition.version }),
    ...(step.locks.length === 0 ? {} : { locks: locksOf(step, part.frame, expansion) }),
    ...(Object.keys(clocks).length === 0 ? {} : { clocks }),
    ...(times.onShort === null ? {} : { onShort: times.onShort }),
    component: null,
    objects: [],
    input,
    timeout: times.timeout ?? definition.timeout,
    retry: times.retry ?? retryOf(definition, input) ?? ONE_ATTEMPT,
    ...(definition.retriesFailures === false ? { retriesFailures: false as const } : {}),
  };
  return [job];
}

function retryOf({ retry }: JobDefinition, input: JsonObject): RetryPolicy | undefined {
  return typeof retry === "function" ? retry(input) : retry;
}

function locksOf({ locks, pointer }: ResolvedStep, frame: Frame, expansion: Expansion): readonly PlannedLock[] {
  return locks.map((lock) => ({
    ...lock,
    name: substituted(lock.name, `${pointer}/locks`, { frame, expansion }),
  }));
}

/** The input is checked again when a value was filled in that the check of the document did not know. */
function inputOf(step: JobStep, frame: Frame, expansion: Expansion): JsonObject {
  const pointer = `${step.pointer}/properties`;
  const before = expansion.problems.length;
  const input = substituted(step.properties, pointer, { frame, expansion });
  const data = isObject(input) ? input : {};
  const open = holesIn(step.properties).length > 0;
  if (!open || expansion.problems.length > before) return data;
  const wrong = checkProperties({ definition: step.definition, data, pointer, absent: false });
  tell(
    expansion,
    frame,
    wrong.filter((one) => one.severity === "error"),
  );
  return data;
}

/**
 * Creates a job that does nothing for a step that becomes no job, so that it can be skipped, waited for, referred to
 * and shown like any other: for a loop over nothing, and offline for what only the server knows.
 */
export function standIn(
  step: ResolvedStep,
  unit: Unit,
  {
    part,
    expansion,
    joint,
  }: { readonly part: ExpansionPoint; readonly expansion: Expansion; readonly joint: "nothing" | "unknown" },
): void {
  if (isFull(expansion, part.frame, step.pointer)) return;
  expansion.jobs += 1;
  const looped = step.forEach !== null;
  // Without a value of the loop, a condition on the item cannot be decided.
  const asks = looped && step.condition !== null && !pointersIn(step.condition).some(isItem);
  const own = asks && step.condition !== null ? [substituteCondition(step.condition, part.frame)] : [];
  unit.jobs.push({
    ...headOf({ ...unit, conditions: [...unit.conditions, ...own] }, part, looped ? "nothing" : undefined),
    name: `${part.prefix}${step.name}`,
    type: step.kind === "unknown" ? step.type : "join",
    joint,
    component: null,
    objects: [],
    input: {},
    timeout: defaultTimeout(expansion.types, "join"),
    retry: ONE_ATTEMPT,
  });
}

function isItem(pointer: string): boolean {
  return pointer === "/item" || pointer.startsWith("/item/");
}

/** The fields of a job that depend on the place of its step. */
function headOf(
  { conditions, within, path, pointer }: Unit,
  { final, endOf }: ExpansionPoint,
  loop: NonNullable<JobDraft["step"]>["loop"],
): Pick<JobDraft, "step" | "condition" | "within" | "final" | "endOf"> {
  const condition = conditions.length > 1 ? { all: conditions } : conditions[0];
  return {
    step: { path, pointer, ...(loop === undefined ? {} : { loop }) },
    ...(condition === undefined ? {} : { condition }),
    ...(within.length === 0 ? {} : { within }),
    ...(final ? { final } : {}),
    ...(endOf === null ? {} : { endOf }),
  };
}
