// kubemin __complete WORD...: what the shells' scripts ask. The last word is the one being typed. Silent on every failure:
// an error message in the middle of somebody's prompt helps nobody.

import { candidates } from "../arguments/completionWords.ts";
import { defineCommand } from "../grammar/command.ts";
import { EXIT } from "../grammar/exitCodes.ts";

export const completeCommand = defineCommand({
  name: "__complete",
  hidden: true,
  summary: { en: "candidates for a shell's completion", zh: "供 shell 补全使用" },
  examples: [],
  arguments: [],
  options: {},
  async run(context) {
    const words = context.arguments.flatMap((word) => (word === undefined ? [] : [word]));
    const found = await candidates(context, words).catch(() => []);
    for (const word of found) context.terminal.stdout.write(`${word}\n`);
    return EXIT.done.code;
  },
});
