// docs/words.md defines the terms of the project. These tests keep the page and the code together: each term names the file that defines it,
// no exported type shares its name with another one, and words that were replaced do not come back.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { exportedTypesIn, identifiersIn, wordsIn } from "./support/identifiers.ts";

const ROOT = resolve(import.meta.dirname, "..");
const SOURCE = join(ROOT, "src");
const page = readFileSync(join(ROOT, "docs/words.md"), "utf8");
const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => ({ name, text: readFileSync(join(SOURCE, name), "utf8") }));

interface Term {
  readonly word: string;
  readonly chinese: string;
  readonly meaning: string;
  readonly file: string;
}

const terms: readonly Term[] = [...page.matchAll(/^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| `([^|`]+)` \|$/gm)].map(
  ([, word = "", chinese = "", meaning = "", file = ""]) => ({ word, chinese, meaning, file }),
);

/** The list after a heading in bold letters: `a, b → use c` gives a and b. */
function banned(heading: string): readonly string[] {
  const [, list = ""] = page.split(`**${heading}**`);
  const paragraph = list.split(/\n\n|\*\*/)[0] ?? "";
  return [...paragraph.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
}

describe("words", () => {
  it("stand on one page of at most 60 lines", () => {
    expect(page.trimEnd().split("\n").length).toBeLessThanOrEqual(60);
    expect(terms.length).toBeGreaterThanOrEqual(40);
  });

  it.each(terms)("$word: its file is there, its meaning is a sentence, and it has a Chinese word", (term) => {
    expect(existsSync(join(SOURCE, term.file)), term.file).toBe(true);
    expect(term.meaning).toMatch(/^[A-Z`].*\.$/);
    expect(term.chinese).toMatch(/\p{Script=Han}|Pod/u);
  });

  it("name each exported type once", () => {
    const places = Map.groupBy(
      files.flatMap(({ name, text }) => exportedTypesIn(text).map((type) => ({ type, name }))),
      (one) => one.type,
    );
    const twice = [...places].filter(([, list]) => list.length > 1);
    expect(twice.map(([type, list]) => `${type}: ${list.map((one) => one.name).join(", ")}`)).toEqual([]);
  });

  it("that were replaced do not come back in the code", () => {
    const words = new Set(banned("Banned in names"));
    expect(words.size).toBeGreaterThan(5);
    const found = files.flatMap(({ name, text }) =>
      [...identifiersIn(text)]
        .filter((one) => wordsIn(one).some((word) => words.has(word)))
        .map((one) => `${name}: ${one}`),
    );
    expect(found).toEqual([]);
  });

  it("that say too little alone are no names of exported types", () => {
    const words = new Set(banned("Banned as the whole name of an exported type"));
    expect(words.size).toBeGreaterThan(10);
    const found = files.flatMap(({ name, text }) =>
      exportedTypesIn(text)
        .filter((type) => words.has(type))
        .map((type) => `${name}: ${type}`),
    );
    expect(found).toEqual([]);
  });

  it("keep claims for volumes and devices", () => {
    const found = files.flatMap(({ name, text }) =>
      exportedTypesIn(text)
        .filter((type) => wordsIn(type).some((word) => word === "claim" || word === "claims"))
        .filter((type) => !/Volume|Device|Resource|Templated/.test(type))
        .map((type) => `${name}: ${type}`),
    );
    expect(found).toEqual([]);
  });
});
