// Inputs to try a template with: the examples of the registration, or without examples a made-up input with only the
// required fields.
import { isObject, type JsonObject } from "../../../model/data/json.ts";
import type { Registration } from "../../registration/registration.ts";
import { madeUp } from "../../schemas/exampleValue.ts";
import type { Trial } from "./candidate.ts";

/** `fits`: whether an input fits the schema. The made-up input is used only if it fits. */
export function trialsOf({ spec }: Registration, fits: (input: JsonObject) => boolean): readonly Trial[] {
  if (spec.examples.length > 0)
    return spec.examples.map(({ title, input }) => ({ title: typeof title === "string" ? title : title.en, input }));
  const made = madeUp(spec.input);
  return isObject(made) && fits(made) ? [{ title: "the smallest input", input: made }] : [];
}
