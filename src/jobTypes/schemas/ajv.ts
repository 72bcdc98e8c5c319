// Compiles the schemas of users with Ajv and RE2. The main thread and the thread that tries new schemas (tryThread.ts)
// both use it.
import type { JsonObject } from "../../model/data/json.ts";
import { toPointer } from "../../model/data/pointer.ts";
import { schemaCompiler } from "./compiler.ts";

/** RE2 takes linear time. Ajv uses it for `pattern` and for `patternProperties`. */
const regExp = Object.assign(
  (pattern: string) => {
    const compiled = schemaCompiler().RE2JS.compile(pattern);
    // Ajv identifies patterns by `toString`. Without it, all patterns of a schema would be the same.
    return { test: (text: string) => compiled.matcher(text).find(), toString: () => pattern };
  },
  { code: "RE2" },
);

interface Complaint {
  readonly pointer: string;
  readonly detail: string;
}

const MOST = 20;

/**
 * Values up to this size get all errors. Larger values get only the first one, because finding all errors takes longer.
 */
const EXPLAINED_BYTES = 16 * 1024;

/**
 * Throws the error of Ajv when the schema is invalid or too large. With `tried`, the schema was compiled before in
 * another thread, so it is not checked against the meta-schema again, which is the slowest part. The optimiser of Ajv
 * is off: its time grows with the square of the schema, and it gains nothing for documents of a few kilobytes.
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
      // All errors are searched only after the value failed the quick check, and only in small values: hostile data
      // must not cost much time.
      if (fits(value)) return [];
      const small = JSON.stringify(value).length <= EXPLAINED_BYTES;
      if (small) explain ??= all.compile(schema);
      if (small) void explain?.(value); // no promise: schemaTraps.ts refuses $async
      return ((small ? explain?.errors : undefined) ?? fits.errors ?? []).slice(0, MOST).map((error) => ({
        pointer: error.instancePath + memberOf(error.params),
        detail: `${error.message ?? error.keyword}${detailOf(error.params)}`,
      }));
    } catch (error) {
      // Data that is nested more deeply than the stack allows is a problem of the data, not an error of the server.
      return [
        { pointer: "", detail: error instanceof RangeError ? "it is nested too deeply" : "it cannot be checked" },
      ];
    }
  };
}

/** The pointer of the problem names the unknown or missing field itself, not its parent. */
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
