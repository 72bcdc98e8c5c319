// Prints log lines: on a terminal with the pod in front, in a pipe tab-separated with the time, as JSON one object per
// line.

import { stringify } from "yaml";
import type { AnswerOf } from "../../api/client.ts";
import type { Tone } from "../../model/reasons/tone.ts";
import type { CommandContext } from "../grammar/command.ts";
import { painter } from "../terminal/style.ts";

export type ApiLogLine = AnswerOf<"streamLogs">;

const TONES: readonly Tone[] = ["info", "success", "warning", "strong", "muted"];

export function logPrinter(context: CommandContext, pattern: RegExp | undefined): (line: ApiLogLine) => void {
  const { stdout } = context.terminal;
  const { output } = context.globals;
  const paint = painter(context.terminal, stdout);
  const tones = new Map<string, Tone>();
  const toneOf = (source: string): Tone => {
    const tone = tones.get(source) ?? TONES[tones.size % TONES.length] ?? "plain";
    tones.set(source, tone);
    return tone;
  };
  return (line) => {
    if (pattern !== undefined && !pattern.test(line.text)) return;
    const source = `${line.pod}/${line.container}`;
    if (output === "json") stdout.write(`${JSON.stringify(line)}\n`);
    else if (output === "yaml") stdout.write(`---\n${stringify(line)}`);
    else if (stdout.isTTY) stdout.write(`${paint(toneOf(source), source)} │ ${line.text}\n`);
    else stdout.write(`${line.at}\t${source}\t${line.text}\n`);
  };
}
