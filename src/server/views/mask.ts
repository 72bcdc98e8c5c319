// Sealed tokens are for the machine; people see a mask. Used on everything that leaves the server except documents,
// which keep their tokens so that they can be sent back.
import { type Json, type JsonObject } from "../../model/data/json.ts";
import { mapStrings, maskText } from "../../model/document/sealed.ts";

export function mask(value: Json): Json {
  return mapStrings(value, maskText);
}

export function maskObject(value: JsonObject): JsonObject {
  return mapStrings(value, maskText) as JsonObject; // an object stays one
}
