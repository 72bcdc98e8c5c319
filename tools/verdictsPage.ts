// Generates docs/reference/verdicts.md, a table of all ways to fail as the tests saw them on a real cluster. The
// sentences come from kubemin and the times were measured; test/e2e/verdicts.test.ts measures them again.
import type { Row } from "../test/e2e/support/verdictTable.ts";

/** The most characters of a cell, so that the table stays readable; kubemin shows the whole text. */
const LONGEST = 180;

interface Words {
  readonly who: Readonly<Record<string, string>>;
  readonly row: (cells: readonly (string | number)[]) => string;
}

export function verdictRows(rows: readonly Row[], { who, row }: Words): readonly string[] {
  const head = [
    "what goes wrong · 情况",
    "ends as · 结束于",
    "reason · 原因",
    "sentence · 说明",
    "evidence · 证据",
    "who can act · 处理方",
    "reported after · 报告用时",
    "ended after · 结束用时",
  ];
  const cells = (one: Row): readonly string[] => [
    `${one.name.en}<br>${one.name.zh}`,
    one.phase,
    one.end === one.code ? `\`${one.code}\`` : `\`${one.code}\`, then \`${one.end}\``,
    `${plain(one.en)}<br>${plain(one.zh)}`,
    evidenceOf(one),
    who[one.who] ?? one.who,
    one.told === null ? "at once · 立即" : `${one.told} s`,
    `${one.settled} s`,
  ];
  return [row(head), `|${" --- |".repeat(head.length)}`, ...rows.map((one) => row(cells(one)))];
}

function evidenceOf({ evidence }: Row): string {
  if (evidence.length === 0) return "the API server's answer, in the sentence · 见说明";
  return evidence.map(({ source, text }) => `${source}: ${plain(text)}`).join("<br>");
}

/** Escapes a text for Markdown, so that it shows no tags, line breaks or emphasis. */
function plain(text: string): string {
  const line = text.trim().replaceAll(/\s*\n\s*/g, " / ");
  const short = line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
  return short.replaceAll(/[<>*_`[\]]/g, (mark) => `\\${mark}`);
}
