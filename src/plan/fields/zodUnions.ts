// Which alternative of a union the user meant. A list of the issues of every alternative helps no user, so only the
// issues of the best fitting alternative are reported. If none fits at all, the accepted types or values are reported
// together.
import type { core } from "zod";

type Issue = core.$ZodIssue;

/** The issues to report instead of the union's own "invalid input". Paths are relative to the union. */
export function unionIssues(alternatives: readonly (readonly Issue[])[]): readonly Issue[] {
  const branches = alternatives.flatMap(flatten);
  const fitting = branches.filter((issues) => !issues.some(isMismatchOfAll));
  const ranked = [...fitting].sort((a, b) => cost(a) - cost(b));
  return ranked[0] ?? joined(branches.flat().filter(isMismatchOfAll));
}

/** A union inside a union is treated as further alternatives. */
function flatten(branch: readonly Issue[]): readonly (readonly Issue[])[] {
  const [only] = branch;
  const nested = branch.length === 1 && only?.code === "invalid_union" && only.path.length === 0 ? only.errors : [];
  return nested.length > 0 ? nested.flatMap(flatten) : [branch];
}

function isMismatchOfAll(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
}

// A literal that differs usually distinguishes the alternatives, so it weighs most. An unknown key weighs more than a
// missing one.
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
