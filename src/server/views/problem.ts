// Turns a problem of a document into the view of the API, in the caller's language.
import type { z } from "zod";
import type { ProblemItem } from "../../api/views.ts";
import type { Language } from "../../model/data/text.ts";
import { maskText } from "../../model/document/sealed.ts";
import { explainProblem, type Problem } from "../../model/problems/problem.ts";
import type { Frozen } from "../shared/contract.ts";

export function problemItem(value: Problem, language: Language): Frozen<z.output<typeof ProblemItem>> {
  const { code, severity, pointer, nearest, line, column } = value;
  const { message, hint } = explainProblem(value, language);
  return {
    code,
    severity,
    pointer,
    message: maskText(message),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    ...(hint === undefined ? {} : { hint: maskText(hint) }),
    ...(nearest === undefined ? {} : { nearest }),
  };
}
