// What a command is: a value. Parsing, help, completion and the reference page come from it.
import type { Language, Localized, Params } from "../../model/data/text.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { Root } from "./root.ts";

/** number: a whole number · duration: "90s", "10m", given as milliseconds · list: may be repeated. */
type OptionType = "flag" | "text" | "list" | "number" | "duration";

export interface Option {
  readonly type: OptionType;
  readonly short?: string;
  /** What stands for the value in help: `--cluster NAME`. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly complete?: Completes;
  readonly summary: Localized;
}
export type Options = { readonly [name: string]: Option };

/** What completion offers in this place. */
export type Completes = "application" | "run" | "cluster" | "definition" | "job-type" | "command" | "file" | "nothing";

export interface Argument {
  /** As in help: `APP`, `RUN`, `FILE`. */
  readonly name: string;
  readonly summary: Localized;
  readonly optional?: boolean;
  readonly choices?: readonly string[];
  readonly complete?: Completes;
}

type ValueOf<T extends OptionType> = T extends "flag"
  ? boolean
  : T extends "list"
    ? readonly string[]
    : T extends "number" | "duration"
      ? number | undefined
      : string | undefined;
export type Values<O extends Options> = { readonly [K in keyof O]: ValueOf<O[K]["type"]> };

export type OptionValue = boolean | string | number | readonly string[] | undefined;

/** The words of a command, taken apart. */
export interface ParsedWords {
  readonly values: Readonly<Record<string, OptionValue>>;
  readonly positionals: readonly (string | undefined)[];
}

export type OutputFormat = "table" | "wide" | "json" | "yaml" | "name";

export interface CommandContext<O extends Options = Options> {
  readonly terminal: Terminal;
  readonly root: Root;
  readonly language: Language;
  readonly options: Values<O>;
  /** As declared; a missing optional argument is undefined. */
  readonly arguments: readonly (string | undefined)[];
  readonly globals: Globals;
  /** All of them: for completion, which would otherwise have to import the table that it is a part of. */
  readonly commands: readonly Command[];
  say(text: Localized, params?: Params): string;
}

export interface Globals {
  readonly server: string | undefined;
  readonly project: string;
  readonly output: OutputFormat;
  /** Fields of the JSON that were asked for with --json; undefined: all. */
  readonly fields: readonly string[] | undefined;
  readonly noInput: boolean;
}

/** What is known before the words of a command are parsed. */
export type Unparsed = Pick<CommandContext, "terminal" | "root" | "language" | "globals">;

interface CommandOf<O extends Options> {
  readonly name: string;
  readonly summary: Localized;
  /** More than the summary, where there is more to know. */
  readonly details?: Localized;
  /** Two or more, without "kubemin". */
  readonly examples: readonly { readonly line: string; readonly text: Localized }[];
  readonly arguments: readonly Argument[];
  readonly options: O;
  /**
   * What the words bring with them: the options of a job type that they name, which perhaps only the server knows. Answers the command itself
   * where there are none. Without it: the command is the same whatever the words are.
   */
  readonly extend?: (words: readonly string[], context: Unparsed) => Promise<Command>;
  /** Not in help nor in completion: for scripts. Takes its words unparsed. */
  readonly hidden?: boolean;
  readonly run: (context: CommandContext<O>) => Promise<number>;
}
export type Command = CommandOf<Options>;

/** The type parameter ends here: `run` only ever receives what was parsed by the command's own options, which makes the cast true. */
export function defineCommand<const O extends Options>(command: CommandOf<O>): Command {
  return Object.freeze(command) as unknown as Command;
}
