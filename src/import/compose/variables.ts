// Replaces the variables in a Compose file. The shape of the value stays the same, so that each path in it is also the
// path in the file.
import { isObject, type Json } from "../../model/data/json.ts";
import { type Path, toPointer } from "../../model/data/pointer.ts";
import { say } from "../mapping/ledger.ts";
import { advised } from "../mapping/reportWords.ts";
import type { Importing } from "../mapping/rules.ts";
import { interpolate } from "./text.ts";

/** A text with a variable that has no value becomes `null`, and is reported as not supported. */
export function fillIn(importing: Importing, value: Json, at: Path): Json {
  if (typeof value === "string") return fillText(importing, value, at);
  if (Array.isArray(value)) return value.map((inner: Json, index) => fillIn(importing, inner, [...at, index]));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, fillIn(importing, inner ?? null, [...at, key])]),
  );
}

function fillText(importing: Importing, value: string, at: Path): Json {
  const { text, missing } = interpolate(value, importing.variables);
  const [name] = missing;
  if (name !== undefined) {
    const words = advised(
      ["the variable {name} has no value here", "变量 {name} 没有值"],
      ["set it: --set {name}=VALUE", "请设置：--set {name}=值"],
      { name },
    );
    say(importing.ledger, at, "unsupported", words);
    return null;
  }
  if (text !== value) importing.ledger.filled?.add(toPointer(at));
  return text;
}
