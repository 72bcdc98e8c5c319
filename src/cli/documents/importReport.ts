// Prints the report of an import: one line for each field. Unsupported fields are last, because the user has to act on
// them.

import type { ReportLine } from "../../import/import.ts";
import type { ImportOutcome } from "../../import/mapping/ledger.ts";
import { type Localized, translate } from "../../model/data/text.ts";
import type { Tone } from "../../model/reasons/tone.ts";
import type { CommandContext } from "../grammar/command.ts";
import type { SourceText } from "../output/problems.ts";
import { painter } from "../terminal/style.ts";

const OUTCOMES = {
  taken: { text: { en: "taken", zh: "照搬" }, tone: "success" },
  changed: { text: { en: "changed", zh: "改写" }, tone: "plain" },
  unsupported: { text: { en: "not supported", zh: "不支持" }, tone: "warning" },
} as const satisfies Record<ImportOutcome, { readonly text: Localized; readonly tone: Tone }>;
const ORDER: readonly ImportOutcome[] = ["taken", "changed", "unsupported"];

/** A finding with its texts in the user's language, for JSON. */
export function toFinding({ language }: CommandContext, { words, ...finding }: ReportLine) {
  const text = words && translate(words.text, language, words.params);
  const advice = words?.advice && translate(words.advice, language, words.params);
  return { ...finding, ...(text === undefined ? {} : { text }), ...(advice === undefined ? {} : { advice }) };
}

export function printReport(context: CommandContext, source: SourceText, report: readonly ReportLine[]): void {
  const { stderr } = context.terminal;
  const paint = painter(context.terminal, stderr);
  for (const outcome of ORDER) {
    for (const found of report.filter((one) => one.outcome === outcome)) {
      const { text, advice, to, from, line } = toFinding(context, found);
      const place = line === undefined ? source.file : `${source.file}:${line}`;
      const { text: word, tone } = OUTCOMES[outcome];
      const end = [
        to === undefined ? "" : ` -> ${to}`,
        text === undefined ? "" : `: ${text}`,
        advice === undefined ? "" : `; ${advice}`,
      ];
      stderr.write(`${paint("muted", `${place}:`)} ${paint(tone, word[context.language])} ${from}${end.join("")}\n`);
    }
  }
  const [taken = 0, changed = 0, unsupported = 0] = ORDER.map(
    (outcome) => report.filter((one) => one.outcome === outcome).length,
  );
  const sum = {
    en: "{taken} taken, {changed} changed, {unsupported} not supported",
    zh: "照搬 {taken}，改写 {changed}，不支持 {unsupported}",
  };
  stderr.write(`${context.say(sum, { taken, changed, unsupported })}\n`);
}
