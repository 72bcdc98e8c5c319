// What helm says when it fails, as problems of the document: values that break the chart's schema each at their place, everything
// else in helm's own words, without the server's paths.
import type { JsonObject } from "../model/data/json.ts";
import { fromPointer, type Path } from "../model/data/pointer.ts";
import { type Problem, problem } from "../model/problems/problem.ts";
import type { ChartField } from "./chartSource.ts";
import type { HelmOutcome } from "./helmProcess.ts";

interface About {
  readonly field: ChartField;
  /** Folders of the server, which are nobody's business. */
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
 * `- at '/replicas': got string, want integer`, below the line that names the chart. The chart itself comes first, then its subcharts,
 * whose values lie below their names. Not known: a subchart that goes by an alias.
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

/** The last sentence that starts with Error; warnings before it are not the cause. */
function detailOf(said: string): string {
  const lines = said
    .split("\n")
    .filter((line) => !/^(WARNING|level=|time=|Use --debug)/.test(line) && line.trim() !== "");
  const text = lines.join(" ").replace(/^Error:\s*/, "");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text || "HelmSilent";
}
