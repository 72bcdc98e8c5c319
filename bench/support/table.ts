// Prints measurements as a table: the name, the value, and the limit.
export interface Row {
  readonly what: string;
  readonly measured: string;
  /** The limit as text. Rows that only inform have no limit. */
  readonly limit?: string;
  readonly kept?: boolean;
}

export function printTable(title: string, rows: readonly Row[]): void {
  const cells = [
    ["", "measured", "limit", ""],
    ...rows.map((row) => [
      row.what,
      row.measured,
      row.limit ?? "",
      row.kept === undefined ? "" : row.kept ? "kept" : "NOT KEPT",
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => (row[column] ?? "").length)));
  process.stdout.write(`\n${title}\n`);
  for (const row of cells)
    process.stdout.write(
      `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ")}\n`,
    );
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const milliseconds = (value: number): string =>
  value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
