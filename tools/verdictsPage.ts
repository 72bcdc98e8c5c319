// docs/reference/verdicts.md: what the tests saw on the real cluster of every way to fail, as a table. The sentences are the product's own
// and the times were measured; whoever doubts them runs test/e2e/verdicts.test.ts.
import type { Row } from "../test/e2e/support/verdictTable.ts";

/** A cell is read at a glance; the product shows all of it. */
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
    "told after · 告知用时",
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

/** In Markdown as it is: no tags, no line breaks, no emphasis. */
function plain(text: string): string {
  const line = text.trim().replaceAll(/\s*\n\s*/g, " / ");
  const short = line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
  return short.replaceAll(/[<>*_`[\]]/g, (mark) => `\\${mark}`);
}
