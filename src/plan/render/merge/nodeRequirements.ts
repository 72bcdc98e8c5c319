// What a pod requires of the labels of its node, and whether any node can meet all of it. A requirement that cannot be
// decided here, such as one with an unknown operator, excludes nothing.
import { dig, isObject, type JsonObject } from "../../../model/data/json.ts";
import { objectsIn, textOf } from "./manifestLists.ts";

interface NodeRequirement {
  readonly label: string;
  readonly operator: string;
  readonly values: readonly string[];
  /** True when it is written as a node selector. */
  readonly isSelector?: boolean;
}

/**
 * Only requirements that every node must meet. When the affinity has alternatives, the scheduler decides, and only the
 * node selector is read.
 */
export function nodeRequirements(pod: JsonObject | undefined): readonly NodeRequirement[] {
  const path = ["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"];
  const terms = dig(pod, ...path);
  const [only, ...others] = Array.isArray(terms) ? terms.filter(isObject) : [];
  const expressions = others.length > 0 ? [] : objectsIn(only?.["matchExpressions"]);
  const selector = isObject(pod?.["nodeSelector"]) ? Object.entries(pod["nodeSelector"]) : [];
  return [
    ...selector.map(([label, value]) => ({ label, operator: "In", values: [textOf(value)], isSelector: true })),
    ...expressions.flatMap(({ key, operator, values }) =>
      typeof key === "string" && typeof operator === "string"
        ? [{ label: key, operator, values: Array.isArray(values) ? values.map(String) : [] }]
        : [],
    ),
  ];
}

/** Whether a label with this value meets the requirement. `undefined` stands for a node without the label. */
const HOLDS: Readonly<Record<string, (value: string | undefined, values: readonly string[]) => boolean>> = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
  Gt: (value, [bound]) => Number(value) > Number(bound),
  Lt: (value, [bound]) => Number(value) < Number(bound),
};

/** Whether no value of the label, and no node without it, meets all of the requirements, which are about one label. */
function areImpossible(requirements: readonly NodeRequirement[]): boolean {
  return !candidates(requirements).some((value) =>
    requirements.every(({ operator, values }) => HOLDS[operator]?.(value, values) ?? true),
  );
}

/**
 * Values that stand for all others: those that are written, one that is not, a missing label, and the numbers next to
 * each bound.
 */
function candidates(requirements: readonly NodeRequirement[]): readonly (string | undefined)[] {
  const written = requirements.flatMap((one) => one.values);
  const beside = written.filter((one) => /^-?\d+$/.test(one)).flatMap((one) => [Number(one) - 1, Number(one) + 1]);
  return [undefined, ...written, ...beside.map(String), `not ${written.join(" ")}`];
}

/** The requirement in signs that need no translation: `A100, T4`, `≠ T4`, `> 5`. */
export function signsOf({ operator, values }: NodeRequirement): string {
  const list = values.join(", ");
  const signs: Readonly<Record<string, string>> = {
    In: list,
    NotIn: `≠ ${list}`,
    Exists: "*",
    DoesNotExist: "∅",
    Gt: `> ${list}`,
    Lt: `< ${list}`,
  };
  return signs[operator] ?? `${operator} ${list}`;
}

interface Contradiction<T extends NodeRequirement> {
  readonly label: string;
  readonly first: T;
  readonly second: T;
}

/**
 * One contradiction for each label. It names two requirements that exclude each other; where only several together do,
 * the first and the last of them.
 */
export function contradictions<T extends NodeRequirement>(requirements: readonly T[]): readonly Contradiction<T>[] {
  const labels = [...new Set(requirements.map((one) => one.label))];
  return labels.flatMap((label) => {
    const own = requirements.filter((one) => one.label === label);
    const last = own.findIndex((_, index) => areImpossible(own.slice(0, index + 1)));
    const second = own[last];
    if (second === undefined) return [];
    const first = own.slice(0, last).find((one) => areImpossible([one, second])) ?? own[0] ?? second;
    return [{ label, first, second }];
  });
}
