// Turns the output of a failed helm into problems of the document: each value that violates the chart's schema gets its
// own problem with a pointer; everything else is quoted from helm, without the paths of the server.
import type { JsonObject } from "../model/data/json.ts";
import { fromPointer, type Path } from "../model/data/pointer.ts";
import { type Problem, problem } from "../model/problems/problem.ts";
import type { ChartField } from "./chartSource.ts";
import type { HelmOutcome } from "./helmProcess.ts";

interface About {
  readonly field: ChartField;
  /** Folders of the server, which are removed from the text that users see. */
  readonly hidden: readonly string[];
  readonly values: JsonObject;
}

const LONGEST = 1_000;

export function failureOf(outcome: HelmOutcome & { readonly ok: false }, about: About): readonly Problem[] {
  const { field } = about;
  if (outcome.why === "missing") return [problem("ChartProgram", [field], { program: outcome.said })];
  if (outcome.why === "slow") return [problem("ChartSlow", [field], { seconds: outcome.said })];
  if (outcome.why === "large") return [problem("ChartLarge", [field], { bytes: outcome.said })];
  const said = withoutPaths(outcome.said, about.hidden);
  const wrong = valuesIn(said, about.values);
  if (wrong.length > 0) return wrong;
  return [problem("ChartFailed", [field], { detail: detailOf(said) })];
}

function withoutPaths(text: string, hidden: readonly string[]): string {
  return hidden.reduce((rest, folder) => rest.replaceAll(`${folder}/`, "").replaceAll(folder, "chart"), text);
}

/**
 * Reads lines like `- at '/replicas': got string, want integer`, which follow a line with the name of a chart. The
 * chart itself comes first, then its subcharts, whose values are below their names. The pointer for a subchart with an
 * alias may be wrong: helm prints its real name.
 */
function valuesIn(said: string, values: JsonObject): readonly Problem[] {
  const start = said.search(/values don't meet the specifications of the schema/i);
  if (start < 0) return [];
  const found: Problem[] = [];
  let base: Path = ["values"];
  let charts = 0;
  for (const line of said.slice(start).split("\n").slice(1)) {
    const chart = /^(\S+):\s*$/.exec(line)?.[1];
    if (chart !== undefined) base = charts++ > 0 || Object.hasOwn(values, chart) ? ["values", chart] : ["values"];
    const [, place, detail] = /^\s*-\s+at '([^']*)':\s*(.+)$/.exec(line) ?? [];
    if (place === undefined || detail === undefined) continue;
    found.push(problem("ChartValue", [...base, ...fromPointer(place)], { detail: detail.slice(0, LONGEST) }));
  }
  return found.length > 0 ? found : [problem("ChartValue", ["values"], { detail: detailOf(said.slice(start)) })];
}

/** The text without the lines of warnings, which are not the cause, and without a leading "Error:". */
function detailOf(said: string): string {
  const lines = said
    .split("\n")
    .filter((line) => !/^(WARNING|level=|time=|Use --debug)/.test(line) && line.trim() !== "");
  const text = lines.join(" ").replace(/^Error:\s*/, "");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text || "HelmSilent";
}
