// Loads Ajv and RE2 when the first schema is compiled. Together they need 14 MB of memory, which a server without
// registered types saves. They are loaded synchronously, because the check of a document is a pure synchronous
// function.
import { createRequire } from "node:module";

type Ajv = typeof import("ajv/dist/2020.js");
type Re2 = typeof import("re2js");

const load = createRequire(import.meta.url);
let loaded: (Pick<Ajv, "Ajv2020"> & Pick<Re2, "RE2JS">) | undefined;

export function schemaCompiler(): NonNullable<typeof loaded> {
  if (loaded !== undefined) return loaded;
  const { Ajv2020 } = load("ajv/dist/2020.js") as Ajv; // the type declarations of the package
  const { RE2JS } = load("re2js") as Re2; // the type declarations of the package
  loaded = { Ajv2020, RE2JS };
  return loaded;
}
