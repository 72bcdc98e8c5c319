// kubemin __complete WORD...: the candidates for shell completion; the last word is the one that the user is typing.
// The scripts of kubemin completion call it. It prints no errors, because they would appear in the middle of the user's
// prompt.

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
