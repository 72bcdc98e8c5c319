// What is known about a step's outputs before its jobs are created: for a job what its type declares, for a group the
// outputs of its steps by name, for a loop a list. Outputs of a called workflow are checked when the call is expanded:
// see expand/stepOutputs.ts.
import type { Secrecy } from "../../../catalog/define.ts";
import { outputSchema } from "../steps/jobSchemas.ts";
import { type SchemaLookup, schemaAt } from "../steps/schemaTypes.ts";
import type { StepDraft } from "./stepDraft.ts";

interface DraftOutput {
  readonly place: SchemaLookup;
  /** Absent when it is not known. */
  readonly secrecy?: Secrecy;
}

const INDEX = /^(0|[1-9]\d*)$/;

export function outputAt(draft: StepDraft, path: readonly string[]): DraftOutput {
  if (draft.forEach === undefined) return outputOfOne(draft, path);
  const [round, ...rest] = path;
  if (round === undefined) return { ...outputOfOne(draft, []), place: listOf(outputOfOne(draft, []).place) };
  return INDEX.test(round) ? outputOfOne(draft, rest) : { place: { found: "no", known: ["0", "1", "…"] } };
}

/** A list of nothing is nothing too. */
function listOf(place: SchemaLookup): SchemaLookup {
  return place.found === "no" ? place : schemaAt({ type: "array" }, []);
}

function outputOfOne(draft: StepDraft, path: readonly string[]): DraftOutput {
  const { kind, definition, subSteps } = draft;
  if (kind === "deploy") return { place: { found: "no", known: [] } };
  if (kind === "group") return outputOfGroup(subSteps, path);
  if (kind === "workflow")
    return { place: path.length === 0 ? schemaAt({ type: "object" }, []) : { found: "unknown" } };
  const schema = definition === undefined ? {} : outputSchema(definition);
  const place: SchemaLookup = schema === null ? { found: "no", known: [] } : schemaAt(schema, path);
  return definition === undefined ? { place } : { place, secrecy: definition.outputSecrecy?.(path) ?? "clear" };
}

function outputOfGroup(steps: readonly StepDraft[], [name, ...rest]: readonly string[]): DraftOutput {
  if (name === undefined) return { place: schemaAt({ type: "object" }, []) };
  const found = steps.find((one) => one.name === name);
  return found === undefined
    ? { place: { found: "no", known: steps.flatMap((one) => one.name ?? []) } }
    : outputAt(found, rest);
}
