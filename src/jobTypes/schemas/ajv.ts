// The one way in which schemas of other people are compiled, here and in the thread that tries them out first.
import type { JsonObject } from "../../model/data/json.ts";
import { toPointer } from "../../model/data/pointer.ts";
import { schemaCompiler } from "./compiler.ts";

/** Linear in the text, for patterns and for pattern properties alike. */
const regExp = Object.assign(
  (pattern: string) => {
    const compiled = schemaCompiler().RE2JS.compile(pattern);
    // The compiler tells patterns apart by their text: without one, all of a schema would be the first.
    return { test: (text: string) => compiled.matcher(text).find(), toString: () => pattern };
  },
  { code: "RE2" },
);

interface Complaint {
  readonly pointer: string;
  readonly detail: string;
}

const MOST = 20;

/** Every error is only looked for in values that are not large: keywords that cost more than their length are bounded by others. */
const EXPLAINED_BYTES = 16 * 1024;

/**
 * Throws what the compiler throws: a schema that is none, or too large for it. `tried`: it was compiled before, in a thread, so that the
 * schema itself need not be checked again, which takes longer than all the rest. The compiler's own optimising takes time in proportion
 * to the square of the schema, and gains nothing for documents of a few kilobytes.
 */
export function compileSchema(
  schema: JsonObject,
  before: "new" | "tried" = "new",
): (value: unknown) => readonly Complaint[] {
  const checked = before === "new" ? {} : { validateSchema: false, meta: false };
  const settings = { strict: false, validateFormats: false, logger: false, ...checked } as const;
  const { Ajv2020 } = schemaCompiler();
  const ajv = new Ajv2020({ ...settings, allErrors: false, code: { regExp, optimize: false } });
  const all = new Ajv2020({ ...settings, allErrors: true, code: { regExp, optimize: false } });
  const fits = ajv.compile(schema);
  let explain: ReturnType<typeof all.compile> | undefined;
  return (value) => {
    try {
      // Every error is only looked for once it is known that there is one: hostile data must not make long lists.
      if (fits(value)) return [];
      const small = JSON.stringify(value).length <= EXPLAINED_BYTES;
      if (small) explain ??= all.compile(schema);
      if (small) void explain?.(value); // its errors are read below; a schema with $async is refused before
      return ((small ? explain?.errors : undefined) ?? fits.errors ?? []).slice(0, MOST).map((error) => ({
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
