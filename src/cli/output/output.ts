// Prints data on stdout. On a terminal it is an aligned table that fits the width; otherwise it is tab-separated,
// without header and colours, with full timestamps. json and yaml print what the API returned; name prints one name per
// line, for `xargs`.

import { stringify } from "yaml";
import { isObject } from "../../model/data/json.ts";
import type { Localized } from "../../model/data/text.ts";
import { formatDuration } from "../../model/document/duration.ts";
import type { Tone } from "../../model/reasons/tone.ts";
import type { CommandContext } from "../grammar/command.ts";
import { painter } from "../terminal/style.ts";
import { displayWidth, oneLine, pad, truncate } from "../terminal/width.ts";

export interface Column<T> {
  readonly header: Localized;
  /** Whether the column is shown only with --output wide. Default: always shown. */
  readonly wide?: boolean;
  readonly cell: (row: T) => string;
  /** The text for pipes: a full timestamp instead of an age, a word without its glyph. Default: as `cell`. */
  readonly raw?: (row: T) => string;
  readonly tone?: (row: T) => Tone;
}

interface Listing<T> {
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly name: (row: T) => string;
  /** The answer of the API, for json and yaml. */
  readonly data: unknown;
  /** The text that a terminal shows instead of an empty table. */
  readonly empty: Localized;
}

export function printListing<T>(context: CommandContext, listing: Listing<T>): void {
  const { output } = context.globals;
  if (printData(context, listing.data)) return;
  const { stdout, stderr } = context.terminal;
  if (output === "name") {
    for (const row of listing.rows) stdout.write(`${listing.name(row)}\n`);
    return;
  }
  const columns = listing.columns.filter((column) => column.wide !== true || output === "wide");
  if (!stdout.isTTY) {
    for (const row of listing.rows)
      stdout.write(`${columns.map((column) => oneLine((column.raw ?? column.cell)(row))).join("\t")}\n`);
  } else if (listing.rows.length === 0) stderr.write(`${context.say(listing.empty)}\n`);
  else printTable(context, listing.rows, columns);
}

/** Prints the data if the output format is json or yaml. Returns whether it did. */
export function printData(context: CommandContext, data: unknown): boolean {
  const { output, fields } = context.globals;
  if (output !== "json" && output !== "yaml") return false;
  const picked = fields === undefined ? data : pick(data, fields);
  context.terminal.stdout.write(output === "json" ? `${JSON.stringify(picked, null, 2)}\n` : stringify(picked));
  return true;
}

/** Keeps only the given fields; in a list, those of its items. */
function pick(data: unknown, fields: readonly string[]): unknown {
  if (Array.isArray(data)) return data.map((item: unknown) => pick(item, fields));
  if (!isObject(data)) return data;
  if (Array.isArray(data["items"]) && !fields.includes("items")) return pick(data["items"], fields);
  return Object.fromEntries(fields.map((field) => [field, data[field] ?? null]));
}

const GAP = "  ";

function printTable<T>(context: CommandContext, rows: readonly T[], columns: readonly Column<T>[]): void {
  const { stdout } = context.terminal;
  const paint = painter(context.terminal, stdout);
  const cells = rows.map((row) => columns.map((column) => oneLine(column.cell(row))));
  const headers = columns.map((column) => context.say(column.header).toUpperCase());
  const widths = headers.map((header, index) =>
    Math.max(displayWidth(header), ...cells.map((line) => displayWidth(line[index] ?? ""))),
  );
  const fitted = fit(widths, stdout.columns - 1);
  const line = (texts: readonly string[], tone: (index: number) => Tone): string =>
    texts
      .map((text, index) => {
        const short = truncate(text, fitted[index] ?? 0);
        return paint(tone(index), index === texts.length - 1 ? short : pad(short, fitted[index] ?? 0));
      })
      .join(GAP)
      .trimEnd();
  stdout.write(`${line(headers, () => "muted")}\n`);
  for (const [index, row] of rows.entries())
    stdout.write(`${line(cells[index] ?? [], (at) => columns[at]?.tone?.(row) ?? "plain")}\n`);
}

/** Narrows the widest column until all columns fit. No column becomes narrower than 8. */
function fit(widths: readonly number[], columns: number): number[] {
  const fitted = [...widths];
  const total = (): number => fitted.reduce((sum, width) => sum + width, 0) + GAP.length * (fitted.length - 1);
  while (total() > columns) {
    const widest = Math.max(...fitted);
    if (widest <= 8) break;
    fitted[fitted.lastIndexOf(widest)] = Math.max(8, widest - (total() - columns), secondWidest(fitted, widest));
    if (fitted.every((width) => width <= 8)) break;
  }
  return fitted;
}

function secondWidest(widths: readonly number[], widest: number): number {
  const below = widths.filter((width) => width < widest);
  return below.length === 0 ? widest - 1 : Math.min(widest - 1, Math.max(...below));
}

/** How long ago a time was, such as "2h05m ago"; "–" for `null`. */
export function age(context: CommandContext, at: string | null): string {
  if (at === null) return "–";
  const text = formatDuration(Math.max(0, context.terminal.now().getTime() - Date.parse(at)));
  return context.say({ en: "{text} ago", zh: "{text}前" }, { text });
}
