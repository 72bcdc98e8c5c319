// Writes the pages that are generated from the code: all of docs/reference/, and the picture in docs/architecture.md.
// With --check it only compares, and fails when a page does not match the code. docs/reference/ contains only generated
// files; texts that are written by hand are in other folders of docs/.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { openapiDocument } from "../src/api/openapi.ts";
import { builtins } from "../src/builtins.ts";
import { createCatalog } from "../src/catalog/catalog.ts";
import { cliReference } from "../src/cli/reference.ts";
import { ERRORS } from "../src/model/errors/errors.ts";
import { REASONS } from "../src/model/reasons/reason.ts";
import { documentSchema } from "../src/plan/schema/schema.ts";
import { rows } from "../test/e2e/support/verdictTable.ts";
import { architecturePicture } from "./architecturePicture.ts";
import { verdictRows } from "./verdictsPage.ts";

const DOCS = resolve(import.meta.dirname, "../docs");
const PICTURE = ["<!-- picture: begin -->", "<!-- picture: end -->"] as const;
const SOURCE = "change the table in src/model instead";
const WHO = { you: "you · 用户", operator: "the operator · 运维", nobody: "nobody · 无需处理" } as const;

/** Path within docs/ -> the text that the file must have. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["reference/openapi.json", json(openapiDocument())],
    ["reference/application.schema.json", json(documentSchema(createCatalog(builtins)))],
    ["reference/errors.md", errorsPage()],
    ["reference/reasons.md", reasonsPage()],
    ["reference/cli.md", cliReference()],
    ["reference/verdicts.md", verdictsPage()],
    ["architecture.md", withPicture(read("architecture.md") ?? "")],
  ]);
}

/** The page with a new picture. The text around the picture is written by hand and does not change. */
function withPicture(page: string): string {
  const [begin, end] = PICTURE;
  const [before = "", rest = ""] = page.split(begin);
  const after = rest.slice(rest.indexOf(end));
  return [before, begin, "\n", architecturePicture(), "\n", after].join("");
}

/** Paths of the files that are missing or differ. */
export function staleFiles(): readonly string[] {
  return [...generatedFiles()].flatMap(([name, text]) => (read(name) === text ? [] : [name]));
}

function read(name: string): string | undefined {
  try {
    return readFileSync(join(DOCS, name), "utf8");
  } catch {
    return undefined;
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(([code, { status, exit, who, text, advice }]) =>
    row([`\`${code}\``, status, exit, WHO[who], `${text.en}<br>${text.zh}`, `${advice.en}<br>${advice.zh}`]),
  );
  return page(
    "Errors · 错误",
    "Every answer of the API that is not a success is `application/problem+json` (RFC 9457) with one of these codes. `exit` is the exit code of the command line.",
    [row(["code", "status", "exit", "who can act · 处理方", "sentence · 说明", "what to do · 建议"]), rule(6), ...rows],
  );
}

function reasonsPage(): string {
  const rows = Object.entries(REASONS).map(([code, { who, text }]) => row([`\`${code}\``, WHO[who], text.en, text.zh]));
  return page("Reasons · 原因", "The closed table of reasons, which explain why a job or an object is in its state.", [
    row(["code", "who can act · 处理方", "sentence", "说明"]),
    rule(4),
    ...rows,
  ]);
}

function verdictsPage(): string {
  const words = [
    "The reports of kubemin about each failure, when the tests caused it on a real Kubernetes; texts and times are those of that run.",
    "*Reported after* is the time from the first sign in the cluster (an event or a condition; whole seconds) until kubemin reported the reason.",
    "*Ended after* is the time from the start of the run until the end of the job: waiting ends with the component's `timeout`, which the tests set short.",
  ].join(" ");
  const table = verdictRows(rows(), { who: WHO, row });
  return page("Verdicts · 失败判定", words, table, "run test/e2e/verdicts.test.ts with KUBEMIN_RECORD=1 instead");
}

function page(title: string, words: string, table: readonly string[], source = SOURCE): string {
  return [`# ${title}`, "", `<!-- Made by tools/generate.ts; ${source}. -->`, "", words, "", ...table, ""].join("\n");
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
}

function rule(columns: number): string {
  return `|${" --- |".repeat(columns)}`;
}

function main(check: boolean): void {
  if (check) {
    const stale = staleFiles();
    for (const name of stale) console.error(`docs/${name} does not match the code: run npm run generate`);
    process.exitCode = stale.length === 0 ? 0 : 1;
    return;
  }
  mkdirSync(join(DOCS, "reference"), { recursive: true });
  for (const [name, text] of generatedFiles()) writeFileSync(join(DOCS, name), text);
}

if (import.meta.main) main(process.argv.includes("--check"));
