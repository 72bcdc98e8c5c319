// A registered schema as the engine checks: nothing is changed and no default is filled in, what comes in goes on as it is.
import { z } from "zod";
import type { Json, JsonObject } from "../../model/data/json.ts";
import { fromPointer } from "../../model/data/pointer.ts";
import { explainProblem } from "../../model/problems/problem.ts";
import type { Schemas } from "./schemas.ts";

/** `also`: what a schema cannot say of the value. */
export function checkedBy(
  schemas: Schemas,
  schema: JsonObject,
  also: (value: Json) => string | null = () => null,
): z.ZodType<JsonObject> {
  const whole = z.record(z.string(), z.unknown()).superRefine((value, context) => {
    const data = value as JsonObject; // what jobs give is JSON, from a store or over HTTP
    const more = also(data);
    if (more !== null) context.addIssue({ code: "custom", path: [], message: more });
    else
      for (const { pointer, params } of schemas.check(schema, data))
        context.addIssue({ code: "custom", path: fromPointer(pointer), message: String(params["detail"]) });
  });
  return whole as unknown as z.ZodType<JsonObject>; // as above
}

/** In one sentence, for a reason. */
export function complaintsOf(schemas: Schemas, schema: JsonObject, value: Json): string {
  return schemas
    .check(schema, value)
    .map((one) => `${one.pointer} ${String(one.params["detail"] ?? explainProblem(one, "en").message)}`.trim())
    .join("; ")
    .slice(0, 500);
}
