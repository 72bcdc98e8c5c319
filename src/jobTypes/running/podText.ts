// Converts numbers and lists of an input to text in the fields of a pod that need text: variables, arguments, labels.
// They are written as JSON. All other fields keep the type of the value, and src/isolation reports a wrong type.
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";

export function withTexts(template: JsonObject): JsonObject {
  const { metadata, spec } = template;
  return {
    ...template,
    ...(isObject(metadata) ? { metadata: mapped(metadata, { labels: texts, annotations: texts }) } : {}),
    ...(isObject(spec) ? { spec: mapped(spec, { containers: eachContainer, initContainers: eachContainer }) } : {}),
  };
}

type Change = (value: Json) => Json;

function mapped(value: JsonObject, changes: Readonly<Record<string, Change>>): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const change = Object.hasOwn(changes, key) ? changes[key] : undefined;
      return [key, inner === undefined || change === undefined ? inner : change(inner)];
    }),
  );
}

const text: Change = (value) => (typeof value === "string" ? value : JSON.stringify(value));
const each =
  (change: Change): Change =>
  (value) =>
    Array.isArray(value) ? value.map((item: Json) => change(item)) : value;
const texts: Change = (value) =>
  isObject(value) ? mapped(value, Object.fromEntries(Object.keys(value).map((key) => [key, text]))) : value;
const variable: Change = (value) => (isObject(value) ? mapped(value, { value: text }) : value);
const eachContainer: Change = each((value) =>
  isObject(value) ? mapped(value, { env: each(variable), args: each(text), command: each(text) }) : value,
);
