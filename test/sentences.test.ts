// A parameter of an error, a problem or a reason is a name, a number or a code. A sentence there would be shown in English to everybody.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { type Localized } from "../src/model/data/text.ts";
import { CLAUSES, NOUNS } from "../src/model/data/words.ts";
import { ERRORS } from "../src/model/errors/errors.ts";
import { PROBLEMS } from "../src/model/problems/problem.ts";
import { REASONS } from "../src/model/reasons/reason.ts";
import { sentencesIn } from "./support/sentences.ts";

const SOURCE = resolve(import.meta.dirname, "..", "src");

/** Not sentences of kubemin: messages of runtimes and clusters, shortened or imitated, and literal syntax. */
const NOT_OURS: readonly string[] = [
  "… cannot be mounted at …: …",
  'storageclass.storage.k8s.io "…" not found',
  "wait, fail, wait-then-fail(30m)",
  "$from, default",
  "没有默认导出对象：应为 export default { name, version, kubemin, components, traits }",
];

describe("parameters", () => {
  it("hold no sentences", () => {
    const found = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .flatMap((name) => sentencesIn(readFileSync(join(SOURCE, name), "utf8")).map((one) => `${name}: ${one}`));
    expect(found.filter((one) => !NOT_OURS.some((known) => one.endsWith(`: ${known}`)))).toEqual([]);
  });

  it("are found when they do", () => {
    const source = `
      const hint = busy ? "try it again later" : "Busy";
      function said(name) { return { detail: \`the cluster \${name} is away\` }; }
      throw new PlatformError("Conflict", { detail: hint });
      reason("ClusterUnreachable", said("east"));
      problem("Rule", "/x", { ...known, en: "give either one or the other" });
      reason("Removing", { object: "Job/web" });`;
    expect(sentencesIn(source)).toEqual([
      "try it again later",
      "the cluster … is away",
      "give either one or the other",
    ]);
  });
});

const placesIn = (text: string): readonly string[] =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ""))].sort();

const ROWS: readonly (readonly [string, Localized])[] = [
  ...Object.entries(ERRORS).flatMap(([code, { text, advice }]) => [[code, text] as const, [code, advice] as const]),
  ...Object.entries(PROBLEMS).map(([code, { text }]) => [code, text] as const),
  ...Object.entries(REASONS).map(([code, { text }]) => [code, text] as const),
  ...Object.entries(CLAUSES),
  ...Object.entries(NOUNS),
];

/** `wish` is the author's own sentence about a pattern, in English only: Chinese shows the pattern. */
const OTHERWISE = ["Form"];

/** What is missing is said by Kubernetes, or by a word of kubemin, as a whole sentence. */
const WHOLE_SENTENCE = ["MissingReference"];

describe("tables", () => {
  it("name the same places in both languages", () => {
    const apart = ROWS.filter(
      ([code, { en, zh }]) => !OTHERWISE.includes(code) && placesIn(en).join() !== placesIn(zh).join(),
    );
    expect(apart.map(([code]) => code)).toEqual([]);
  });

  it("have Chinese texts that are Chinese, and no row that is nothing but a place for a text", () => {
    const bare = ROWS.filter(([code, { en }]) => /^\{\w+\}$/.test(en) && !WHOLE_SENTENCE.includes(code));
    expect(bare.map(([code]) => code)).toEqual([]);
    const words = ROWS.filter(([code, { en }]) => code !== "sink" && /[a-z]{3}/.test(en.replaceAll(/\{\w+\}/g, "")));
    expect(words.filter(([, { zh }]) => !/[\u4e00-\u9fff]/.test(zh)).map(([code]) => code)).toEqual([]);
  });
});
