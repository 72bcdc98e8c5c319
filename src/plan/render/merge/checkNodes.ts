// Finds two traits that require nodes which cannot be the same: the scheduler would search for such a node forever.
import { dig, isObject, type JsonObject } from "../../../model/data/json.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import { objectsIn } from "./manifestLists.ts";
import type { Part } from "./podPart.ts";

interface Wish {
  readonly owner: string;
  readonly pointer: string;
  readonly label: string;
  readonly values: readonly unknown[];
}

/** Each pair of traits is reported once for a label, at the later trait. */
export function checkNodes(parts: readonly Part[]): readonly Problem[] {
  const wishes = parts.flatMap(wishesOf);
  return wishes.flatMap((second, index) =>
    wishes.slice(0, index).flatMap((first) => {
      const apart = first.owner !== second.owner && first.label === second.label && !shareOne(first, second);
      if (!apart) return [];
      const params = {
        first: first.owner,
        second: second.owner,
        label: second.label,
        one: first.values.join(", "),
        other: second.values.join(", "),
      };
      return [problem("NodesApart", second.pointer, params)];
    }),
  );
}

function shareOne(first: Wish, second: Wish): boolean {
  return first.values.some((value) => second.values.includes(value));
}

/** Only requirements that every node must meet. When there are alternatives, the scheduler decides. */
function wishesOf({ owner, pointer, contribution }: Part): readonly Wish[] {
  const path = ["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"];
  const terms = dig(contribution.pod, ...path);
  const [only, ...others] = Array.isArray(terms) ? terms.filter(isObject) : [];
  if (only === undefined || others.length > 0) return [];
  return objectsIn(only["matchExpressions"]).flatMap((one: JsonObject) => {
    const { key, operator, values } = one;
    if (typeof key !== "string" || operator !== "In" || !Array.isArray(values)) return [];
    return [{ owner, pointer, label: key, values }];
  });
}
