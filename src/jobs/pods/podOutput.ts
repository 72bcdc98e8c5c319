// What a program gave as its output, among the lines that it wrote.

import { outputTooLarge } from "../../catalog/job.ts";
import { isObject, type JsonObject, readJson } from "../../model/data/json.ts";
import { MASK } from "../../model/document/sealed.ts";
import type { ObjectHealth } from "../../model/kubernetes/health.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import type { LogLine } from "../../ports/cluster.ts";

export type Said = { readonly ok: true; readonly output: JsonObject } | { readonly ok: false; readonly wrong: Reason };

const OUTPUT_MARK = "kubemin-output:";

/** Whatever became of it: a line that is no valid output may hold a secret all the same. */
export function withoutOutput(line: LogLine): LogLine {
  return line.text.startsWith(OUTPUT_MARK) ? { ...line, text: `${OUTPUT_MARK} ${MASK}` } : line;
}

/** JSON in the termination message (4 KB at most, by Kubernetes), else in the last marked line of the log. */
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
