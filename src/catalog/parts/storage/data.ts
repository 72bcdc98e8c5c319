// The data of ConfigMaps and Secrets: text, or bytes in base64. Bytes that are not UTF-8 cannot be text and go to
// binaryData.
import { z } from "zod";
import type { JsonObject } from "../../../model/data/json.ts";
import type { Path } from "../../../model/data/pointer.ts";
import { LIMITS } from "../../../model/document/document.ts";
import { isSealed, sealedPayload } from "../../../model/document/sealed.ts";
import { DATA_KEY } from "../../../model/kubernetes/name.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import { described } from "../../sharedFields.ts";
import { onlyGiven } from "../objects/onlyGiven.ts";

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function isBase64(text: string): boolean {
  const sealed: boolean = isSealed(text);
  return sealed || BASE64.test(text.replaceAll(/\s/g, ""));
}

const bytes = z.strictObject({
  base64: described(
    z.string().refine(isBase64, { error: "this is not base64", params: { zh: "不是合法的 base64" } }),
    "Bytes in base64, for data that is not text",
    "base64 编码的二进制内容",
  ),
});

export const dataField = () =>
  z.record(z.string().regex(DATA_KEY, "letters, digits, '-', '_' and '.'"), z.union([z.string(), bytes]));

export type Data = z.output<ReturnType<typeof dataField>>;

/** `data` and `binaryData` of a ConfigMap. */
export function configMapData(data: Data): JsonObject {
  const text: [string, string][] = [];
  const binary: [string, string][] = [];
  for (const [key, value] of sorted(data)) {
    const decoded = typeof value === "string" ? value : utf8(Buffer.from(value.base64, "base64"));
    if (decoded !== undefined) text.push([key, decoded]);
    else if (typeof value !== "string") binary.push([key, canonicalBase64(value.base64)]);
  }
  return onlyGiven({ data: entriesOrNone(text), binaryData: entriesOrNone(binary) });
}

/**
 * `stringData` and `data` of a Secret. Text stays a sealed token in stringData, because only the code that opens the
 * token could encode it. Bytes are sealed as their base64 text and therefore belong in data.
 */
export function secretData(data: Data): JsonObject {
  const text = sorted(data).flatMap(([key, value]) => (typeof value === "string" ? [[key, value] as const] : []));
  const binary = sorted(data).flatMap(([key, value]) =>
    typeof value === "string" ? [] : [[key, canonicalBase64(value.base64)] as const],
  );
  return onlyGiven({ stringData: entriesOrNone(text), data: entriesOrNone(binary) });
}

/**
 * Keys whose values are certainly not text. Sealed values are not among them, because their content is not known here.
 */
export function binaryKeys(data: Data): readonly string[] {
  return Object.entries(data).flatMap(([key, value]) =>
    typeof value === "string" || isSealed(value.base64) || utf8(Buffer.from(value.base64, "base64")) !== undefined
      ? []
      : [key],
  );
}

export function checkDataSize(name: string, data: Data, path: Path): readonly Problem[] {
  const total = Object.values(data).reduce((sum, value) => sum + size(value), 0);
  if (total <= LIMITS.configBytes) return [];
  return [problem("ConfigTooLarge", path, { name, bytes: total, limit: LIMITS.configBytes })];
}

/**
 * Bytes of a value. Of a sealed value only the length of its token is known: three quarters of it, less what sealing
 * adds (28 bytes).
 */
function size(value: Data[string]): number {
  const text = typeof value === "string" ? value : value.base64;
  const length = isSealed(text)
    ? Math.max(0, Math.floor((sealedPayload(text).length * 3) / 4) - 28)
    : Buffer.byteLength(text);
  return typeof value === "string" ? length : Math.floor((length * 3) / 4);
}

function canonicalBase64(text: string): string {
  return isSealed(text) ? text : Buffer.from(text, "base64").toString("base64");
}

function utf8(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
}

function sorted(data: Data): readonly (readonly [string, Data[string]])[] {
  return Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
}

function entriesOrNone(entries: readonly (readonly [string, string])[]): JsonObject | undefined {
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
