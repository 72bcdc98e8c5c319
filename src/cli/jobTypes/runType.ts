// For `kubemin run TYPE`: the fields of the type's input become options of the command, which help shows. The type is
// looked up before the words are parsed, in the catalog of this program or on the server.
import { parseArgs } from "node:util";
import type { JsonObject } from "../../model/data/json.ts";
import type { DeclaredType } from "../arguments/givenInputs.ts";
import type { Command, CommandContext, Option, Unparsed } from "../grammar/command.ts";
import { GLOBAL_OPTIONS } from "../grammar/globals.ts";
import { nodeOption } from "../grammar/parse.ts";
import { declaredBy, inputFrom, optionsOf, typeInputOf } from "./typeOptions.ts";

interface RunTypeCommand {
  readonly plain: Command;
  /** Starts the run. `typed` has the values of the type's own options; `declared` has the types of the fields. */
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
    // If the words have no option of the type and do not ask for help, the error of the run itself is enough.
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

/** A text for both languages: the server already answered in the language of the user. */
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
