// Translates the issues of a definition's schema into problems: codes of model/problems/problem.ts, both languages,
// exact pointers. zod's own texts never reach users; only a message that the author of a definition wrote for a rule
// does.
import type { core, ZodType } from "zod";
import type { Json } from "../../model/data/json.ts";
import { toPointer } from "../../model/data/pointer.ts";
import type { Params } from "../../model/data/text.ts";
import { LIMITS } from "../../model/document/document.ts";
import { COMPONENT_NAME_MAX, nearest, suggestName } from "../../model/kubernetes/name.ts";
import { suggestBytes, suggestQuantity } from "../../model/kubernetes/quantity.ts";
import { brokenRule, PROBLEMS, type Problem, type ProblemCode, problem } from "../../model/problems/problem.ts";
import { clip, listNames, showValue, typeWord, valueAt } from "./valueWords.ts";
import { unionIssues } from "./zodUnions.ts";

type Issue = core.$ZodIssue;
type Of<C extends Issue["code"]> = Extract<Issue, { code: C }>;

interface IssueSite {
  /** Path of the issue, from the root of the data. */
  readonly path: readonly PropertyKey[];
  readonly pointer: string;
  readonly value: Json | undefined;
  readonly root: Json;
  /** The pointer of the root of the data. */
  readonly base: string;
}

type ParseResult = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly problems: Problem[] };

/**
 * `base` is the pointer of the data inside the document. The caller decides what absent data is checked as, e.g. `{}`.
 */
export function parseData(schema: ZodType, data: Json, base: string): ParseResult {
  const result = schema.safeParse(data, { error: knownKeys });
  if (result.success) return { ok: true, data: result.data };
  const issues = result.error.issues.slice(0, LIMITS.problems + 1);
  return { ok: false, problems: issues.flatMap((issue) => translateIssue(issue, { root: data, base }, [])) };
}

// An issue about unknown keys does not list the known ones. Only here is the schema that raised it visible, so the list
// becomes its message.
function knownKeys(issue: core.$ZodRawIssue): string | undefined {
  if (issue.code !== "unrecognized_keys") return undefined;
  const shape: unknown = Reflect.get(issue.inst?._zod.def ?? {}, "shape");
  return typeof shape === "object" && shape !== null ? JSON.stringify(Object.keys(shape)) : undefined;
}

function translateIssue(
  issue: Issue,
  at: { readonly root: Json; readonly base: string },
  prefix: readonly PropertyKey[],
): Problem[] {
  const path = [...prefix, ...issue.path];
  const value = valueAt(at.root, path);
  const pointer = at.base + toPointer(path.map((part) => (typeof part === "number" ? part : String(part))));
  const place: IssueSite = { path, pointer, value, root: at.root, base: at.base };
  if (value === undefined && issue.code !== "custom") return [required(place)];
  const rule = RULES[issue.code] as (issue: Issue, place: IssueSite) => Problem[]; // the table is keyed by the code
  return rule(issue, place);
}

const RULES: { readonly [C in Issue["code"]]: (issue: Of<C>, place: IssueSite) => Problem[] } = {
  invalid_type: (issue, place) => [
    problem("Type", place.pointer, { expected: typeName(issue.expected), actual: typeWord(place.value) }),
  ],
  invalid_value: (issue, place) => [notOneOf(place, issue.values)],
  unrecognized_keys: (issue, place) => unknownKeys(issue, place),
  invalid_union: (issue, place) => unionProblems(issue, place),
  invalid_key: (issue, place) => keyProblems(issue, place),
  invalid_element: (issue, place) => issue.issues.flatMap((inner) => translateIssue(inner, place, place.path)),
  invalid_format: (issue, place) => [badFormat(issue, place)],
  not_multiple_of: (issue, place) => [
    problem("MultipleOf", place.pointer, { value: showValue(place.value), divisor: issue.divisor }),
  ],
  too_small: (issue, place) => [outOfBounds(place, Number(issue.minimum), issue.inclusive === false ? ">" : "≥")],
  too_big: (issue, place) => [outOfBounds(place, Number(issue.maximum), issue.inclusive === false ? "<" : "≤")],
  custom: (issue, place) => [ruleProblem(issue, place)],
};

const TYPE_NAMES: Readonly<Record<string, string>> = {
  int: "integer",
  record: "object",
  map: "object",
  set: "array",
  tuple: "array",
};

function typeName(expected: string): string {
  return TYPE_NAMES[expected] ?? expected;
}

function required(place: IssueSite): Problem {
  return problem("Required", place.pointer, { field: String(place.path.at(-1) ?? "value") });
}

function notOneOf(place: IssueSite, values: readonly core.util.Primitive[]): Problem {
  const known = values.map(String);
  const meant = typeof place.value === "string" ? nearest(clip(place.value), known) : undefined;
  return problem("NotOneOf", place.pointer, { value: showValue(place.value), known: listNames(known) }, meant);
}

function unknownKeys(issue: Of<"unrecognized_keys">, place: IssueSite): Problem[] {
  const known = keysFrom(issue.message);
  const taken = typeof place.value === "object" && place.value !== null ? place.value : {};
  return issue.keys.slice(0, LIMITS.problems + 1).map((key) => {
    const free = known.filter((name) => !Object.hasOwn(taken, name));
    const params = { field: clip(key), known: listNames(known) };
    return problem("UnknownField", place.pointer + toPointer([key]), params, nearest(clip(key), free));
  });
}

function keysFrom(message: string): readonly string[] {
  if (!message.startsWith("[")) return [];
  const keys: unknown = JSON.parse(message);
  return Array.isArray(keys) ? keys.map(String) : [];
}

function unionProblems(issue: Of<"invalid_union">, place: IssueSite): Problem[] {
  if (issue.errors.length > 0) {
    return unionIssues(issue.errors).flatMap((inner) => translateIssue(inner, place, place.path));
  }
  const options = "options" in issue ? issue.options : undefined;
  if (options) return [notOneOf(place, options)];
  return [problem("Type", place.pointer, { expected: "–", actual: typeWord(place.value) })];
}

/** The key itself is wrong, so it is the value of its own problem. */
function keyProblems(issue: Of<"invalid_key">, place: IssueSite): Problem[] {
  const key = String(place.path.at(-1));
  return issue.issues.flatMap((inner) => {
    const rule = RULES[inner.code] as (issue: Issue, place: IssueSite) => Problem[]; // as above
    return rule(inner, { ...place, value: key });
  });
}

function badFormat(issue: Of<"invalid_format">, place: IssueSite): Problem {
  const value = showValue(place.value);
  if (issue.format === "starts_with")
    return problem("StartsWith", place.pointer, { value, prefix: "prefix" in issue ? String(issue.prefix) : "" });
  if (issue.pattern === undefined || issue.format !== "regex") {
    return problem("Format", place.pointer, { value, format: issue.format });
  }
  const { message, pattern } = issue;
  // zod's own message contains only the pattern; an author's message is a phrase.
  if (message === "" || message.startsWith("Invalid ")) return problem("Pattern", place.pointer, { value, pattern });
  return problem("Form", place.pointer, { value, pattern, wish: message });
}

function outOfBounds(place: IssueSite, limit: number, sign: "<" | "≤" | ">" | "≥"): Problem {
  const { value, pointer } = place;
  const small = sign === ">" || sign === "≥";
  const field = String(place.path.at(-1) ?? "value");
  if (small && (value === "" || sizeOf(value) === 0)) return problem("Empty", pointer, { field });
  if (typeof value === "string") {
    return problem(small ? "TooShort" : "TooLong", pointer, { length: value.length, limit });
  }
  const count = sizeOf(value);
  const bound = `${sign} ${limit}`;
  if (count === undefined) return problem("OutOfRange", pointer, { value: showValue(value), bound });
  return problem(small ? "TooFewItems" : "TooManyItems", pointer, { count, limit: bound });
}

function sizeOf(value: Json | undefined): number | undefined {
  return typeof value === "object" && value !== null ? Object.keys(value).length : undefined;
}

/**
 * A rule of `.refine` or `.superRefine`. `params.problem` names the code, and the other entries of `params` fill its
 * sentence. Without a code, the rule's message is shown, and `params.zh` is its Chinese.
 */
function ruleProblem(issue: Of<"custom">, place: IssueSite): Problem {
  const { problem: named, nearest: meant, ...rest } = issue.params ?? {};
  const value = showValue(place.value);
  if (!isProblemCode(named)) {
    const { zh = issue.message, ...params } = plainParams(rest);
    return brokenRule(place.pointer, { en: issue.message, zh: String(zh) }, params);
  }
  const suggestion =
    typeof place.value === "string" || typeof place.value === "number"
      ? suggest(named, String(place.value))
      : undefined;
  const params = { value, detail: issue.message, limit: COMPONENT_NAME_MAX, ...plainParams(rest) };
  return problem(named, place.pointer, params, typeof meant === "string" ? meant : suggestion);
}

function suggest(code: ProblemCode, value: string): string | undefined {
  if (code === "Name") return suggestName(value);
  if (code === "FewBytes") return suggestBytes(value);
  return code === "Quantity" ? suggestQuantity(value) : undefined;
}

function plainParams(values: object): Params {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]: [string, unknown]) =>
      typeof value === "string" || typeof value === "number" ? [[key, value]] : [],
    ),
  );
}

function isProblemCode(code: unknown): code is ProblemCode {
  return typeof code === "string" && Object.hasOwn(PROBLEMS, code);
}
