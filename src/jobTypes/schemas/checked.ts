// A registered JSON Schema as a zod type, because the engine checks with zod. It changes nothing and fills in no
// defaults.
import { z } from "zod";
import type { Json, JsonObject } from "../../model/data/json.ts";
import { fromPointer } from "../../model/data/pointer.ts";
import { explainProblem } from "../../model/problems/problem.ts";
import type { Schemas } from "./schemas.ts";

/** `also`: an extra check that a schema cannot express. It returns a message, or `null` when the value is fine. */
export function checkedBy(
  schemas: Schemas,
  schema: JsonObject,
  also: (value: Json) => string | null = () => null,
): z.ZodType<JsonObject> {
  const whole = z.record(z.string(), z.unknown()).superRefine((value, context) => {
    const data = value as JsonObject; // outputs of jobs are JSON, from the database or over HTTP
    const more = also(data);
    if (more !== null) context.addIssue({ code: "custom", path: [], message: more });
    else
      for (const { pointer, params } of schemas.check(schema, data))
        context.addIssue({ code: "custom", path: fromPointer(pointer), message: String(params["detail"]) });
  });
  return whole as unknown as z.ZodType<JsonObject>; // the output is the unchanged JSON value
}

/** The problems of a value in one sentence, for a reason. Empty when the value fits. */
export function complaintsOf(schemas: Schemas, schema: JsonObject, value: Json): string {
  return schemas
    .check(schema, value)
    .map((one) => `${one.pointer} ${String(one.params["detail"] ?? explainProblem(one, "en").message)}`.trim())
    .join("; ")
    .slice(0, 500);
}
