// Detects the format of a document from its content. The first row of the table that matches wins.

import { isObject, type Json, type JsonObject } from "../model/data/json.ts";
import { API_VERSION } from "../model/document/document.ts";

export const FORMATS = ["compose", "manifests", "kubevela", "kubemin-cli"] as const;
export type SourceFormat = (typeof FORMATS)[number];

interface Row {
  readonly format: SourceFormat | "kubemin";
  readonly is: (value: JsonObject) => boolean;
}

const OWN_FIELDS = new Set(["name", "type", "properties", "traits", "dependsOn", "timeout", "retry"]);

const ROWS: readonly Row[] = [
  { format: "kubemin", is: (value) => value["apiVersion"] === API_VERSION },
  { format: "kubevela", is: (value) => isKubevela(value["apiVersion"]) && value["kind"] === "Application" },
  { format: "manifests", is: (value) => typeof value["apiVersion"] === "string" && typeof value["kind"] === "string" },
  { format: "kubemin-cli", is: (value) => Array.isArray(value["component"]) },
  { format: "kubemin", is: looksLikeOurs },
  { format: "kubemin-cli", is: (value) => Array.isArray(value["components"]) },
  { format: "compose", is: (value) => isObject(value["services"]) },
];

function isKubevela(version: Json | undefined): boolean {
  return typeof version === "string" && version.startsWith("core.oam.dev/");
}

function looksLikeOurs(value: JsonObject): boolean {
  const { components, workflow } = value;
  if (!Array.isArray(components) || workflow !== undefined) return false;
  return components.every((one: Json) => isObject(one) && Object.keys(one).every((key) => OWN_FIELDS.has(key)));
}

/** The format of the documents; "kubemin" for a document of kubemin itself; `undefined` for an unknown format. */
export function detect(documents: readonly Json[]): SourceFormat | "kubemin" | undefined {
  for (const value of documents) {
    if (!isObject(value)) continue;
    const row = ROWS.find((one) => one.is(value));
    if (row !== undefined) return row.format;
  }
  return undefined;
}
