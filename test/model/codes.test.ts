// The tables of reasons, problems and errors are put together from parts. A code that two parts hold would silently say the wrong sentence,
// and a code that no code produces would be documented and never seen.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { ERRORS } from "../../src/model/errors/errors.ts";
import { PROBLEMS } from "../../src/model/problems/problem.ts";
import { OUTGOING_REFUSALS } from "../../src/model/reasons/outgoingRefusal.ts";
import { REASONS } from "../../src/model/reasons/reason.ts";

const SOURCE = resolve(import.meta.dirname, "../../src");
const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
const textOf = (file: string): string => readFileSync(join(SOURCE, file), "utf8");

const TABLES: Readonly<Record<string, object>> = { REASONS, PROBLEMS, ERRORS };
const PART = /^export const (\w+_(REASONS|PROBLEMS|ERRORS)) = /gm;

/** Each part of a table, as `X_REASONS` and the like are exported by files of the model. */
const parts = files
  .filter((file) => file.startsWith("model/"))
  .flatMap((file) => [...textOf(file).matchAll(PART)].map(([, name = "", kind = ""]) => ({ file, name, kind })));

describe("the tables of codes", () => {
  it("have sixteen parts or more", () => expect(parts.length).toBeGreaterThanOrEqual(16));

  it.each(parts)(
    "hold each code of $name as it is written there, and from nowhere else",
    async ({ file, name, kind }) => {
      const module: Record<string, object> = await import(join(SOURCE, file));
      const whole = Object.entries(TABLES[kind] ?? {});
      const rows = Object.entries(module[name] ?? {});
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(whole, row[0]).toContainEqual(row);
    },
  );

  it.each(Object.keys(TABLES))("hold no code in %s that no code of src produces", (name) => {
    const produced = files.map(textOf).map(withoutQuestions).join("\n");
    // A refused call has the same row as a reason, as CallX.
    const refusals = new Map(Object.keys(OUTGOING_REFUSALS).map((code) => [`Call${code}`, code]));
    const isProduced = (code: string): boolean =>
      produced.includes(`"${code}"`) || (refusals.has(code) && produced.includes(`"${refusals.get(code)}"`));
    expect(Object.keys(TABLES[name] ?? {}).filter((code) => !isProduced(code))).toEqual([]);
  });
});

/** Without comments, and without what only asks whether it is that code: comparisons, sets, cases. */
function withoutQuestions(text: string): string {
  return text
    .replaceAll(/^\s*(\/\/|\*|\/\*\*).*$/gm, "")
    .replaceAll(/[!=]== "\w+"/g, "")
    .replaceAll(/new Set(<[^(]*>)?\(\[[^\]]*\]\)/g, "")
    .replaceAll(/\.(has|includes)\("\w+"\)/g, "")
    .replaceAll(/case "\w+"/g, "");
}
