// Which values of a workflow's inputs are secret: those that are declared so, and those that a secret property of a
// step uses, so that users need not declare them twice. A pure function that never throws, because it reads documents
// before they are checked.
import type { JobDefinition } from "../../../catalog/define.ts";
import { isObject, type Json, type JsonObject } from "../../../model/data/json.ts";
import { fromPointer, type Path, toPointer } from "../../../model/data/pointer.ts";
import { isSealed } from "../../../model/document/sealed.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import { clip } from "../../fields/valueWords.ts";
import { type Hole, holesIn } from "../steps/holes.ts";
import { lookUp } from "../steps/lookUp.ts";
import type { StepTypes } from "../steps/stepKinds.ts";

export const STEP_LISTS = ["steps", "finally", "subSteps"] as const;

/** The definition of a step as it is written. A version in the type is ignored when that version is not known. */
export function stepDefinition(step: JsonObject, types: StepTypes): JobDefinition | undefined {
  const { type } = step;
  return typeof type === "string" ? (types.get(type) ?? types.get(type.replace(/@.*$/, ""))) : undefined;
}

/** Paths start at the root of the inputs. */
export function secretInputPaths(workflow: Json, types: StepTypes): readonly Path[] {
  if (!isObject(workflow)) return [];
  const declared = isObject(workflow["inputs"]) ? Object.entries(workflow["inputs"]) : [];
  const secret = declared.flatMap(([name, input]) => (isObject(input) && input["secret"] === true ? [[name]] : []));
  const all = new Map([...secret, ...takenBySteps(workflow, types)].map((path) => [toPointer(path), path] as const));
  return [...all.values()];
}

function takenBySteps(at: JsonObject, types: StepTypes): readonly Path[] {
  return STEP_LISTS.flatMap((list) => {
    const steps = at[list];
    if (!Array.isArray(steps)) return [];
    return steps.flatMap((step: Json) => (isObject(step) ? [...taken(step, types), ...takenBySteps(step, types)] : []));
  });
}

function taken(step: JsonObject, types: StepTypes): readonly Path[] {
  const secrecy = stepDefinition(step, types)?.secrecy;
  if (secrecy === undefined) return [];
  return holesIn(step["properties"])
    .filter(({ path }) => secrecy(path) === "secret")
    .flatMap(({ from }: Hole) => {
      const [root, ...path] = fromPointer(from);
      return root === "inputs" && path.length > 0 ? [path] : [];
    });
}

export function isSecretInput(secret: readonly Path[], path: Path): boolean {
  return secret.some((one) => one.length <= path.length && one.every((key, index) => key === path[index]));
}

/**
 * A calling step must not write values for secret inputs of the workflow that it calls: they would be readable in its
 * document.
 */
export function writtenSecrets(
  secret: readonly Path[],
  given: JsonObject,
  { application, pointer }: { readonly application: string; readonly pointer: string },
): readonly Problem[] {
  return secret.flatMap((path) => {
    const at = toPointer(path);
    const value = lookUp(given, at);
    if (value === undefined || isObject(value) || isSealed(value)) return [];
    return [problem("SecretWritten", pointer + at, { name: clip(path.join("/")), application })];
  });
}

/**
 * A value that is secret in the calling workflow must be secret in the called workflow too, or it would be used in
 * clear there.
 */
export function shownSecrets(
  secret: readonly Path[],
  given: JsonObject,
  { application, pointer }: { readonly application: string; readonly pointer: string },
): readonly Problem[] {
  return Object.entries(given)
    .filter(([name, value]) => isSealed(value) && !isSecretInput(secret, [name]))
    .map(([name]) => problem("SecretShown", pointer + toPointer([name]), { pointer: clip(name), place: application }));
}
