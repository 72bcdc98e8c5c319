// Finds a chart's folder or archive. Names are looked up in the operator's folder only; links that lead out of it are
// not followed.
import { readdir, realpath, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { nearest } from "../model/kubernetes/name.ts";
import { problem } from "../model/problems/problem.ts";
import { ChartError, type ChartSource } from "../ports/charts.ts";

export type ChartField = "chart" | "archive";

export function fieldOf(source: ChartSource): ChartField {
  return source.from === "server" ? "chart" : "archive";
}

interface Places {
  readonly folder: string | undefined;
  /** A temporary folder that only this rendering uses. */
  readonly workspace: string;
}

/**
 * The absolute path of a chart's folder or archive. Throws ChartError when there is no folder of charts, or no such
 * chart in it.
 */
export async function locateChart(source: ChartSource, { folder, workspace }: Places): Promise<string> {
  if (source.from === "archive") {
    const file = join(workspace, "chart.tgz");
    await writeFile(file, Buffer.from(source.base64, "base64"), { mode: 0o600 });
    return file;
  }
  if (folder === undefined) throw new ChartError([problem("ChartFolder", ["chart"])]);
  const { name, version } = source;
  // With a version, only a file with this version in its name (as `helm package` writes it) is used, so a rollback gets
  // the same chart.
  const names = version === undefined ? [name, `${name}.tgz`] : [`${name}-${version}.tgz`, `${name}-${version}`];
  for (const candidate of names) {
    const found = await insideOf(folder, candidate);
    if (found !== undefined) return found;
  }
  const known = await chartsIn(folder);
  const wanted = version === undefined ? name : `${name}-${version}`;
  const params = { name: wanted, known: known.join(", ") || "-" };
  throw new ChartError([problem("NoChart", ["chart"], params, nearest(wanted, known))]);
}

async function insideOf(folder: string, name: string): Promise<string | undefined> {
  try {
    const root = await realpath(folder);
    const found = await realpath(join(root, name));
    return found.startsWith(root + sep) ? found : undefined;
  } catch {
    return undefined;
  }
}

async function chartsIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder);
    return entries.filter((name) => !name.startsWith(".")).map((name) => name.replace(/\.tgz$/, ""));
  } catch {
    return [];
  }
}
