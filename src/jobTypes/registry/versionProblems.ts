// What the standing of a version says to whoever wants to run it now: nothing, a warning, or no. Pure.

import { type Params } from "../../model/data/text.ts";
import { type Problem, problem, warning } from "../../model/problems/problem.ts";
import type { RegisteredVersion, RegistrationStop } from "../../ports/registrations.ts";

export function standingProblems(
  { name, version, standing, until, replacedBy }: RegisteredVersion,
  stops: readonly RegistrationStop[],
  now: Date,
): readonly Problem[] {
  const [stop] = stops;
  if (stop !== undefined) return [problem("TypeStopped", "", { name, detail: stopText(stop) })];
  if (standing !== "deprecated") return [];
  const instead: Params = replacedBy === null ? {} : { instead: replacedBy };
  // The day itself still counts, wherever on Earth it is.
  if (until !== null && Date.parse(until) + DAY <= now.getTime())
    return [problem("TypeOver", "", { name, version, until, ...instead })];
  const last = until === null ? "" : ` (${until})`;
  return [warning("TypeDeprecated", "", { name, version, until: last, ...instead })];
}

const DAY = 24 * 3_600_000;

/** In one line: a stack is shown to those who ask for the type. */
export function stopText({ kind, detail, by }: RegistrationStop): string {
  const [first = ""] = detail.split("\n");
  return kind === "quarantined" ? `quarantined: ${first}` : `${first} (${by})`;
}
