// The types of steps that are not job types: they decide which jobs exist and in what order. And the fields that each
// kind of step accepts.
import type { JobDefinition } from "../../../catalog/define.ts";
import type { Localized } from "../../../model/data/text.ts";

export type StepKind = "deploy" | "group" | "workflow" | "job";

const HEAD = ["name", "type", "dependsOn", "if"];

export const STEP_FIELDS: Readonly<Record<StepKind, readonly string[]>> = {
  deploy: [...HEAD, "properties", "timeout", "retry", "locks"],
  group: [...HEAD, "subSteps", "mode", "forEach", "timeout"],
  workflow: [...HEAD, "properties", "forEach", "timeout"],
  job: [...HEAD, "properties", "forEach", "timeout", "retry", "clocks", "onShort", "locks"],
};

export const STEP_SUMMARIES: Readonly<Record<Exclude<StepKind, "job">, Localized>> = {
  deploy: { en: "Deploys components to the cluster", zh: "把组件部署到集群" },
  group: { en: "Steps that belong together", zh: "一组步骤" },
  workflow: { en: "The workflow of another application, as one step", zh: "把另一个应用的工作流作为一个步骤执行" },
};

export const STRUCTURES = Object.keys(STEP_SUMMARIES) as readonly Exclude<StepKind, "job">[]; // keys of a const object: the cast only narrows

export function kindOf(type: string): StepKind {
  return STRUCTURES.find((one) => one === type) ?? "job";
}

export type StepTypes = ReadonlyMap<string, JobDefinition>;

/** The possible values of a step's `type`. */
export function stepTypeNames(types: StepTypes): readonly string[] {
  return [...STRUCTURES, ...[...types.values()].filter((one) => one.step !== undefined).map((one) => one.name)];
}
