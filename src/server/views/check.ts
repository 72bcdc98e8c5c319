// Turns a check of a registration into the view of the API, in the caller's language.
import type { z } from "zod";
import type { CheckView } from "../../api/views.ts";
import type { Language } from "../../model/data/text.ts";
import { type CheckResult, explainSkip, REGISTRATION_CHECKS } from "../../model/problems/registrationCheck.ts";
import type { Frozen } from "../shared/contract.ts";
import { problemItem } from "./problem.ts";

export function checkView(
  { check, result, problems, because }: CheckResult,
  language: Language,
): Frozen<z.output<typeof CheckView>> {
  return {
    check,
    result,
    summary: REGISTRATION_CHECKS[check][language],
    problems: problems.map((one) => problemItem(one, language)),
    ...(because === undefined ? {} : { because: explainSkip(because, language) }),
  };
}
