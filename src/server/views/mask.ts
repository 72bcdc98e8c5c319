// Replaces sealed tokens by a mask in everything that leaves the server. Documents are the exception: they keep their
// sealed tokens, so that they can be sent back.
import { type Json, type JsonObject } from "../../model/data/json.ts";
import { mapStrings, maskText } from "../../model/document/sealed.ts";

export function mask(value: Json): Json {
  return mapStrings(value, maskText);
}

export function maskObject(value: JsonObject): JsonObject {
  return mapStrings(value, maskText) as JsonObject; // an object stays one
}
