// Reads YAML 1.2, core schema, one document: the part of YAML that means the same as JSON. `yes` is text. Tags,
// directives, merge keys, keys that are not text and a second document are refused and not guessed. All syntax errors
// are reported together, in kubemin's own sentences.
import { type Document, type ErrorCode, parseDocument, type YAMLError } from "yaml";
import { problem } from "../../model/problems/problem.ts";
import type { SyntaxDetail } from "../../model/problems/syntax.ts";
import { readNodes } from "./readYamlNodes.ts";
import { scanYaml } from "./readYamlScan.ts";
import type { ReadFault, TextReading } from "./textReading.ts";

const DETAILS: Readonly<Record<ErrorCode, SyntaxDetail>> = {
  ALIAS_PROPS: "Properties",
  BAD_ALIAS: "UnknownAlias",
  BAD_COLLECTION_TYPE: "CustomTag",
  BAD_DIRECTIVE: "Directive",
  BAD_DQ_ESCAPE: "BadEscape",
  BAD_INDENT: "Indent",
  BAD_PROP_ORDER: "Properties",
  BAD_SCALAR_START: "BadStart",
  BLOCK_AS_IMPLICIT_KEY: "NestedOnOneLine",
  BLOCK_IN_FLOW: "Unexpected",
  DUPLICATE_KEY: "Unexpected",
  IMPOSSIBLE: "Unexpected",
  KEY_OVER_1024_CHARS: "KeyTooLong",
  MISSING_CHAR: "MissingCharacter",
  MULTILINE_IMPLICIT_KEY: "KeyOverLines",
  MULTIPLE_ANCHORS: "Properties",
  MULTIPLE_DOCS: "MultipleDocuments",
  MULTIPLE_TAGS: "Properties",
  NON_STRING_KEY: "KeyNotText",
  RESOURCE_EXHAUSTION: "AliasBomb",
  TAB_AS_INDENT: "Tab",
  TAG_RESOLVE_FAILED: "CustomTag",
  UNEXPECTED_TOKEN: "Unexpected",
};

/** More errors than can be shown, because some of them are the same fault. */
const ERRORS_LIMIT = 1_000;

export function readYaml(text: string): TextReading {
  const limit = scanYaml(text);
  if (limit) return { ok: false, faults: [limit] };
  const document = parse(text);
  if (document === undefined) return { ok: false, faults: [yamlFault("Unexpected", 0)] };
  const errors = [...document.errors, ...document.warnings].slice(0, ERRORS_LIMIT).map(translateError);
  if (document.contents === null && errors.length === 0) return { ok: false, faults: [yamlFault("Empty", 0)] };
  const nodes = readNodes(document.contents);
  const faults = [...errors, ...nodes.faults];
  if (faults.length > 0) return { ok: false, faults };
  if (nodes.value === null) return { ok: false, faults: [yamlFault("Empty", 0)] };
  return { ok: true, value: nodes.value, places: () => nodes.place };
}

function yamlFault(detail: SyntaxDetail, offset: number): ReadFault {
  return { problem: problem("Syntax", "", { format: "YAML", detail }), offset };
}

// uniqueKeys is off: the parser compares every key with every other, which is quadratic. readYamlNodes.ts uses a set
// instead.
function parse(text: string): Document.Parsed | undefined {
  const options = { version: "1.2", schema: "core", stringKeys: true, uniqueKeys: false, prettyErrors: false } as const;
  const { stackTraceLimit } = Error;
  try {
    // The library creates an Error per fault. With stack traces, a hundred thousand faults take seconds and a gigabyte.
    Error.stackTraceLimit = 0;
    return parseDocument(text, options);
  } catch {
    return undefined; // a defect of the parser; the caller reports a fault instead of crashing
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function translateError(error: YAMLError): ReadFault {
  return yamlFault(DETAILS[error.code], error.pos[0]);
}
