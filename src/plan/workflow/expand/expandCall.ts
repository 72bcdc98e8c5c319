// Expands a step that calls the workflow of another application: its steps are put in, under the name of the step. The
// called workflow sees nothing of the caller except the inputs that it is given. Its final steps run at the end of the
// call, when everything else of it has ended.
import { isObject, type Json } from "../../../model/data/json.ts";
import { nearest } from "../../../model/kubernetes/name.ts";
import { hasErrors, type Problem, problem } from "../../../model/problems/problem.ts";
import { clip, listNames } from "../../fields/valueWords.ts";
import { inputValues } from "../check/checkInputs.ts";
import { checkWorkflow } from "../check/checkWorkflow.ts";
import { shownSecrets, writtenSecrets } from "../check/secretInputs.ts";
import type { ResolvedStep, ResolvedWorkflow } from "../steps/resolvedWorkflow.ts";
import { kindOf } from "../steps/stepKinds.ts";
import { expandSteps } from "./expand.ts";
import { type Expansion, type ExpansionPoint, substituted, tell } from "./expansion.ts";
import { namesOf } from "./frame.ts";
import { standIn } from "./stepJob.ts";
import type { Frame, Unit } from "./tree.ts";

type Call = Extract<ResolvedStep, { kind: "workflow" }>;

export function expandCall(
  step: Call,
  unit: Unit,
  { part, expansion }: { readonly part: ExpansionPoint; readonly expansion: Expansion },
): void {
  const { application } = step;
  const { frame } = part;
  const known = calledWorkflow(step, frame, expansion);
  if (known === null) return standIn(step, unit, { part, expansion, joint: "unknown" });
  const given = substituted(step.inputs, `${step.pointer}/properties/inputs`, { frame, expansion });
  const pointer = `${step.pointer}/properties/inputs`;
  const { values, problems } = inputValues(known.inputs, isObject(given) ? given : {}, { pointer, references: true });
  const at = { application, pointer };
  const open = [...writtenSecrets(known.secretInputs, values, at), ...shownSecrets(known.secretInputs, values, at)];
  tell(expansion, frame, [...problems, ...open]);
  if (hasErrors([...problems, ...open])) return;
  const inner: Frame = {
    parent: null,
    prefix: `${part.path.at(-1) ?? step.name}.`,
    names: new Set([...namesOf(known.steps), ...namesOf(known.finally)]),
    units: new Map(),
    inputs: values,
    components: new Map(),
    calls: [...frame.calls, application],
    caller: frame.caller ?? { pointer: step.pointer, application },
  };
  const around = { expansion, call: expandCall };
  expandSteps(known.steps, { ...part, frame: inner }, around);
  // They are parts of the call like its other steps, with its needs and its conditions: a call that is never reached
  // has nothing to tidy up. The call's timeout does not apply to them, because a call that ran out of time has to be
  // tidied up as well.
  const last: Unit = { ...unit, within: [], after: [...unit.parts] };
  const endOf = part.path.at(-1) ?? step.name;
  expandSteps(known.finally, { ...part, frame: inner, container: last, endOf }, around);
}

function calledWorkflow(step: Call, frame: Frame, expansion: Expansion): ResolvedWorkflow | null {
  const { application } = step;
  const at = `${step.pointer}/properties/application`;
  if (frame.calls.includes(application)) {
    const path = [...frame.calls.slice(frame.calls.indexOf(application)), application].join(" → ");
    tell(expansion, frame, [problem("CallCircle", at, { path })]);
    return null;
  }
  const document = expansion.called.get(application);
  if (document === undefined) {
    if (expansion.offline) return null;
    const known = [...expansion.called.keys()];
    const params = { name: clip(application), known: listNames(known) };
    tell(expansion, frame, [problem("UnknownCall", at, params, nearest(clip(application), known))]);
    return null;
  }
  const found = expansion.checked.get(application);
  if (found !== undefined) return found;
  const problems: Problem[] = [];
  const value = document as unknown as Json; // it was read from a document, which is JSON
  const deploys = deployStep(value, application, at);
  const around = { types: expansion.types, components: new Map(), pointer: "/workflow", problems };
  const checked = deploys === null ? checkWorkflow(value, around) : null;
  expansion.checked.set(application, checked);
  if (deploys !== null) tell(expansion, frame, [deploys]);
  const caller = frame.caller ?? { pointer: step.pointer, application };
  tell(
    expansion,
    { ...frame, caller },
    problems.filter((one) => one.severity === "error"),
  );
  return checked;
}

/** Components belong to their application: the run of another application cannot deploy them. */
function deployStep(workflow: Json, application: string, pointer: string): Problem | null {
  const open: unknown[] = [workflow];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (!isObject(at)) continue;
    const { type, name, steps, finally: last, subSteps } = at;
    if (typeof type === "string" && kindOf(type) === "deploy")
      return problem("CallDeploys", pointer, {
        name: clip(application),
        step: typeof name === "string" ? clip(name) : "",
      });
    for (const list of [steps, last, subSteps]) if (Array.isArray(list)) for (const step of list) open.push(step);
  }
  return null;
}
