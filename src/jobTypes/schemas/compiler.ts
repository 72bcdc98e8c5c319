// The compiler of schemas and the engine of their patterns. Together they weigh 14 MB, so they are loaded with the first schema that
// is compiled: a server without registered types never meets them. Loaded in place, not by a promise: whoever checks a document is pure
// and waits for nobody.
import { createRequire } from "node:module";

type Ajv = typeof import("ajv/dist/2020.js");
type Re2 = typeof import("re2js");

const load = createRequire(import.meta.url);
let loaded: (Pick<Ajv, "Ajv2020"> & Pick<Re2, "RE2JS">) | undefined;

export function schemaCompiler(): NonNullable<typeof loaded> {
  if (loaded !== undefined) return loaded;
  const { Ajv2020 } = load("ajv/dist/2020.js") as Ajv; // what the package says of itself
  const { RE2JS } = load("re2js") as Re2; // likewise
  loaded = { Ajv2020, RE2JS };
  return loaded;
}
