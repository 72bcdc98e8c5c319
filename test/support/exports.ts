// Reads from a TypeScript source what it exports, and which names it imports from files of this repository. It reads
// text and not types: every import here has a relative path with its ending, and no file exports a list of names.
import { dirname, resolve } from "node:path";

export interface Import {
  readonly file: string;
  /** The name under which the other file exports it. */
  readonly name: string;
}

const ANY = /(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;
const EXPORT =
  /^export (default )?(?:declare )?(?:abstract )?(?:async )?(?:function\*?|const|let|class|interface|type) (\w+)/gm;
const NAMED = /^(?:import|export) (?:type )?(?:\w+, )?\{([^}]*)\} from "(\.[^"]+)"/gm;
const DEFAULT = /^import (?:type )?\w+(?:, \{[^}]*\})? from "(\.[^"]+)"/gm;
const WHOLE = /^import (?:type )?\* as (\w+) from "(\.[^"]+)"/gm;
const LATER = /\{([^{}]*)\} = await import\("(\.[^"]+)"\)/g;
const LATER_ONE = /\(await import\("(\.[^"]+)"\)\)\.(\w+)/g;

/** The files of this repository that `file` imports, at its head or with a later `import()`. */
export function importedFiles(file: string, text: string): readonly string[] {
  return [...text.matchAll(ANY)].map((match) => resolve(dirname(file), match[1] ?? ""));
}

/** The names that a file exports; `default` for the default export. */
export function exportsOf(text: string): readonly string[] {
  return [...text.matchAll(EXPORT)].map((match) => (match[1] === undefined ? (match[2] ?? "") : "default"));
}

/**
 * What `file` imports from files of this repository, at its head or with a later `import()`. The name `*` means that it
 * uses all names of the other file.
 */
export function importsByName(file: string, text: string): readonly Import[] {
  const from = (path: string | undefined): string => resolve(dirname(file), path ?? "");
  const listed = [...text.matchAll(NAMED), ...text.matchAll(LATER)].flatMap(([, names = "", path]) =>
    names.split(",").map((one) => ({ file: from(path), name: nameIn(one) })),
  );
  const whole = [...text.matchAll(WHOLE)].flatMap(([, alias = "", path]) =>
    [...text.matchAll(new RegExp(`(?<!\\* as )\\b${alias}\\b(?:\\.(\\w+))?`, "g"))].map((match) => ({
      file: from(path),
      name: match[1] ?? "*",
    })),
  );
  const one = [...text.matchAll(LATER_ONE)].map(([, path, name = ""]) => ({ file: from(path), name }));
  const defaults = [...text.matchAll(DEFAULT)].map(([, path]) => ({ file: from(path), name: "default" }));
  return [...listed, ...whole, ...one, ...defaults];
}

/** The name in the other file: `A` for `type A as B`, `a` for `a: b` and for `a`. */
function nameIn(listed: string): string {
  return /^(?:type )?(\w+)/.exec(listed.trim())?.[1] ?? "";
}
