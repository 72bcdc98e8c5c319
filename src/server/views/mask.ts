// Sealed tokens are for the machine; people see a mask. Used on everything that leaves the server except documents,
// which keep their tokens so that they can be sent back.
import { type Json, type JsonObject } from "../../model/json.ts";
import { MASK, mapStrings } from "../../model/sealed.ts";

/** Also inside of longer texts: a cluster's complaint may quote the value that it refused. */
export function maskText(text: string): string {
  return text.replace(/sealed:v1:[\w+/=-]*/g, MASK);
}

export function mask(value: Json): Json {
  return mapStrings(value, maskText);
}

export function maskObject(value: JsonObject): JsonObject {
  return mapStrings(value, maskText) as JsonObject; // an object stays one
}
