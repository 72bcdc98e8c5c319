// Which alternative of a union somebody meant. A list of every alternative's complaints helps nobody: the branch that fits best
// speaks, and if none fits at all, the accepted types or values are told together.
import type { core } from "zod";

type Issue = core.$ZodIssue;

/** Issues to report instead of the union's own "invalid input". Paths are relative to the union. */
export function unionIssues(alternatives: readonly (readonly Issue[])[]): readonly Issue[] {
  const branches = alternatives.flatMap(flatten);
  const fitting = branches.filter((issues) => !issues.some(isMismatchOfAll));
  const ranked = [...fitting].sort((a, b) => cost(a) - cost(b));
  return ranked[0] ?? joined(branches.flat().filter(isMismatchOfAll));
}

/** A union inside of a union is as many alternatives. */
function flatten(branch: readonly Issue[]): readonly (readonly Issue[])[] {
  const [only] = branch;
  const nested = branch.length === 1 && only?.code === "invalid_union" && only.path.length === 0 ? only.errors : [];
  return nested.length > 0 ? nested.flatMap(flatten) : [branch];
}

function isMismatchOfAll(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
}

// A literal that differs usually is what tells the branches apart, so it weighs most; a foreign key more than a missing one.
function cost(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => {
    if (issue.code === "invalid_value") return sum + 50;
    return sum + (issue.code === "unrecognized_keys" ? 3 * issue.keys.length : 2);
  }, 0);
}

function joined(issues: readonly Issue[]): readonly Issue[] {
  const values = issues.flatMap((issue) => (issue.code === "invalid_value" ? issue.values : []));
  const types = issues.flatMap((issue) => (issue.code === "invalid_type" ? [issue.expected] : []));
  if (types.length > 0) {
    const all = new Set([...types, ...values.map((value) => JSON.stringify(String(value)))]);
    return [{ code: "invalid_type", expected: [...all].join(" | "), path: [], message: "" }];
  }
  return values.length > 0 ? [{ code: "invalid_value", values, path: [], message: "" }] : issues;
}
