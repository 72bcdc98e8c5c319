// Finds traits that require nodes which cannot exist: the scheduler would search for such a node forever.
import { type Problem, problem } from "../../../model/problems/problem.ts";
import { contradictions, nodeRequirements, signsOf } from "./nodeRequirements.ts";
import type { Part } from "./podPart.ts";

/** Each label is reported once, at the trait that makes it impossible. */
export function checkNodes(parts: readonly Part[]): readonly Problem[] {
  const requirements = parts.flatMap(({ owner, pointer, contribution }) =>
    nodeRequirements(contribution.pod).map((one) => ({ ...one, owner, pointer })),
  );
  // Two node selectors with different values are already a conflict of one field.
  const found = contradictions(requirements).filter(({ first, second }) => !(first.isSelector && second.isSelector));
  return found.map(({ label, first, second }) => {
    const params = {
      first: first.owner,
      second: second.owner,
      label,
      one: signsOf(first),
      other: signsOf(second),
    };
    return problem("NodesApart", second.pointer, params);
  });
}
