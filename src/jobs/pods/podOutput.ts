// Reads the output of a program from its termination message or from the marked line of its log.

import { outputTooLarge } from "../../catalog/job.ts";
import { isObject, type JsonObject, readJson } from "../../model/data/json.ts";
import { MASK } from "../../model/document/sealed.ts";
import type { ObjectHealth } from "../../model/kubernetes/health.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import type { LogLine } from "../../ports/cluster.ts";

export type Said = { readonly ok: true; readonly output: JsonObject } | { readonly ok: false; readonly wrong: Reason };

const OUTPUT_MARK = "kubemin-output:";

/** Masks a marked line, also when it is no valid output, because it may contain a secret. */
export function withoutOutput(line: LogLine): LogLine {
  return line.text.startsWith(OUTPUT_MARK) ? { ...line, text: `${OUTPUT_MARK} ${MASK}` } : line;
}

/**
 * JSON from the last marked line of the log, or else from the termination message (which Kubernetes limits to 4 KB).
 */
export function outputOf(health: Pick<ObjectHealth, "facts">, lines: readonly string[]): Said {
  const marked = lines.findLast((line) => line.startsWith(OUTPUT_MARK))?.slice(OUTPUT_MARK.length);
  const text = (marked ?? health.facts?.said ?? "").trim();
  if (text === "" || (marked === undefined && !text.startsWith("{"))) return { ok: true, output: {} };
  const excess = outputTooLarge(text.length);
  if (excess !== null) return bad(excess);
  const read = readJson(text);
  if (read.is === "none") return bad("it is not valid JSON");
  if (read.is === "inexact") return { ok: false, wrong: reason("OutputNotExact", { pointer: read.pointer }) };
  return isObject(read.value) ? { ok: true, output: read.value } : bad("it is JSON, but not an object");
}

function bad(detail: string): Said {
  return { ok: false, wrong: reason("BadOutput", { detail }) };
}
