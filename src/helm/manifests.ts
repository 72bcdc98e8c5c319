// Reads helm's output as objects. Like Kubernetes, it reads YAML 1.1 (`yes` is true, 0644 is octal), but leaves dates
// and times of day as text.
import { parseAllDocuments, type Tags } from "yaml";
import { isObject, type Json, type JsonObject } from "../model/data/json.ts";
import type { Manifest } from "../model/kubernetes/manifest.ts";
import { problem } from "../model/problems/problem.ts";
import { ChartError } from "../ports/charts.ts";
import type { ChartField } from "./chartSource.ts";

const OPTIONS = {
  version: "1.1",
  uniqueKeys: false,
  logLevel: "silent",
  customTags: (tags: Tags): Tags =>
    tags.filter((tag) => typeof tag === "string" || (tag.format !== "TIME" && !tag.tag.endsWith(":timestamp"))),
} as const;

export function manifestsIn(text: string, field: ChartField): readonly Manifest[] {
  const documents = parseAllDocuments(text, OPTIONS);
  return (Array.isArray(documents) ? documents : []).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw broken(field, error.message);
    // Converted through JSON, because JSON is what is sent to the cluster: values such as NaN become null here.
    const value = JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 1000 }) ?? null)) as Json;
    return value === null ? [] : flattened(value, field);
  });
}

function flattened(value: Json, field: ChartField): readonly Manifest[] {
  if (!isObject(value)) throw broken(field, `not an object: ${JSON.stringify(value).slice(0, 80)}`);
  const { kind, items } = value;
  if (typeof kind === "string" && kind.endsWith("List") && Array.isArray(items))
    return items.flatMap((one: Json) => flattened(one, field));
  if (isManifest(value)) return [value];
  const shown = JSON.stringify({ apiVersion: value["apiVersion"], kind });
  throw broken(field, `an object without apiVersion, kind or name: ${shown}`);
}

function isManifest(value: JsonObject): value is Manifest {
  const { apiVersion, kind, metadata } = value;
  return (
    typeof apiVersion === "string" &&
    typeof kind === "string" &&
    isObject(metadata) &&
    typeof metadata["name"] === "string" &&
    metadata["name"] !== ""
  );
}

function broken(field: ChartField, detail: string): ChartError {
  return new ChartError([problem("ChartFailed", [field], { detail })]);
}
