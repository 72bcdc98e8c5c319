// The check of the template: each placeholder names a field that an input may have, and each example fills the whole
// template.

import { isObject, type Json, type JsonObject } from "../../../model/data/json.ts";
import { nearest } from "../../../model/kubernetes/name.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import { skip } from "../../../model/problems/registrationCheck.ts";
import { MOST_PODS, type Registration } from "../../registration/registration.ts";
import { draftOf, sealedExample } from "../../running/filledTemplate.ts";
import { placeholdersOf } from "../../running/fillTemplate.ts";
import { templateOf } from "../../running/templateOf.ts";
import { type Candidate, type CheckDefinition, type Means, RUN } from "./candidate.ts";
import { trialsOf } from "./trials.ts";

export const templateCheck: CheckDefinition = {
  name: "template",
  after: ["examples"],
  run(candidate, means) {
    const { registration } = candidate;
    if (registration.spec.runtime.tier === "T2") return { skipped: skip("NoTemplate") };
    const unknown = placeholders(registration);
    return { problems: unknown.length > 0 ? unknown : unfilled(candidate, means) };
  },
};

const AT = "/spec/runtime";

function placeholders({ spec }: Registration): readonly Problem[] {
  const count = spec.runtime.tier === "T1" ? (spec.runtime.pods ?? 1) : 1;
  return placeholdersOf([templateOf(spec), count]).flatMap((path) => {
    const [first, ...rest] = path;
    const known = first === "run" ? (rest.length === 1 ? Object.keys(RUN) : []) : Object.keys(propertiesOf(spec.input));
    const fits =
      first === "run" ? known.includes(rest[0] ?? "") : first === "input" && leads(spec.input, rest, spec.input);
    if (fits) return [];
    const names = known.map((name) => `${first === "run" ? "run" : "input"}.${name}`);
    return [
      problem(
        "Placeholder",
        AT,
        { path: path.join("."), known: names.join(", ") || "none" },
        nearest(path.join("."), names),
      ),
    ];
  });
}

function propertiesOf(schema: JsonObject): JsonObject {
  return isObject(schema["properties"]) ? schema["properties"] : {};
}

/** Whether an input can have a value at this path. A part that the schema leaves open may contain any path. */
function leads(schema: Json | undefined, [key, ...rest]: readonly string[], root: JsonObject): boolean {
  if (key === undefined || !isObject(schema)) return true;
  const own = propertiesOf(schema)[key];
  if (own !== undefined) return leads(own, rest, root);
  if (/^\d+$/.test(key) && schema["items"] !== undefined) return leads(schema["items"], rest, root);
  const target = typeof schema["$ref"] === "string" ? definition(root, schema["$ref"]) : undefined;
  if (target !== undefined) return leads(target, [key, ...rest], root);
  const open = ["additionalProperties", "patternProperties", "anyOf", "oneOf", "allOf", "prefixItems"];
  return open.some((keyword) => schema[keyword] !== undefined && schema[keyword] !== false);
}

function definition(root: JsonObject, reference: string): Json | undefined {
  const definitions = root["$defs"];
  if (reference === "#") return root;
  return isObject(definitions) ? definitions[reference.slice("#/$defs/".length)] : undefined;
}

function unfilled({ registration }: Candidate, { schemas }: Means): readonly Problem[] {
  const { spec } = registration;
  const fits = (input: JsonObject): boolean => schemas.check(spec.input, input).length === 0;
  return trialsOf(registration, fits).flatMap(({ title, input }) => {
    const drafted = draftOf(spec, sealedExample(spec, input), RUN);
    if (drafted.kind === "missing") return [problem("TemplateMissing", AT, { path: drafted.path, example: title })];
    if (drafted.kind === "pods")
      return [problem("GangSize", `${AT}/pods`, { example: title, value: drafted.given, limit: MOST_PODS })];
    return drafted.kind === "secret" ? [problem("TemplateShowsSecret", AT)] : [];
  });
}
