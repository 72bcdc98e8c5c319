// What a pointer of a step refers to: whether it exists, which type it has, and what the step has to wait for. A
// pointer can only be one of: /steps/NAME/phase, /steps/NAME/outputs/…, /inputs/…, /item, /run/…,
// /components/NAME/outputs/….
import type { Secrecy } from "../../../catalog/define.ts";
import { fromPointer, type Path } from "../../../model/data/pointer.ts";
import type { Params } from "../../../model/data/text.ts";
import { LIMITS, type WorkflowInput } from "../../../model/document/document.ts";
import { nearest } from "../../../model/kubernetes/name.ts";
import { type Problem, type ProblemCode, problem } from "../../../model/problems/problem.ts";
import { isSettled, PHASE_NAMES } from "../../../model/run/phase.ts";
import { clip, listNames } from "../../fields/valueWords.ts";
import { type SchemaLookup, schemaAt } from "../steps/schemaTypes.ts";
import { outputAt } from "./draftOutputs.ts";
import { isSecretInput } from "./secretInputs.ts";
import { ancestry, isRelated, loopAround, type StepDraft } from "./stepDraft.ts";

/** Everything that steps may name. */
export interface Known {
  readonly steps: ReadonlyMap<string, StepDraft>;
  /** The outputs of each component; `undefined` where they are not known. */
  readonly components: ReadonlyMap<string, Readonly<Record<string, string>> | undefined>;
  readonly inputs: Readonly<Record<string, WorkflowInput>>;
  readonly secretInputs: readonly Path[];
  readonly problems: Problem[];
}

interface Referring {
  readonly step: StepDraft;
  readonly from: string;
  /** The pointer of the place in the document. */
  readonly pointer: string;
  /** True when the reference is the step's own forEach: its `/item` is that of the loop around it. */
  readonly outer?: boolean;
}

export interface Referred {
  /** What is known about its type. */
  readonly place: SchemaLookup;
  /** Absent when it is not known. */
  readonly secrecy?: Secrecy;
  readonly step?: { readonly draft: StepDraft; readonly phase: boolean };
  readonly component?: string;
}

const ANY: Referred = { place: { found: "unknown" } };
const ROOTS = [
  "/steps/NAME/outputs/…",
  "/steps/NAME/phase",
  "/inputs/…",
  "/item",
  "/run/…",
  "/components/NAME/outputs/…",
];
const RUN: Readonly<Record<string, string>> = {
  id: "string",
  project: "string",
  application: "string",
  revision: "integer",
};

type Root = (known: Known, referring: Referring, keys: readonly string[]) => Referred | null;

const RULES: ReadonlyMap<string, Root> = new Map<string, Root>([
  ["steps", stepValue],
  ["inputs", inputValue],
  ["item", itemValue],
  ["run", runValue],
  ["components", componentValue],
]);

/** After so many problems no more are added, because looking for hints takes time and they would not be shown. */
function hasEnough({ problems }: Known): boolean {
  return problems.length > 2 * LIMITS.problems;
}

/** `null` when it refers to nothing; the problem is then already reported. */
export function referTo(known: Known, referring: Referring): Referred | null {
  if (hasEnough(known)) return null;
  const [root = "", ...keys] = referring.from.startsWith("/") ? fromPointer(referring.from) : [];
  const rule = RULES.get(root);
  return rule === undefined ? nothing(known, referring, ROOTS) : rule(known, referring, keys);
}

function tell(
  known: Known,
  { pointer }: Referring,
  [code, params, meant]: readonly [ProblemCode, Params, (string | undefined)?],
): null {
  known.problems.push(problem(code, pointer, params, meant));
  return null;
}

function nothing(known: Known, referring: Referring, names: readonly string[]): null {
  return tell(known, referring, ["UnknownPointer", { pointer: clip(referring.from), known: listNames(names) }]);
}

/**
 * A step that may be named here: it exists, is not the step itself, and is not inside a loop that the step is not in.
 */
export function findStep(
  known: Known,
  { step, pointer }: Pick<Referring, "step" | "pointer">,
  name: string,
): StepDraft | null {
  if (hasEnough(known)) return null;
  const found = known.steps.get(name);
  if (found === undefined) {
    const names = [...known.steps.keys()].filter((other) => other !== step.name);
    const params = { name: clip(name), known: listNames(names) };
    known.problems.push(problem("UnknownStep", pointer, params, nearest(clip(name), names)));
    return null;
  }
  if (isRelated(found, step)) {
    known.problems.push(problem("StepItself", pointer, { name: clip(name) }));
    return null;
  }
  const loop = loopAround(found);
  if (loop === undefined || ancestry(step).includes(loop)) return found;
  known.problems.push(problem("StepInLoop", pointer, { name: clip(name), group: clip(loop.name ?? "") }));
  return null;
}

function stepValue(known: Known, referring: Referring, [name, what, ...path]: readonly string[]): Referred | null {
  if (name === undefined) return nothing(known, referring, ROOTS.slice(0, 2));
  const draft = findStep(known, referring, name);
  if (draft === null) return null;
  if (what === "phase" && path.length === 0)
    return {
      place: schemaAt({ enum: PHASE_NAMES.filter(isSettled) }, []),
      secrecy: "clear",
      step: { draft, phase: true },
    };
  if (what !== "outputs")
    return nothing(known, referring, [`/steps/${clip(name)}/outputs/…`, `/steps/${clip(name)}/phase`]);
  const { place, ...secrecy } = outputAt(draft, path);
  if (place.found !== "no") return { place, ...secrecy, step: { draft, phase: false } };
  const output = clip(path.join("/") || "outputs");
  const params = { name: clip(name), output, known: listNames(place.known) };
  return tell(known, referring, ["NoStepOutput", params, nearest(clip(path.at(-1) ?? ""), place.known)]);
}

function inputValue(known: Known, referring: Referring, [name, ...path]: readonly string[]): Referred | null {
  const input = name !== undefined && Object.hasOwn(known.inputs, name) ? known.inputs[name] : undefined;
  if (input !== undefined) {
    const place = schemaAt({ type: input.type }, path);
    const secrecy = isSecretInput(known.secretInputs, [name ?? "", ...path]) ? "secret" : "clear";
    return place.found === "no" ? nothing(known, referring, [`/inputs/${clip(name ?? "")}`]) : { place, secrecy };
  }
  const names = Object.keys(known.inputs);
  const params = { name: clip(name ?? ""), known: listNames(names) };
  return tell(known, referring, ["UnknownInput", params, nearest(clip(name ?? ""), names)]);
}

function itemValue(known: Known, referring: Referring): Referred | null {
  const { step, outer = false } = referring;
  const inside = (!outer && step.forEach !== undefined) || loopAround(step) !== undefined;
  return inside ? { ...ANY, secrecy: "clear" } : tell(known, referring, ["ItemOutsideLoop", {}]);
}

function runValue(known: Known, referring: Referring, [name = "", ...path]: readonly string[]): Referred | null {
  const type = Object.hasOwn(RUN, name) && path.length === 0 ? RUN[name] : undefined;
  if (type !== undefined) return { place: schemaAt({ type }, []), secrecy: "clear" };
  return nothing(
    known,
    referring,
    Object.keys(RUN).map((one) => `/run/${one}`),
  );
}

function componentValue(known: Known, referring: Referring, keys: readonly string[]): Referred | null {
  const [name, what, output, ...rest] = keys;
  const names = [...known.components.keys()];
  if (name === undefined || !known.components.has(name)) {
    const params = { name: clip(name ?? ""), known: listNames(names) };
    return tell(known, referring, ["UnknownReference", params, nearest(clip(name ?? ""), names)]);
  }
  const outputs = known.components.get(name);
  const found = what === "outputs" && output !== undefined && rest.length === 0;
  if (found && (outputs === undefined || Object.hasOwn(outputs, output)))
    return { place: schemaAt({ type: "string" }, []), component: name };
  const given = Object.keys(outputs ?? {});
  if (!found)
    return nothing(
      known,
      referring,
      given.map((one) => `/components/${name}/outputs/${one}`),
    );
  const params = { name, output: clip(output), known: listNames(given) };
  return tell(known, referring, ["UnknownOutput", params, nearest(clip(output), given)]);
}
