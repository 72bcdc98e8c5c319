// Checks one piece of data against one definition: its schema, then the definition's own rules. All problems of
// definitions pass through here, so this is where secrets are removed from them. A definition that throws becomes a
// problem and does not end the check.
import type { ZodType } from "zod";
import type { Json } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";
import { maskSecrets } from "./secrets.ts";
import { parseData } from "./zodProblems.ts";

interface Checked {
  readonly name: string;
  readonly schema: ZodType;
  readonly secrets?: (data: Json) => readonly Path[];
}

/** The parsed data in an object, because `undefined` may be a valid value. */
export interface Box {
  readonly data: unknown;
}

export interface Piece {
  readonly definition: Checked;
  readonly data: Json;
  readonly pointer: string;
  /**
   * True when the data is absent in the document and `data` replaces it: problems inside it are reported at `pointer`.
   */
  readonly absent?: boolean;
  readonly problems: Problem[];
}

/** `rules` run only on data that the schema accepted. Their paths start at the root of the data. */
export function checkPiece(piece: Piece, rules: (data: unknown) => readonly Problem[]): Box | undefined {
  const { definition, data, pointer, problems } = piece;
  const parsed = attempt(piece, () => parseData(definition.schema, data, pointer));
  if (parsed === undefined) return undefined;
  const complaints = parsed.ok ? based(attempt(piece, () => rules(parsed.data)) ?? [], pointer) : parsed.problems;
  const masked = maskSecrets(complaints, definition, { data, base: pointer });
  problems.push(...masked.map((one) => (piece.absent ? { ...one, pointer } : one)));
  return parsed.ok ? { data: parsed.data } : undefined;
}

interface Owner {
  readonly definition: { readonly name: string };
  readonly pointer: string;
  readonly problems: Problem[];
}

/** Runs code of a definition. The message of an error is not shown, because it may quote a secret. */
export function attempt<T>(owner: Owner, action: () => T): T | undefined {
  try {
    return action();
  } catch {
    owner.problems.push(problem("DefinitionFailed", owner.pointer, { definition: owner.definition.name }));
    return undefined;
  }
}

function based(problems: readonly Problem[], pointer: string): Problem[] {
  return problems.map((one) => ({ ...one, pointer: pointer + one.pointer }));
}
