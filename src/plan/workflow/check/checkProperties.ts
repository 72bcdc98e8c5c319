// Checks the properties of a step against the input schema of its job type. Where a reference is written, the value is
// not known yet: problems at that place, or around it if the place decides about them, are left out until the value is
// known.
import type { JobDefinition } from "../../../catalog/define.ts";
import { isObject, type JsonObject } from "../../../model/data/json.ts";
import { toPointer } from "../../../model/data/pointer.ts";
import type { Problem, ProblemCode } from "../../../model/problems/problem.ts";
import { attempt } from "../../fields/checkDefinition.ts";
import { parseData } from "../../fields/zodProblems.ts";
import { type Hole, holesIn, withDefaults } from "../steps/holes.ts";

/** Problems that are certain next to a reference, whatever its value. */
const CERTAIN: ReadonlySet<ProblemCode> = new Set([
  "UnknownField",
  "Required",
  "TooFewItems",
  "TooManyItems",
  "DefinitionFailed",
  "TypeStopped",
  "TypeOver",
  "TypeDeprecated",
]);

interface Properties {
  readonly definition: JobDefinition;
  readonly data: JsonObject;
  readonly pointer: string;
  /** True when the document has no properties; `data` is then empty. */
  readonly absent: boolean;
}

export function checkProperties(piece: Properties): readonly Problem[] {
  const { definition, data, pointer } = piece;
  const problems: Problem[] = [];
  const owner = { definition, pointer, problems };
  const open = holesIn(data).filter((hole) => hole.default === undefined);
  const instead = withDefaults(data);
  const filled = isObject(instead) ? instead : data;
  const parsed = attempt(owner, () => parseData(definition.input, filled, pointer));
  const rules = (): readonly Problem[] =>
    (definition.check?.(filled) ?? []).map((one) => ({ ...one, pointer: pointer + one.pointer }));
  const complaints = parsed?.ok === false ? parsed.problems : (attempt(owner, rules) ?? []);
  problems.push(...complaints.filter((one) => CERTAIN.has(one.code) || !touches(one.pointer, pointer, open)));
  return piece.absent ? problems.map((one) => ({ ...one, pointer })) : problems;
}

function touches(at: string, base: string, holes: readonly Hole[]): boolean {
  return holes.some(({ path }) => {
    const hole = base + toPointer(path);
    return at === hole || hole.startsWith(`${at}/`) || at.startsWith(`${hole}/`);
  });
}
