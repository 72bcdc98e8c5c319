// Which values of a workflow's inputs are secret: those that are declared so, and those that a secret property of a step takes, so that
// nobody has to say it twice. Pure, and never throws: it looks at documents before they are checked.
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

/** Of a step as written; the version that it names has a schema of its own. */
export function stepDefinition(step: JsonObject, types: StepTypes): JobDefinition | undefined {
  const { type } = step;
  return typeof type === "string" ? (types.get(type) ?? types.get(type.replace(/@.*$/, ""))) : undefined;
}

/** Paths from the root of the inputs. */
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

/** What a calling step writes for secret inputs of the workflow that it calls would stand in its document. */
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

/** And what is secret there, but not in the workflow that is called, would be looked at as it is. */
export function shownSecrets(
  secret: readonly Path[],
  given: JsonObject,
  { application, pointer }: { readonly application: string; readonly pointer: string },
): readonly Problem[] {
  return Object.entries(given)
    .filter(([name, value]) => isSealed(value) && !isSecretInput(secret, [name]))
    .map(([name]) => problem("SecretShown", pointer + toPointer([name]), { pointer: clip(name), place: application }));
}
