// The checks of the input and output schemas: first without a compiler (schemaTraps.ts), then compiled in a thread with
// a deadline (trySchema.ts), then with the examples.

import type { JsonObject } from "../../../model/data/json.ts";
import { skip } from "../../../model/problems/registrationCheck.ts";
import type { RegistrationSpec } from "../../registration/registration.ts";
import { guardSchema } from "../../schemas/schemaTraps.ts";
import { secretProblems } from "../../schemas/secretPaths.ts";
import { trySchema } from "../../schemas/trySchema.ts";
import type { CheckDefinition } from "./candidate.ts";

function schemasOf({
  input,
  output,
}: RegistrationSpec): readonly { readonly schema: JsonObject; readonly at: string }[] {
  return [
    { schema: input, at: "/spec/input" },
    ...(output === undefined ? [] : [{ schema: output, at: "/spec/output" }]),
  ];
}

export const sizeCheck: CheckDefinition = {
  name: "schema-size",
  after: ["shape"],
  run: ({ registration }) => ({
    problems: schemasOf(registration.spec).flatMap(({ schema, at }) => [
      ...guardSchema(schema, at),
      ...secretProblems(schema, at),
    ]),
  }),
};

export const compileCheck: CheckDefinition = {
  name: "meta-schema",
  after: ["schema-size"],
  async run({ registration }) {
    const tried = await Promise.all(schemasOf(registration.spec).map(({ schema, at }) => trySchema(schema, at)));
    return { problems: tried.filter((one) => one !== null) };
  },
};

export const examplesCheck: CheckDefinition = {
  name: "examples",
  after: ["meta-schema"],
  run({ registration: { spec } }, { schemas }) {
    if (spec.examples.length === 0) return { skipped: skip("NoExamples") };
    return {
      problems: spec.examples.flatMap(({ input }, index) =>
        schemas.check(spec.input, input, `/spec/examples/${index}/input`),
      ),
    };
  },
};
