// What zod refuses of a request, in the words of the table of problems. Unlike zodProblems.ts it quotes no value, because the body of a request
// may hold a secret, and it knows no document.
import type { core, ZodError } from "zod";
import { toPointer } from "../../model/data/pointer.ts";
import { PROBLEMS, type Problem, type ProblemCode, problem } from "../../model/problems/problem.ts";
import { listNames } from "./valueWords.ts";

type Issue = core.$ZodIssue;
type Of<C extends Issue["code"]> = Extract<Issue, { code: C }>;

const MOST = 10;

/** `part` names the part of the request that was checked: path, query, header or body. It begins every pointer. */
export function faultsOf(error: ZodError, part: string): readonly Problem[] {
  return error.issues.slice(0, MOST).map((issue) => {
    const at = toPointer([part, ...issue.path.map((one) => (typeof one === "number" ? one : String(one)))]);
    const fault = FAULTS[issue.code] as (issue: Issue, at: string) => Problem; // the table is keyed by the code
    return fault(issue, at);
  });
}

const FAULTS: { readonly [C in Issue["code"]]: (issue: Of<C>, at: string) => Problem } = {
  invalid_type: ({ expected }, at) => problem("UnfitType", at, { expected }),
  invalid_value: ({ values }, at) => problem("UnfitValue", at, { known: listNames(values.map(String)) }),
  unrecognized_keys: ({ keys }, at) => problem("UnknownField", at, { field: listNames(keys), known: "-" }),
  invalid_union: (_issue, at) => problem("UnfitAlternatives", at),
  invalid_key: (_issue, at) => problem("Unfit", at),
  invalid_element: (_issue, at) => problem("Unfit", at),
  invalid_format: (issue, at) => badForm(issue, at),
  not_multiple_of: ({ divisor }, at) => problem("UnfitNumber", at, { bound: `% ${divisor} = 0` }),
  too_small: ({ origin, minimum, inclusive }, at) =>
    outside(origin, `${inclusive === false ? ">" : "≥"} ${minimum}`, at),
  too_big: ({ origin, maximum, inclusive }, at) => outside(origin, `${inclusive === false ? "<" : "≤"} ${maximum}`, at),
  custom: ({ message }, at) => problem(isProblemCode(message) ? message : "Unfit", at),
};

/** The route may name the row of the table that says the form in words, as the message of its pattern: see FORMS of the model. */
function badForm({ message, format, pattern }: Of<"invalid_format">, at: string): Problem {
  if (isProblemCode(message)) return problem(message, at);
  return format === "regex" && pattern !== undefined
    ? problem("UnfitPattern", at, { pattern })
    : problem("UnfitFormat", at, { format });
}

function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(PROBLEMS, text);
}

function outside(origin: string, bound: string, at: string): Problem {
  if (origin === "string") return problem("UnfitLength", at, { bound });
  return problem(origin === "number" || origin === "int" || origin === "bigint" ? "UnfitNumber" : "UnfitCount", at, {
    bound,
  });
}
