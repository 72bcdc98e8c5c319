// Problems of a version for a user who wants to run it now: none, a warning (deprecated), or an error (stopped, or past
// its last day). Pure.

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
  // The version can be used until the end of its last day (UTC).
  if (until !== null && Date.parse(until) + DAY <= now.getTime())
    return [problem("TypeOver", "", { name, version, until, ...instead })];
  const last = until === null ? "" : ` (${until})`;
  return [warning("TypeDeprecated", "", { name, version, until: last, ...instead })];
}

const DAY = 24 * 3_600_000;

/** One line about a stop. Of a stack it contains only the first line; the view of the type shows all of it. */
export function stopText({ kind, detail, by }: RegistrationStop): string {
  const [first = ""] = detail.split("\n");
  return kind === "quarantined" ? `quarantined: ${first}` : `${first} (${by})`;
}
