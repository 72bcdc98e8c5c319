// `kubemin run TYPE`: the fields of the type's input become options, and help tells of them. What the type is is asked for before the words
// are parsed, of this program or of the server.
import { parseArgs } from "node:util";
import type { JsonObject } from "../../model/data/json.ts";
import type { DeclaredType } from "../arguments/givenInputs.ts";
import type { Command, CommandContext, Option, Unparsed } from "../grammar/command.ts";
import { GLOBAL_OPTIONS } from "../grammar/globals.ts";
import { nodeOption } from "../grammar/parse.ts";
import { declaredBy, inputFrom, optionsOf, typeInputOf } from "./typeOptions.ts";

interface RunTypeCommand {
  readonly plain: Command;
  /** With what was said by options of the type, and with what its input is. */
  readonly start: (context: CommandContext, typed: JsonObject, declared: DeclaredType) => Promise<number>;
}

export async function withTypeOptions(
  words: readonly string[],
  context: Unparsed,
  { plain, start }: RunTypeCommand,
): Promise<Command> {
  const { type, version, unknown } = lookAhead(words, plain);
  if (type === undefined) return plain;
  const input = await typeInputOf(context, type, version).catch((error: unknown) => {
    // Without a word about the type's own options there is nothing to explain: the run itself tells what is wrong.
    if (unknown) throw error;
    return undefined;
  });
  if (input === undefined) return plain;
  const taken = new Set([...Object.keys(plain.options), ...Object.keys(GLOBAL_OPTIONS)]);
  return {
    ...plain,
    summary: both(`${type}: ${input.summary}`),
    examples: input.examples.map((one) => ({ line: lineOf(type, one.input), text: both(one.title) })),
    options: { ...optionsOf(input, taken, context.language), ...plain.options },
    run: (given) => start(given, inputFrom(input, given.options), declaredBy(input)),
  };
}

/** The server answered in the language of whoever asks. */
function both(text: string) {
  return { en: text, zh: text };
}

function lookAhead(words: readonly string[], { options }: Command) {
  const known: Readonly<Record<string, Option>> = { ...GLOBAL_OPTIONS, ...options };
  const { values, positionals, tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(Object.entries(known).map(([name, option]) => [name, nodeOption(option)])),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const version = values["type-version"];
  return {
    type: values["file"] === undefined ? positionals[0] : undefined,
    version: typeof version === "string" ? version : undefined,
    unknown: tokens.some((token) => token.kind === "option" && (token.name === "help" || !(token.name in known))),
  };
}

function lineOf(type: string, input: JsonObject): string {
  const words = Object.entries(input).map(([name, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return ` --${name} ${/^[\w.,:/@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`}`;
  });
  return `run ${type}${words.join("")}`;
}
