// Turns drafts into resolved steps. It makes the last checks, those of one step's properties, and leaves out what is
// undefined. Anything that could not be read has a problem already, and then the result is not used.
import { isObject, type JsonObject } from "../../../model/data/json.ts";
import { type Problem, problem, warning } from "../../../model/problems/problem.ts";
import {
  checkKnown,
  checkObject,
  type DocumentPart,
  field,
  fieldPointer,
  textField,
  wrongType,
} from "../../fields/checkFields.ts";
import type { ResolvedStep, StepNeed } from "../steps/resolvedWorkflow.ts";
import { checkProperties } from "./checkProperties.ts";
import type { StepDraft } from "./stepDraft.ts";

interface Resolving {
  readonly needs: ReadonlyMap<StepDraft, readonly StepNeed[]>;
  readonly deployedBy: ReadonlyMap<string, StepDraft>;
  readonly problems: Problem[];
}

export function resolveSteps(steps: readonly StepDraft[], resolving: Resolving): readonly ResolvedStep[] {
  return steps.flatMap((step) => resolveStep(step, resolving) ?? []);
}

function resolveStep(step: StepDraft, resolving: Resolving): ResolvedStep | undefined {
  const { name, pointer, condition, definition, kind } = step;
  const head = {
    name: name ?? "",
    pointer,
    needs: resolving.needs.get(step) ?? [],
    condition,
    times: step.times,
    locks: step.locks,
    forEach: step.forEach ?? null,
  };
  if (kind === "group") return { ...head, kind, steps: resolveSteps(step.subSteps, resolving) };
  if (kind === "deploy") {
    const components = [...resolving.deployedBy].flatMap(([one, owner]) => (owner === step ? [one] : []));
    return { ...head, kind, components };
  }
  if (kind === "workflow") return { ...head, kind, ...checkCall(step, resolving.problems) };
  const { type } = step.raw;
  if (definition === undefined) return typeof type === "string" ? { ...head, kind: "unknown", type } : undefined;
  if (step.times.retry !== null && step.times.retry.attempts > 1 && definition.retriesFailures === false)
    resolving.problems.push(warning("RetryOfType", `${pointer}/retry`, { type: definition.name }));
  return { ...head, kind: "job", definition, properties: checkJob(step, resolving.problems) };
}

function checkJob(step: StepDraft, problems: Problem[]): JsonObject {
  const { raw, definition } = step;
  const pointer = `${step.pointer}/properties`;
  const value = Object.hasOwn(raw, "properties") ? raw["properties"] : undefined;
  if (value !== undefined && !isObject(value)) problems.push(wrongType(pointer, "object", value));
  const data = isObject(value) ? value : {};
  if (definition !== undefined && (value === undefined || isObject(value)))
    problems.push(...checkProperties({ definition, data, pointer, absent: value === undefined }));
  return data;
}

function checkCall(
  step: StepDraft,
  problems: Problem[],
): { readonly application: string; readonly inputs: JsonObject } {
  const pointer = `${step.pointer}/properties`;
  const value = Object.hasOwn(step.raw, "properties") ? step.raw["properties"] : undefined;
  if (value === undefined) problems.push(problem("Required", pointer, { field: "properties" }));
  if (value === undefined || !checkObject(value, pointer, problems)) return { application: "", inputs: {} };
  const part: DocumentPart = { value, pointer, problems };
  checkKnown(part, ["application", "inputs"]);
  const application = textField(part, "application", "required") ?? "";
  const inputs = field(part, "inputs") ?? {};
  return { application, inputs: checkObject(inputs, fieldPointer(part, "inputs"), problems) ? inputs : {} };
}
