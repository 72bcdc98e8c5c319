// The entry of the command line: finds the command, parses its words, runs it and returns an exit code. This file
// prints only help and failures; the commands in cli/commands/ print everything else.

import { type Localized, translate } from "../model/data/text.ts";
import { nearest } from "../model/kubernetes/name.ts";
import { COMMANDS } from "./commands.ts";
import type { Command, CommandContext } from "./grammar/command.ts";
import { EXIT } from "./grammar/exitCodes.ts";
import { usageFailure } from "./grammar/failure.ts";
import { GLOBAL_OPTIONS, globalsOf, languageFor, wantsJson } from "./grammar/globals.ts";
import { parseGlobals, parseWords } from "./grammar/parse.ts";
import { rootFor } from "./grammar/plugins.ts";
import type { Root } from "./grammar/root.ts";
import { commandHelp, helpText } from "./output/help.ts";
import { reportFailure } from "./report.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** Runs one command line: `argv` without the paths of Node and the script. Returns the exit code and never throws. */
export async function runCli(argv: readonly string[], terminal: Terminal, root: Root): Promise<number> {
  const language = languageFor(argv, terminal);
  try {
    const { word, rest } = splitCommand(argv);
    if (word === undefined || word === "help") return showHelp(rest, terminal, language);
    const command = COMMANDS.find((one) => one.name === word);
    if (command === undefined) throw unknownCommand(word);
    return await runCommand(command, rest, { terminal, root, language });
  } catch (error) {
    return reportFailure(error, { terminal, language, json: wantsJson(argv) });
  }
}

async function runCommand(
  plain: Command,
  words: readonly string[],
  { terminal, root, language }: Pick<CommandContext, "terminal" | "root" | "language">,
): Promise<number> {
  const globals = globalsOf(parseGlobals(words), terminal);
  const command = (await plain.extend?.(words, { terminal, root, language, globals })) ?? plain;
  const parsed = command.hidden ? { values: {}, positionals: words } : parseWords(command, words);
  if (parsed.values["help"] === true) {
    terminal.stdout.write(commandHelp(command, language));
    return EXIT.done.code;
  }
  return await command.run({
    terminal,
    root: await rootFor(root, parsed.values, terminal),
    language,
    options: parsed.values, // parsed with the same table that gives them their types
    arguments: parsed.positionals,
    globals: globalsOf(parsed.values, terminal),
    commands: COMMANDS,
    say: (text: Localized, params = {}) => translate(text, language, params),
  });
}

/** Finds the command. Options that every command takes may come before it: `kubemin --lang zh status`. */
function splitCommand(argv: readonly string[]): {
  readonly word: string | undefined;
  readonly rest: readonly string[];
} {
  if (argv[0] === "--version" || argv[0] === "-V") return { word: "version", rest: argv.slice(1) };
  let at = 0;
  for (let word = argv[at]; word?.startsWith("-") && word !== "-"; word = argv[at]) at += takesValue(word) ? 2 : 1;
  return { word: argv[at], rest: argv.filter((_, index) => index !== at) };
}

function takesValue(word: string): boolean {
  const option = Object.entries(GLOBAL_OPTIONS).find(
    ([name, one]) => word === `--${name}` || ("short" in one && word === `-${one.short}`),
  );
  return option !== undefined && option[1].type !== "flag";
}

function showHelp(words: readonly string[], terminal: Terminal, language: CommandContext["language"]): number {
  const command = COMMANDS.find((one) => words.includes(one.name) && !one.hidden);
  terminal.stdout.write(command ? commandHelp(command, language) : helpText(COMMANDS, language));
  const asked = words.some((word) => !word.startsWith("-")) || words.includes("--help") || words.includes("-h");
  return asked || words.length === 0 ? EXIT.done.code : EXIT.usage.code;
}

function unknownCommand(word: string): Error {
  const close = nearest(
    word,
    COMMANDS.filter((one) => !one.hidden).map((one) => one.name),
  );
  return usageFailure(
    { en: "there is no command {word}", zh: "没有命令 {word}" },
    close === undefined
      ? { en: "see: kubemin --help", zh: "参见：kubemin --help" }
      : { en: "did you mean: kubemin {close}?", zh: "是否想写：kubemin {close}？" },
    { word, close: close ?? "" },
  );
}
