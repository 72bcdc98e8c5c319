// Which step deploys which component. Once a workflow has a deploy step, every component belongs to exactly one.

import type { Json } from "../../../model/data/json.ts";
import { LIMITS } from "../../../model/document/document.ts";
import { nearest } from "../../../model/kubernetes/name.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import {
  checkKnown,
  checkObject,
  type DocumentPart,
  field,
  fieldPointer,
  wrongType,
} from "../../fields/checkFields.ts";
import { clip, listNames } from "../../fields/valueWords.ts";
import { loopAround, type StepDraft } from "./stepDraft.ts";

interface Deploying {
  readonly components: readonly string[];
  readonly deployedBy: Map<string, StepDraft>;
  readonly problems: Problem[];
}

/** `all` means all components that no other step names. */
export function checkDeploys(
  steps: readonly StepDraft[],
  components: ReadonlyMap<string, { readonly pointer: string }>,
  problems: Problem[],
): ReadonlyMap<string, StepDraft> {
  const deploying: Deploying = { components: [...components.keys()], deployedBy: new Map(), problems };
  const deploys = steps.filter((step) => step.kind === "deploy");
  const rest = deploys.filter((step) => checkDeploy(step, deploying) === "all");
  for (const step of rest) takeRest(step, deploying);
  if (deploys.length === 0) return deploying.deployedBy;
  for (const [name, { pointer }] of components) {
    if (!deploying.deployedBy.has(name)) problems.push(problem("NotDeployed", `${pointer}/name`, { name: clip(name) }));
  }
  return deploying.deployedBy;
}

function checkDeploy(step: StepDraft, deploying: Deploying): "all" | "named" {
  const { problems } = deploying;
  const loop = loopAround(step);
  if (loop !== undefined) {
    const params = { field: "forEach", type: "deploy", known: listNames(["name", "type", "properties"]) };
    problems.push(problem("StepField", `${loop.pointer}/forEach`, params));
  }
  if (step.final) problems.push(problem("DeployFinally", step.pointer));
  const value = Object.hasOwn(step.raw, "properties") ? step.raw["properties"] : undefined;
  const pointer = `${step.pointer}/properties`;
  if (value === undefined) {
    problems.push(problem("Required", pointer, { field: "properties" }));
    return "named";
  }
  if (!checkObject(value, pointer, problems)) return "named";
  const part: DocumentPart = { value, pointer, problems };
  // OAM calls what a step deploys its policies. Here it is another name for components, and never used together with
  // it.
  const word =
    field(part, "components") === undefined && field(part, "policies") !== undefined ? "policies" : "components";
  checkKnown(part, [word]);
  const names = field(part, word);
  const at = fieldPointer(part, word);
  if (names === "all") return "all";
  if (names === undefined) problems.push(problem("Required", at, { field: word }));
  else if (!Array.isArray(names)) problems.push(wrongType(at, 'array | "all"', names));
  else if (names.length === 0) problems.push(problem("Empty", at, { field: word }));
  else if (names.length > LIMITS.components)
    problems.push(problem("TooManyComponents", at, { count: names.length, limit: LIMITS.components }));
  else for (const [index, name] of names.entries()) checkName(step, { name, pointer: `${at}/${index}` }, deploying);
  return "named";
}

function checkName(
  step: StepDraft,
  { name, pointer }: { readonly name: Json; readonly pointer: string },
  { components, deployedBy, problems }: Deploying,
): void {
  if (typeof name !== "string") {
    problems.push(wrongType(pointer, "string", name));
    return;
  }
  const first = deployedBy.get(name);
  const params = { name: clip(name), known: listNames(components) };
  if (!components.includes(name))
    problems.push(problem("UnknownReference", pointer, params, nearest(clip(name), components)));
  else if (first === undefined) deployedBy.set(name, step);
  else problems.push(problem("DeployedTwice", pointer, { name: clip(name), first: clip(first.name ?? first.pointer) }));
}

function takeRest(step: StepDraft, { components, deployedBy, problems }: Deploying): void {
  const left = components.filter((name) => !deployedBy.has(name));
  for (const name of left) deployedBy.set(name, step);
  if (left.length === 0) problems.push(problem("NothingToDeploy", `${step.pointer}/properties/components`));
}
