// The one way in which schemas of other people are compiled, here and in the thread that tries them out first.
import { Ajv2020 } from "ajv/dist/2020.js";
import { RE2JS } from "re2js";
import type { JsonObject } from "../../model/json.ts";
import { toPointer } from "../../model/pointer.ts";

/** Linear in the text, for patterns and for pattern properties alike. */
const regExp = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    return { test: (text: string) => compiled.matcher(text).find() };
  },
  { code: "RE2" },
);

export interface Complaint {
  readonly pointer: string;
  readonly detail: string;
}

const MOST = 20;

/** Throws what the compiler throws: a schema that is none, or too large for it. */
export function compileSchema(schema: JsonObject): (value: unknown) => readonly Complaint[] {
  const ajv = new Ajv2020({ allErrors: false, strict: false, validateFormats: false, code: { regExp }, logger: false });
  const all = new Ajv2020({ allErrors: true, strict: false, validateFormats: false, code: { regExp }, logger: false });
  const fits = ajv.compile(schema);
  let explain: ReturnType<typeof all.compile> | undefined;
  return (value) => {
    try {
      // Every error is only looked for once it is known that there is one: hostile data must not make long lists.
      if (fits(value)) return [];
      explain ??= all.compile(schema);
      void explain(value); // its errors are read below; a schema with $async is refused before
      return (explain.errors ?? fits.errors ?? []).slice(0, MOST).map((error) => ({
        pointer: error.instancePath + memberOf(error.params),
        detail: `${error.message ?? error.keyword}${detailOf(error.params)}`,
      }));
    } catch (error) {
      // Data that is deeper than the stack: a problem of the data, never ours.
      return [
        { pointer: "", detail: error instanceof RangeError ? "it is nested too deeply" : "it cannot be checked" },
      ];
    }
  };
}

/** The field that is one too many or missing is the place of the mistake, not what it is a part of. */
function memberOf(params: unknown): string {
  if (typeof params !== "object" || params === null) return "";
  const named: unknown = Reflect.get(params, "additionalProperty") ?? Reflect.get(params, "missingProperty");
  return typeof named === "string" ? toPointer([named]) : "";
}

function detailOf(params: unknown): string {
  const extra = typeof params === "object" && params !== null ? Reflect.get(params, "additionalProperty") : undefined;
  if (typeof extra === "string") return ` (${extra})`;
  const allowed: unknown =
    typeof params === "object" && params !== null ? Reflect.get(params, "allowedValues") : undefined;
  return Array.isArray(allowed) ? ` (${allowed.slice(0, 10).map(String).join(", ")})` : "";
}
