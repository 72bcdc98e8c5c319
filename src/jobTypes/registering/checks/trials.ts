// Inputs to try a template with: the examples, or where there are none, the least that the schema asks for, made up.
import { isObject, type JsonObject } from "../../../model/data/json.ts";
import type { Registration } from "../../registration/registration.ts";
import { madeUp } from "../../schemas/exampleValue.ts";
import type { Trial } from "./candidate.ts";

/** `fits`: whether the schema takes it; what was made up is only used where it does. */
export function trialsOf({ spec }: Registration, fits: (input: JsonObject) => boolean): readonly Trial[] {
  if (spec.examples.length > 0)
    return spec.examples.map(({ title, input }) => ({ title: typeof title === "string" ? title : title.en, input }));
  const made = madeUp(spec.input);
  return isObject(made) && fits(made) ? [{ title: "the least input", input: made }] : [];
}
